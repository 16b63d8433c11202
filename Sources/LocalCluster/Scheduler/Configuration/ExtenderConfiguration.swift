internal import JSON
internal import KubernetesClient

/// How one scheduler extender is reached and what it is asked. Source: kubescheduler.config.k8s.io/v1 `Extender`.
struct ExtenderConfiguration: Sendable, Hashable {
    /// A resource that the extender manages.
    struct ManagedResource: Sendable, Hashable {
        /// The name, such as `nvidia.com/gpu`.
        var name: String
        /// Whether the scheduler itself does not count it.
        var ignoredByScheduler: Bool
    }

    /// Certificates as data, else as the path of a file.
    enum Material: Sendable, Hashable {
        /// PEM text.
        case data([UInt8])
        /// The path of a PEM file, read at each (re)start of the scheduler.
        case file(String)
    }

    /// TLS towards the extender.
    struct TLS: Sendable, Hashable {
        /// Skips every check of the extender's certificate.
        var isInsecure = false
        /// The name that the certificate must carry instead of the URL's host.
        var serverName: String?
        /// Who vouches for the extender; the system's store if nil.
        var authority: Material?
        /// The certificate that the scheduler presents.
        var certificate: Material?
        /// The key of ``certificate``.
        var key: Material?
    }

    /// What verbs are appended to, without the final slash.
    var urlPrefix: String
    /// The verb that filters nodes; nil if it is not asked.
    var filterVerb: String?
    /// The verb that scores nodes; nil if it is not asked.
    var prioritizeVerb: String?
    /// The verb that chooses among nodes where lower pods could be evicted; nil if it is not asked.
    var preemptVerb: String?
    /// The verb that binds; nil if the scheduler binds.
    var bindVerb: String?
    /// What scores are multiplied by, > 0 where there is a ``prioritizeVerb``.
    var weight: Int
    /// Whether the URL is spoken to in TLS whatever its scheme.
    var usesHTTPS: Bool
    /// TLS towards the extender.
    var tls: TLS
    /// The deadline of a call, > 0; 5 seconds by default.
    var timeout: Duration
    /// Whether only names of nodes are sent and returned.
    var isNodeCacheCapable: Bool
    /// What it manages; empty means that it is asked about every pod.
    var managedResources: [ManagedResource]
    /// Whether pods are scheduled without it when it fails.
    var isIgnorable: Bool

    /// The address of a verb.
    func url(of verb: String) -> String {
        let base = usesHTTPS && urlPrefix.hasPrefix("http://") ? "https://" + urlPrefix.dropFirst(7) : urlPrefix
        return base + "/" + verb
    }

    /// Whether the extender is asked about a pod that requests (or is limited in) the named resources.
    func isInterested(inResources names: some Sequence<String>) -> Bool {
        managedResources.isEmpty || names.contains { name in managedResources.contains { $0.name == name } }
    }
}

extension ExtenderConfiguration {
    /// Reads one element of `extenders`; problems name the field within it.
    static func read(_ json: JSONView) -> (ExtenderConfiguration?, [String]) {
        var problems: [String] = []
        func verb(_ key: String) -> String? { json[key]?.string.flatMap { $0.isEmpty ? nil : trimmed($0) } }
        let prefix = trimmed(json["urlPrefix"]?.string ?? "")
        if prefix.isEmpty { problems.append("urlPrefix: Required value") }
        if !prefix.isEmpty, !prefix.hasPrefix("http://"), !prefix.hasPrefix("https://") {
            problems.append("urlPrefix: \"\(prefix)\" must start with https:// or http://")
        }
        let weight = json["weight"]?.int ?? 0
        if verb("prioritizeVerb") != nil, weight <= 0 {
            problems.append("weight: must be > 0 for an extender with a prioritizeVerb")
        }
        var timeout = Duration.seconds(5)
        if let text = json["httpTimeout"]?.string {
            switch GoDuration.parse(text) {
            case nil: problems.append("httpTimeout: \"\(text)\" is not a duration such as 5s")
            case .some(let value) where value > .zero: timeout = value
            case .some: break
            }
        }
        let tls = readTLS(json["tlsConfig"], &problems)
        let managed = (json["managedResources"].map { Array($0.elements) } ?? []).map { item in
            ManagedResource(
                name: item["name"]?.string ?? "", ignoredByScheduler: item["ignoredByScheduler"]?.bool ?? false)
        }
        for (index, resource) in managed.enumerated() where !resource.name.contains("/") {
            problems.append("managedResources[\(index)].name: \"\(resource.name)\" is not an extended resource's name")
        }
        guard problems.isEmpty else { return (nil, problems) }
        let extender = ExtenderConfiguration(
            urlPrefix: prefix, filterVerb: verb("filterVerb"), prioritizeVerb: verb("prioritizeVerb"),
            preemptVerb: verb("preemptVerb"), bindVerb: verb("bindVerb"), weight: weight,
            usesHTTPS: json["enableHTTPS"]?.bool ?? false, tls: tls,
            timeout: timeout, isNodeCacheCapable: json["nodeCacheCapable"]?.bool ?? false, managedResources: managed,
            isIgnorable: json["ignorable"]?.bool ?? false)
        return (extender, [])
    }

    private static func readTLS(_ json: JSONView?, _ problems: inout [String]) -> TLS {
        func material(_ data: String, _ file: String) -> Material? {
            if let text = json?[data]?.string, !text.isEmpty {
                if let bytes = [UInt8](base64: text) { return .data(bytes) }
                problems.append("tlsConfig.\(data): is not base64")
                return nil
            }
            return json?[file]?.string.flatMap { $0.isEmpty ? nil : .file($0) }
        }
        let tls = TLS(
            isInsecure: json?["insecure"]?.bool ?? false,
            serverName: json?["serverName"]?.string.flatMap { $0.isEmpty ? nil : $0 },
            authority: material("caData", "caFile"), certificate: material("certData", "certFile"),
            key: material("keyData", "keyFile"))
        if (tls.certificate == nil) != (tls.key == nil) {
            problems.append("tlsConfig: certificate and key must both be given, or neither")
        }
        return tls
    }

    private static func trimmed(_ text: String) -> String {
        var text = Substring(text)
        while text.hasSuffix("/") { text = text.dropLast() }
        while text.hasPrefix("/") { text = text.dropFirst() }
        return String(text)
    }
}
