internal import JSON
internal import KubernetesModel

/// What containers can learn of their pod and node: the downward API.
struct PodFacts: Sendable {
    /// The pod.
    var pod: Pod
    /// The node's name.
    var nodeName: String
    /// The node's address.
    var hostIP: String
    /// The pod's address.
    var podIP: String
    /// What the node has for pods; stands in for limits that are not given.
    var allocatable: ResourceList

    /// The text of a field. Throws ``SourceProblem`` for a path that is none.
    func field(_ path: String) throws(SourceProblem) -> String {
        let metadata = pod.metadata
        switch path {
        case "metadata.name": return metadata.name
        case "metadata.namespace": return metadata.namespace ?? ""
        case "metadata.uid": return metadata.uid
        case "metadata.labels": return Self.format(metadata.labels)
        case "metadata.annotations": return Self.format(metadata.annotations)
        case "spec.nodeName": return nodeName
        case "spec.serviceAccountName": return pod.spec.serviceAccountName
        case "status.hostIP", "status.hostIPs": return hostIP
        case "status.podIP", "status.podIPs": return podIP
        default: break
        }
        if let key = Self.subscripted(path, "metadata.labels") { return metadata.labels[key] ?? "" }
        if let key = Self.subscripted(path, "metadata.annotations") { return metadata.annotations[key] ?? "" }
        throw SourceProblem("unsupported fieldPath: \(path)")
    }

    /// A resource of a container, in units of `divisor`, rounded up. Throws ``SourceProblem``.
    func resource(_ reference: JSONView, in container: Container) throws(SourceProblem) -> String {
        let name = reference["resource"]?.string ?? ""
        let parts = name.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, parts[0] == "limits" || parts[0] == "requests" else {
            throw SourceProblem("unsupported container resource : \(name)")
        }
        let resource = String(parts[1])
        var amount = (parts[0] == "limits" ? container.limits : container.requests)[resource]
        if amount == nil, parts[0] == "limits" { amount = allocatable[resource] }
        let divisor = reference["divisor"].flatMap { Quantity(json: $0) } ?? Quantity(1)
        let unit = divisor.isZero ? Quantity(1) : divisor
        guard let amount else { return "0" }
        if resource == "cpu" { return String(Self.ceiling(amount.milliValue, unit.milliValue)) }
        return String(Self.ceiling(amount.roundedUpValue, unit.roundedUpValue))
    }

    private static func ceiling(_ value: Int64, _ divisor: Int64) -> Int64 {
        divisor <= 0 ? value : value / divisor + (value % divisor > 0 ? 1 : 0)
    }

    /// `a="1"` lines in order of names. Source: kubernetes fieldpath `FormatMap`.
    private static func format(_ map: StringMap) -> String {
        map.pairs.sorted { $0.0 < $1.0 }.map { "\($0.0)=\(JSONValue($0.1).text)" }.joined(separator: "\n")
    }

    /// `x` of `base['x']`.
    private static func subscripted(_ path: String, _ base: String) -> String? {
        guard path.hasPrefix(base + "['"), path.hasSuffix("']") else { return nil }
        return String(path.dropFirst(base.count + 2).dropLast(2))
    }
}
