internal import JSON
internal import KubernetesModel

/// What is wrong with a pod's references, as kubelet words it; the container waits with `CreateContainerConfigError`.
struct SourceProblem: Error, Hashable, CustomStringConvertible {
    /// Such as `configmap "x" not found`.
    var description: String
    /// A problem in these words.
    init(_ description: String) { self.description = description }
}

/// The config maps and secrets that a pod refers to, as they are when it starts.
struct PodSources: Sendable {
    /// Keys and contents of those that exist, by name.
    var configMaps: [String: [String: [UInt8]]] = [:]
    /// Keys and contents of those that exist, by name.
    var secrets: [String: [String: [UInt8]]] = [:]
    /// What stands behind each of the pod's claims, by name: `spec` of the volume.
    var claims: [String: JSONDocument] = [:]
    /// The namespace they are in.
    var namespace = ""

    /// Tokens of the pod's service account, by audience; the empty one is the API server.
    var tokens: [String: Token] = [:]

    /// A token, and when to ask for the next one.
    struct Token: Sendable, Hashable {
        /// The token.
        var text: String
        /// Before it expires.
        var renewal: Timestamp
    }

    /// The two kinds.
    enum Kind: String, Sendable {
        case configMap = "ConfigMap"
        case secret = "Secret"
    }

    /// All keys of one; empty if it is optional and not there. Throws ``SourceProblem``.
    func all(_ kind: Kind, _ name: String, isOptional: Bool) throws(SourceProblem) -> [String: [UInt8]] {
        if let found = kind == .configMap ? configMaps[name] : secrets[name] { return found }
        if isOptional { return [:] }
        throw SourceProblem("\(kind == .configMap ? "configmap" : "secret") \"\(name)\" not found")
    }

    /// One key; nil if it is optional and not there. Throws ``SourceProblem``.
    func one(_ kind: Kind, _ reference: JSONView) throws(SourceProblem) -> [UInt8]? {
        let name = reference["name"]?.string ?? ""
        let key = reference["key"]?.string ?? ""
        let isOptional = reference["optional"]?.bool ?? false
        if let value = try all(kind, name, isOptional: isOptional)[key] { return value }
        if isOptional { return nil }
        throw SourceProblem("couldn't find key \(key) in \(kind.rawValue) \(namespace)/\(name)")
    }

    /// The path behind a claim, and what it must be. Throws ``SourceProblem``.
    func path(ofClaim name: String) throws(SourceProblem) -> (path: String, type: String) {
        guard let spec = claims[name]?.root else {
            throw SourceProblem("error processing PVC \(namespace)/\(name): it is not there or not bound")
        }
        if let source = spec["hostPath"] { return (source["path"]?.string ?? "", source["type"]?.string ?? "") }
        if let path = spec["local"]?["path"]?.string { return (path, "Directory") }
        throw SourceProblem(
            "the volume of claim \(namespace)/\(name) has a type that a local cluster does not have; use hostPath or "
                + "local")
    }

    /// Whether all that a pod refers to is there.
    func covers(_ spec: PodSpec) -> Bool {
        let names = Self.names(in: spec)
        return names.configMaps.allSatisfy { configMaps[$0] != nil } && names.secrets.allSatisfy { secrets[$0] != nil }
    }

    /// The names that a pod refers to, in environments and volumes.
    static func names(in spec: PodSpec) -> (configMaps: Set<String>, secrets: Set<String>) {
        var configMaps = Set<String>()
        var secrets = Set<String>()
        for container in spec.containers + spec.initContainers {
            for source in elements(container.json["envFrom"]) {
                if let name = source["configMapRef"]?["name"]?.string { configMaps.insert(name) }
                if let name = source["secretRef"]?["name"]?.string { secrets.insert(name) }
            }
            for variable in container.environment {
                if let name = variable.valueFrom?["configMapKeyRef"]?["name"]?.string { configMaps.insert(name) }
                if let name = variable.valueFrom?["secretKeyRef"]?["name"]?.string { secrets.insert(name) }
            }
        }
        for volume in spec.volumes {
            if let name = volume.configMapName { configMaps.insert(name) }
            if let name = volume.secretName { secrets.insert(name) }
            for source in elements(volume.json["projected"]?["sources"]) {
                if let name = source["configMap"]?["name"]?.string { configMaps.insert(name) }
                if let name = source["secret"]?["name"]?.string { secrets.insert(name) }
            }
        }
        return (configMaps, secrets)
    }

    /// Audiences and lifetimes in seconds of the tokens that a pod's volumes ask for.
    static func tokenRequests(in spec: PodSpec) -> [(audience: String, seconds: Int)] {
        spec.volumes.flatMap { elements($0.json["projected"]?["sources"]) }.compactMap { source in
            source["serviceAccountToken"].map {
                ($0["audience"]?.string ?? "", max($0["expirationSeconds"]?.int ?? 3600, 600))
            }
        }
    }

    private static func elements(_ json: JSONView?) -> [JSONView] { json.map { Array($0.elements) } ?? [] }
}
