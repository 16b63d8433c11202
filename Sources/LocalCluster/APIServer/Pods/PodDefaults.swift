import JSON
import KubernetesModel

/// Fills in what a pod spec leaves out. Source: k8s.io/kubernetes pkg/apis/core/v1/defaults.go.
enum PodDefaults {
    /// For a pod's spec, or a template's.
    static func apply(toSpec spec: inout JSONValue) {
        spec.setDefaultText("restartPolicy", "Always")
        spec.setDefault("terminationGracePeriodSeconds", 30)
        spec.setDefaultText("dnsPolicy", "ClusterFirst")
        spec.setDefault("securityContext", .object([]))
        spec.setDefaultText("schedulerName", "default-scheduler")
        if spec["serviceAccountName"] == nil, let old = spec["serviceAccount"] { spec["serviceAccountName"] = old }
        if let name = spec["serviceAccountName"] { spec["serviceAccount"] = name }
        let isHostNetwork = spec["hostNetwork"]?.bool ?? false
        for list in ["initContainers", "containers"] {
            spec.mapElements(list) { apply(toContainer: &$0, isHostNetwork: isHostNetwork) }
        }
        spec.mapElements("volumes") { apply(toVolume: &$0) }
    }

    /// Defaults that only pods have, not templates.
    static func apply(toPod pod: inout JSONValue) {
        var spec = pod["spec"] ?? .object([])
        apply(toSpec: &spec)
        spec.setDefault("enableServiceLinks", true)
        for list in ["initContainers", "containers"] {
            spec.mapElements(list) { requestsFromLimits(&$0) }
        }
        pod["spec"] = spec
    }

    private static func apply(toContainer container: inout JSONValue, isHostNetwork: Bool) {
        container.setDefault("resources", .object([]))
        container.setDefaultText("terminationMessagePath", "/dev/termination-log")
        container.setDefaultText("terminationMessagePolicy", "File")
        container.setDefaultText("imagePullPolicy", pullPolicy(of: container["image"]?.string ?? ""))
        container.mapElements("ports") { port in
            port.setDefaultText("protocol", "TCP")
            if isHostNetwork, let number = port["containerPort"], port["hostPort"]?.int ?? 0 == 0 {
                port["hostPort"] = number
            }
        }
        container.mapElements("env") { variable in
            variable.mapObject("valueFrom") { source in
                source.mapObject("fieldRef") { $0.setDefaultText("apiVersion", "v1") }
            }
        }
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
            container.mapObject(probe) { probe in
                probe.setDefault("timeoutSeconds", 1)
                probe.setDefault("periodSeconds", 10)
                probe.setDefault("successThreshold", 1)
                probe.setDefault("failureThreshold", 3)
                probe.mapObject("httpGet") { get in
                    get.setDefaultText("path", "/")
                    get.setDefaultText("scheme", "HTTP")
                }
            }
        }
    }

    /// Writes the quantities of a pod's spec in canonical form.
    static func normalize(spec: inout JSONValue) {
        for list in ["initContainers", "containers"] {
            spec.mapElements(list) { container in
                container.mapObject("resources") { resources in
                    for field in ["limits", "requests"] { resources.mapObject(field) { canonicalQuantities(&$0) } }
                }
            }
        }
        spec.mapObject("overhead") { canonicalQuantities(&$0) }
    }

    /// Writes each amount as a text in canonical form, as the typed API does; what is none stays for validation.
    static func canonicalQuantities(_ amounts: inout JSONValue) {
        for (name, amount) in amounts.members ?? [] {
            if let quantity = Quantity(amount.string ?? amount.numberText ?? "") {
                amounts[name] = JSONValue(quantity.description)
            }
        }
    }

    /// `Always` for the tag latest or none, else `IfNotPresent`.
    static func pullPolicy(of image: String) -> String {
        if image.contains("@") { return "IfNotPresent" }
        let last = image.split(separator: "/").last ?? ""
        guard let colon = last.lastIndex(of: ":") else { return "Always" }
        return last[last.index(after: colon)...] == "latest" ? "Always" : "IfNotPresent"
    }

    private static func apply(toVolume volume: inout JSONValue) {
        if volume.keys.allSatisfy({ $0 == "name" }) { volume["emptyDir"] = .object([]) }
        for source in ["secret", "configMap", "downwardAPI", "projected"] {
            volume.mapObject(source) { $0.setDefault("defaultMode", 420) }
        }
        volume.mapObject("hostPath") { $0.setDefault("type", "") }
    }

    /// A limit without a request is also the request.
    private static func requestsFromLimits(_ container: inout JSONValue) {
        container.mapObject("resources") { resources in
            guard let limits = resources["limits"]?.members, !limits.isEmpty else { return }
            var requests = resources["requests"] ?? .object([])
            for (name, amount) in limits { requests.setDefault(name, amount) }
            resources["requests"] = requests
        }
    }
}
