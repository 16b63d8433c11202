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

        /// Reads a result for a request that had `namesOnly`. Throws `JSONError` if it is no object.
        init(json: JSONView, namesOnly: Bool) throws(JSONError) {
            let object = try json.requireObject()
            if namesOnly {
                nodeNames = member(object, "NodeNames")?.strings ?? []
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

    /// A member by the name that Go writes, or in any other case, which Go reads as well.
    private static func member(_ object: JSONView, _ name: String) -> JSONView? {
        if let value = object[name] { return value.isNull ? nil : value }
        let lowered = name.lowercased()
        return object.members.first { $0.key.lowercased() == lowered && !$0.value.isNull }?.value
    }
}
