import JSON
import KubernetesModel

/// What a new cluster has before anyone asks: namespaces, their service accounts, priority classes, a storage
/// class, the API's service.
enum InitialObjects {
    static let namespaces = ["default", "kube-system", "kube-public", "kube-node-lease"]

    /// Creates them through the ordinary verbs. `serviceAddress` is the first address of the service block.
    /// `host` and `port` are where the server itself listens.
    static func create(in core: APICore, serviceAddress: String, host: String, port: Int) async throws(StatusBody) {
        for name in namespaces {
            try await create(
                core, "v1", "namespaces", namespace: nil,
                ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": JSONValue(name)]])
        }
        for (name, value) in [("system-cluster-critical", 2_000_000_000), ("system-node-critical", 2_000_001_000)] {
            try await create(
                core, "scheduling.k8s.io/v1", "priorityclasses", namespace: nil,
                [
                    "metadata": ["name": JSONValue(name)], "value": JSONValue(value),
                    "preemptionPolicy": "PreemptLowerPriority",
                ])
        }
        try await create(
            core, "storage.k8s.io/v1", "storageclasses", namespace: nil,
            [
                "metadata": [
                    "name": "local-folder", "annotations": [StorageAdmission.defaultClass: "true"],
                ],
                "provisioner": "kubedl.io/local-folder",
            ])
        for (name, rules) in BootstrapRoles.roles {
            try await create(
                core, "rbac.authorization.k8s.io/v1", "clusterroles", namespace: nil,
                ["metadata": ["name": JSONValue(name)], "rules": rules])
        }
        for (role, group) in BootstrapRoles.bindings {
            let apiGroup: JSONValue = "rbac.authorization.k8s.io"
            try await create(
                core, "rbac.authorization.k8s.io/v1", "clusterrolebindings", namespace: nil,
                [
                    "metadata": ["name": JSONValue(role)],
                    "roleRef": ["apiGroup": apiGroup, "kind": "ClusterRole", "name": JSONValue(role)],
                    "subjects": [["apiGroup": apiGroup, "kind": "Group", "name": JSONValue(group)]],
                ])
        }
        try await createEndpoints(in: core, host: host, port: port)
        let service = ObjectKey(namespace: "default", name: "kubernetes")
        if let kept = core.store.get(.services, service) {
            var value = kept.value
            var ports = value[path: "spec", "ports"]?.elements ?? []
            for index in ports.indices { ports[index]["targetPort"] = JSONValue(port) }
            value[path: ["spec", "ports"]] = JSONValue(ports)
            _ = try core.store.replace(.services, service, value, expected: kept.revision)
            return
        }
        try await create(
            core, "v1", "services", namespace: "default",
            [
                "metadata": [
                    "name": "kubernetes", "labels": ["component": "apiserver", "provider": "kubernetes"],
                ],
                "spec": [
                    "clusterIP": JSONValue(serviceAddress),
                    "ports": [["name": "https", "port": 443, "targetPort": JSONValue(port)]],
                ],
            ])
    }

    /// Where the service of the API leads. Source: k8s.io/kubernetes pkg/controlplane/reconcilers.
    private static func createEndpoints(in core: APICore, host: String, port: Int) async throws(StatusBody) {
        let ports: JSONValue = [["name": "https", "port": JSONValue(port), "protocol": "TCP"]]
        // Those of an earlier start name its port.
        let key = ObjectKey(namespace: "default", name: "kubernetes")
        for resource in [.endpoints, GroupResource(group: "discovery.k8s.io", plural: "endpointslices")] {
            guard let kept = core.store.get(resource, key) else { continue }
            _ = try core.store.remove(resource, key, expected: kept.revision)
        }
        try await create(
            core, "v1", "endpoints", namespace: "default",
            [
                "metadata": [
                    "name": "kubernetes", "labels": ["endpointslice.kubernetes.io/skip-mirror": "true"],
                ],
                "subsets": [["addresses": [["ip": JSONValue(host)]], "ports": ports]],
            ])
        try await create(
            core, "discovery.k8s.io/v1", "endpointslices", namespace: "default",
            [
                "metadata": ["name": "kubernetes", "labels": ["kubernetes.io/service-name": "kubernetes"]],
                "addressType": "IPv4", "ports": ports,
                "endpoints": [["addresses": [JSONValue(host)], "conditions": ["ready": true]]],
            ])
    }

    /// A service account and the authority's certificate for a namespace that lacks them.
    static func complete(namespace: String, in core: APICore, authority: [UInt8]) async throws(StatusBody) {
        let key = ObjectKey(namespace: namespace, name: "default")
        if core.store.get(.serviceAccounts, key) == nil {
            try await create(
                core, "v1", "serviceaccounts", namespace: namespace, ["metadata": ["name": "default"]])
        }
        let bundle = ObjectKey(namespace: namespace, name: "kube-root-ca.crt")
        if core.store.get(.configMaps, bundle) == nil {
            try await create(
                core, "v1", "configmaps", namespace: namespace,
                [
                    "metadata": ["name": "kube-root-ca.crt"],
                    "data": ["ca.crt": JSONValue(String(decoding: authority, as: UTF8.self))],
                ])
        }
    }

    private static func create(
        _ core: APICore, _ apiVersion: String, _ plural: String, namespace: String?, _ object: JSONValue
    ) async throws(StatusBody) {
        guard
            let definition = core.registry.catalog.definitions.first(where: {
                $0.apiVersion == apiVersion && $0.plural == plural
            })
        else { return }
        var context = RequestContext.internalRequest(definition, ObjectKey(namespace: namespace, name: ""))
        context.path.name = nil
        context.userAgent = "kube-apiserver"
        do {
            _ = try await core.create(context, object)
        } catch {
            if error.reason != "AlreadyExists" { throw error }
        }
    }
}
