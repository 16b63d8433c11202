package import KubernetesModel

/// How objects and lists of a type merge, for strategic merge patch and server-side apply.
///
/// Source: the `patchStrategy`, `patchMergeKey`, `listType`, `listMapKey`, `mapType` and `structType` markers of the
/// Kubernetes API types; `x-kubernetes-list-type` and its kin for custom resources.
package struct MergeSchema: Sendable {
    let root: MergeNode

    init(root: MergeNode) { self.root = root }

    /// The rules of a built-in type. What they do not name merges as objects field by field, and as lists as a whole.
    package static func core(_ type: ResourceType) -> MergeSchema {
        MergeSchema(root: CoreMergeRules.node(for: type))
    }

    /// The rules of a custom resource; without a schema all lists are replaced as a whole.
    package init(_ schema: StructuralSchema?) {
        var node = schema.map { MergeNode(schema: $0.root) } ?? .unknown
        if case .object(var fields, let others, let isAtomic, let retainsKeys) = node {
            fields["metadata"] = CoreMergeRules.metadata
            node = .object(fields, others: others, isAtomic: isAtomic, retainsKeys: retainsKeys)
        } else {
            node = .object(["metadata": CoreMergeRules.metadata])
        }
        root = node
    }
}

/// How one value merges.
indirect enum MergeNode: Sendable {
    /// Not described: objects merge field by field, lists are replaced.
    case unknown
    /// An object. `others` describes members that are not named. `isAtomic` concerns server-side apply only, `retainsKeys`
    /// strategic merge patch only.
    case object([String: MergeNode], others: MergeNode, isAtomic: Bool, retainsKeys: Bool)
    /// A list.
    case list(ListKind, of: MergeNode)

    enum ListKind: Sendable {
        /// Replaced as a whole.
        case atomic
        /// Values that occur once.
        case set
        /// Objects told apart by members. `patchKey` is the one that strategic merge patch goes by, nil where it replaces.
        case map(keys: [String], patchKey: String?)
    }

    static func object(_ fields: [String: MergeNode]) -> MergeNode {
        .object(fields, others: .unknown, isAtomic: false, retainsKeys: false)
    }

    /// A list of objects told apart by one member.
    static func list(by key: String, of element: MergeNode = .unknown) -> MergeNode {
        .list(.map(keys: [key], patchKey: key), of: element)
    }

    static let atomicObject = MergeNode.object([:], others: .unknown, isAtomic: true, retainsKeys: false)
    static let set = MergeNode.list(.set, of: .unknown)

    /// The rules of the member `name`.
    func child(_ name: String) -> MergeNode {
        guard case .object(let fields, let others, _, _) = self else { return .unknown }
        return fields[name] ?? others
    }

    /// The rules of the elements.
    var element: MergeNode {
        guard case .list(_, let element) = self else { return .unknown }
        return element
    }

    var listKind: ListKind {
        guard case .list(let kind, _) = self else { return .atomic }
        return kind
    }

    var isAtomicObject: Bool {
        guard case .object(_, _, let isAtomic, _) = self else { return false }
        return isAtomic
    }
}
