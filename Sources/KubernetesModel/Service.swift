package import JSON

/// A name and address for a set of pods. Source: core/v1 Service.
package struct Service: KubernetesObject {
    package static let resource = ResourceType.services
    package let json: JSONView
    package init(json: JSONView) { self.json = json }

    private var spec: JSONView? { json["spec"] }

    /// `ClusterIP`, `NodePort`, `LoadBalancer` or `ExternalName`.
    package var type: String { spec?["type"]?.string ?? "ClusterIP" }
    /// The address in the cluster; nil if it has none (headless, or not yet allocated).
    package var clusterIP: String? {
        spec?["clusterIP"]?.string.flatMap { $0.isEmpty || $0 == "None" ? nil : $0 }
    }
    /// Whether it has no address of its own: its name leads to the pods'.
    package var isHeadless: Bool { spec?["clusterIP"]?.stringEquals("None") ?? false }
    /// The labels of the pods behind it; empty if endpoints are managed by others.
    package var selector: StringMap { StringMap(json: spec?["selector"]) }
    /// The ports.
    package var ports: [ServicePort] { spec?["ports"]?.elements.map { ServicePort(json: $0) } ?? [] }
    /// Whether pods that are not ready count as endpoints.
    package var publishesNotReadyAddresses: Bool { spec?["publishNotReadyAddresses"]?.bool ?? false }
}

/// A port of a service. Source: core/v1 ServicePort.
package struct ServicePort: KubernetesView {
    package let json: JSONView
    package init(json: JSONView) { self.json = json }

    /// The port of the pods behind a service's port.
    package enum Target: Sendable, Hashable {
        /// A number, 1...65535.
        case number(Int)
        /// The name of a container's port.
        case name(String)
    }

    /// The name; empty if absent.
    package var name: String { json["name"]?.string ?? "" }
    /// The number, 1...65535; 0 if absent.
    package var port: Int { json["port"]?.int ?? 0 }
    /// The port of the pods; the same number by default.
    package var targetPort: Target {
        if let number = json["targetPort"]?.int, number > 0 { return .number(number) }
        if let name = json["targetPort"]?.string, !name.isEmpty { return .name(name) }
        return .number(port)
    }
    /// `TCP`, `UDP` or `SCTP`.
    package var networkProtocol: String { json["protocol"]?.string ?? "TCP" }
}

/// Some of the endpoints of a service. Source: discovery.k8s.io/v1 EndpointSlice.
package struct EndpointSlice: KubernetesObject {
    package static let resource = ResourceType.endpointSlices
    package let json: JSONView
    package init(json: JSONView) { self.json = json }

    /// The name of the service that it belongs to.
    package var serviceName: String? { metadata.labels[.serviceName] }
    /// The addresses of ready endpoints; readiness that is not given counts as ready.
    package var readyAddresses: [String] {
        guard let endpoints = json["endpoints"] else { return [] }
        return endpoints.elements.filter { $0["conditions"]?["ready"]?.bool ?? true }
            .flatMap { $0["addresses"]?.elements.compactMap(\.string) ?? [] }
    }
    /// Name and number of the ports.
    package var ports: [(name: String, port: Int)] {
        json["ports"]?.elements.compactMap { item in item["port"]?.int.map { (item["name"]?.string ?? "", $0) } } ?? []
    }
}
