internal import JSON

/// The bodies that a scheduler and its extenders exchange, with the keys that Go writes for structs without tags.
/// Source: k8s.io/kube-scheduler/extender/v1 types.go.
enum ExtenderProtocol {
    /// `ExtenderArgs`: the pod and the nodes in question, as names where the extender has a node cache.
    static func arguments(pod: JSONView, nodes: [(name: String, json: JSONView)], namesOnly: Bool) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("Pod")
        writer.value(pod)
        writer.key("Nodes")
        if namesOnly {
            writer.null()
        } else {
            writer.beginObject()
            writer.key("kind")
            writer.string("NodeList")
            writer.key("apiVersion")
            writer.string("v1")
            writer.key("metadata")
            writer.beginObject()
            writer.endObject()
            writer.key("items")
            writer.beginArray()
            for node in nodes { writer.value(node.json) }
            writer.endArray()
            writer.endObject()
        }
        writer.key("NodeNames")
        if namesOnly {
            writer.beginArray()
            for node in nodes { writer.string(node.name) }
            writer.endArray()
        } else {
            writer.null()
        }
        writer.endObject()
        return writer.bytes
    }

    /// `ExtenderBindingArgs`.
    static func bindingArguments(podName: String, namespace: String, uid: String, node: String) -> [UInt8] {
        JSONValue.object([
            ("PodName", JSONValue(podName)), ("PodNamespace", JSONValue(namespace)), ("PodUID", JSONValue(uid)),
            ("Node", JSONValue(node)),
        ]).bytes
    }

    /// `ExtenderFilterResult`.
    struct FilterResult: Sendable, Hashable {
        /// The nodes that pass, in the order given.
        var nodeNames: [String]
        /// Why others do not pass; another pod's end could help.
        var failed: [String: String]
        /// Why others never pass as long as pod and node stay as they are.
        var unresolvable: [String: String]
        /// Why the extender could not decide; empty if it could.
        var error: String

        /// Reads a result for a request that had `namesOnly`; one that got names may still answer with nodes. Throws
        /// `JSONError` if it is no object.
        init(json: JSONView, namesOnly: Bool) throws(JSONError) {
            let object = try json.requireObject()
            if namesOnly, let names = member(object, "NodeNames") {
                nodeNames = try names.requireArray().strings
            } else {
                let items = member(object, "Nodes")?["items"].map { Array($0.elements) } ?? []
                nodeNames = items.compactMap { $0[path: "metadata", "name"]?.string }
            }
            failed = member(object, "FailedNodes")?.stringDictionary ?? [:]
            unresolvable = member(object, "FailedAndUnresolvableNodes")?.stringDictionary ?? [:]
            error = member(object, "Error")?.string ?? ""
        }
    }

    /// `HostPriorityList`: scores 0...10 by node. Throws `JSONError` if it is no list of hosts and scores.
    static func scores(json: JSONView) throws(JSONError) -> [String: Int] {
        if json.isNull { return [:] }
        var scores: [String: Int] = [:]
        for item in try json.requireArray().elements {
            guard let host = member(item, "Host") else {
                throw JSONError(.missing, pointer: item.pointer + "/Host", "a score must name its host")
            }
            scores[try host.requireString()] = member(item, "Score")?.int ?? 0
        }
        return scores
    }

    /// `ExtenderBindingResult`: why binding failed; nil if it did not. Throws `JSONError` if it is no object.
    static func bindingError(json: JSONView) throws(JSONError) -> String? {
        member(try json.requireObject(), "Error")?.string.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// `ExtenderPreemptionArgs`: the victims by node, as UIDs where the extender has a node cache.
    static func preemptionArguments(pod: JSONView, victims: [NodeVictims], identifiersOnly: Bool) -> [UInt8] {
        let byNode = victims.map { entry -> (String, JSONValue) in
            let pods = entry.pods.map { pod in
                identifiersOnly ? JSONValue.object([("UID", JSONValue(pod.uid))]) : JSONValue(pod.document.root)
            }
            let fields: [(String, JSONValue)] = [
                ("Pods", JSONValue(pods)), ("NumPDBViolations", JSONValue(entry.violations)),
            ]
            return (entry.node, .object(fields))
        }
        return JSONValue.object([
            ("Pod", JSONValue(pod)), ("NodeNameToVictims", identifiersOnly ? .null : .object(byNode)),
            ("NodeNameToMetaVictims", identifiersOnly ? .object(byNode) : .null),
        ]).bytes
    }

    /// `ExtenderPreemptionResult`: UIDs of victims and violated budgets by node, nodes in the order of their names.
    /// Throws `JSONError` if it is no object of objects.
    static func preemptionResult(
        json: JSONView
    ) throws(JSONError) -> [(node: String, uids: [String], violations: Int)] {
        guard let nodes = member(try json.requireObject(), "NodeNameToMetaVictims") else { return [] }
        var result: [(node: String, uids: [String], violations: Int)] = []
        for (node, victims) in try nodes.requireObject().members {
            var uids: [String] = []
            if !victims.isNull, let pods = member(try victims.requireObject(), "Pods") {
                for pod in try pods.requireArray().elements {
                    guard let uid = member(try pod.requireObject(), "UID") else {
                        throw JSONError(.missing, pointer: pod.pointer + "/UID", "a victim must have its UID")
                    }
                    uids.append(try uid.requireString())
                }
            }
            let violations = victims.isNull ? nil : member(victims, "NumPDBViolations")?.int
            result.append((node, uids, violations ?? 0))
        }
        return result.sorted { $0.node < $1.node }
    }

    /// A member by the name that Go writes, or in any other case, which Go reads as well.
    private static func member(_ object: JSONView, _ name: String) -> JSONView? {
        if let value = object[name] { return value.isNull ? nil : value }
        let lowered = name.lowercased()
        return object.members.first { $0.key.lowercased() == lowered && !$0.value.isNull }?.value
    }
}
