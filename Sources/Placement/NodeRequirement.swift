/// One requirement of a node selector term. Source: core/v1 NodeSelectorRequirement.
package struct NodeRequirement: Hashable, Sendable {
    /// How a value is compared.
    package enum Operator: String, Hashable, Sendable {
        case isIn = "In"
        case notIn = "NotIn"
        case exists = "Exists"
        case doesNotExist = "DoesNotExist"
        case greaterThan = "Gt"
        case lessThan = "Lt"
    }

    /// The label or field.
    package var key: String
    /// How its value is compared.
    package var comparison: Operator
    /// What it is compared with.
    package var values: [String]

    /// A requirement on the label or field `key`.
    package init(_ key: String, _ comparison: Operator, _ values: [String] = []) {
        self.key = key
        self.comparison = comparison
        self.values = values
    }

    /// Whether `value`, the label's value or `nil` when the node lacks it, satisfies the requirement.
    package func matches(_ value: String?) -> Bool {
        switch comparison {
        case .isIn: return value.map(values.contains) ?? false
        case .notIn: return value.map { !values.contains($0) } ?? true
        case .exists: return value != nil
        case .doesNotExist: return value == nil
        case .greaterThan, .lessThan:
            guard let value, let number = Int64(value), values.count == 1, let bound = Int64(values[0]) else {
                return false
            }
            return comparison == .greaterThan ? number > bound : number < bound
        }
    }
}

/// A term of required node affinity: all its requirements must hold, and an empty term matches nothing.
package struct NodeSelectorTerm: Hashable, Sendable {
    /// Requirements on labels.
    package var labels: [NodeRequirement]
    /// Requirements on fields; Kubernetes allows `metadata.name` only.
    package var fields: [NodeRequirement]

    /// A term of the given requirements.
    package init(labels: [NodeRequirement] = [], fields: [NodeRequirement] = []) {
        self.labels = labels
        self.fields = fields
    }

    /// Whether the node has all that the term requires.
    package func matches(_ node: NodeProjection) -> Bool {
        guard !labels.isEmpty || !fields.isEmpty else { return false }
        return labels.allSatisfy { $0.matches(node.labels[$0.key]) }
            && fields.allSatisfy { $0.key == "metadata.name" && $0.matches(node.name) }
    }
}

/// A host port that a pod occupies on its node. Source: core/v1 ContainerPort.
package struct HostPort: Hashable, Sendable {
    /// `TCP`, `UDP` or `SCTP`.
    package var transport: String
    /// The port, 1 to 65535.
    package var port: Int
    /// The address it listens on; empty and `0.0.0.0` are all addresses.
    package var address: String

    /// A port on all addresses, or on one.
    package init(_ port: Int, transport: String = "TCP", address: String = "") {
        self.transport = transport
        self.port = port
        self.address = address == "0.0.0.0" ? "" : address
    }

    /// Whether both cannot be held on one node.
    package func conflicts(with other: Self) -> Bool {
        port == other.port && transport == other.transport
            && (address == other.address || address.isEmpty || other.address.isEmpty)
    }
}
