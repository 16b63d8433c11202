internal import JSON
internal import KubernetesModel

extension EndpointPlan {
    /// The name of a service's EndpointSlice.
    static func sliceName(_ service: String, _ index: Int) -> String {
        index == 0 ? "\(service)-kubedl" : "\(service)-kubedl-\(index)"
    }

    /// The EndpointSlices of the service: one per group, at least one.
    func slices(of service: Service) -> [JSONValue] {
        (groups.isEmpty ? [Group(ports: [], endpoints: [])] : groups).enumerated().map { index, group in
            let endpoints = group.endpoints.map { endpoint -> JSONValue in
                var value: JSONValue = [
                    "addresses": [JSONValue(endpoint.address)],
                    "conditions": [
                        "ready": JSONValue(endpoint.isReady), "serving": JSONValue(endpoint.isServing),
                        "terminating": JSONValue(endpoint.isTerminating),
                    ],
                    "nodeName": JSONValue(endpoint.nodeName), "targetRef": endpoint.reference,
                ]
                if !endpoint.hostname.isEmpty { value["hostname"] = JSONValue(endpoint.hostname) }
                return value
            }
            return [
                "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
                "metadata": [
                    "name": JSONValue(Self.sliceName(service.name, index)),
                    "namespace": JSONValue(service.namespace ?? ""),
                    "labels": [
                        "kubernetes.io/service-name": JSONValue(service.name),
                        "endpointslice.kubernetes.io/managed-by": "kubedl-local",
                    ],
                    "ownerReferences": [service.controllerReference.value],
                ],
                "addressType": "IPv4", "endpoints": JSONValue(endpoints), "ports": JSONValue(group.ports.map(\.value)),
            ]
        }
    }

    /// The Endpoints of the service, which leave out pods that end.
    func endpoints(of service: Service) -> JSONValue {
        let subsets = groups.compactMap { group -> JSONValue? in
            let lists = [
                ("addresses", group.endpoints.filter(\.isReady)),
                ("notReadyAddresses", group.endpoints.filter { !$0.isReady && !$0.isTerminating }),
            ].filter { !$0.1.isEmpty }
            if lists.isEmpty { return nil }
            var subset = JSONValue.object(lists.map { ($0.0, JSONValue($0.1.map(\.addressValue))) })
            if !group.ports.isEmpty { subset["ports"] = JSONValue(group.ports.map(\.value)) }
            return subset
        }
        var labels = JSONValue.object(service.metadata.labels.pairs.map { ($0.0, JSONValue($0.1)) })
        labels["endpoints.kubernetes.io/managed-by"] = "endpoint-controller"
        return [
            "apiVersion": "v1", "kind": "Endpoints",
            "metadata": [
                "name": JSONValue(service.name), "namespace": JSONValue(service.namespace ?? ""), "labels": labels,
            ],
            "subsets": JSONValue(subsets),
        ]
    }
}

extension EndpointPlan.Endpoint {
    /// The pod as an object that endpoints refer to.
    fileprivate var reference: JSONValue {
        ObjectReference(apiVersion: "", kind: "Pod", namespace: pod.namespace, name: pod.name, uid: uid).value
    }

    fileprivate var addressValue: JSONValue {
        var value: JSONValue = ["ip": JSONValue(address)]
        if !hostname.isEmpty { value["hostname"] = JSONValue(hostname) }
        value["nodeName"] = JSONValue(nodeName)
        value["targetRef"] = reference
        return value
    }
}

extension EndpointPlan.Port {
    fileprivate var value: JSONValue {
        ["name": JSONValue(name), "port": JSONValue(number), "protocol": JSONValue(networkProtocol)]
    }
}
