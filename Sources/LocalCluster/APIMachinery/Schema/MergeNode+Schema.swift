extension MergeNode {
    /// The merge rules that a schema's markers state.
    init(schema node: SchemaNode) {
        if node.type == "array" {
            let element = node.items.map { MergeNode(schema: $0) } ?? .unknown
            switch node.listType {
            case "map": self = .list(.map(keys: node.listMapKeys, patchKey: nil), of: element)
            case "set": self = .list(.set, of: element)
            default: self = .list(.atomic, of: element)
            }
            return
        }
        guard node.type == "object" else {
            self = .unknown
            return
        }
        var others = MergeNode.unknown
        if case .described(let other) = node.additionalProperties { others = MergeNode(schema: other) }
        self = .object(
            node.properties.mapValues { MergeNode(schema: $0) }, others: others, isAtomic: node.mapType == "atomic",
            retainsKeys: false)
    }
}
