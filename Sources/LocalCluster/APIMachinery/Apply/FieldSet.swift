internal import JSON

/// A set of fields of an object, in the form of `fieldsV1`.
///
/// Children go by their path elements: `f:name` for a member, `k:{"name":"a"}` for an element told apart by keys,
/// `v:"a"` for a value of a set. Source: structured-merge-diff fieldpath; KEP-555.
struct FieldSet: Equatable, Sendable {
    /// Whether the place itself is in the set.
    var isMember = false
    var children: [String: FieldSet] = [:]

    var isEmpty: Bool { !isMember && children.isEmpty }

    init(isMember: Bool = false) { self.isMember = isMember }

    /// Reads `fieldsV1`.
    init(json: JSONValue, isRoot: Bool = true) {
        let members = json.members ?? []
        isMember = !isRoot && members.isEmpty
        for (name, value) in members {
            if name == "." {
                isMember = true
            } else {
                children[name] = FieldSet(json: value, isRoot: false)
            }
        }
    }

    /// The set as `fieldsV1`, names in order.
    var json: JSONValue {
        var members: [(String, JSONValue)] = []
        if isMember, !children.isEmpty { members.append((".", [:])) }
        members += children.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) }
        return .object(members)
    }

    /// The set under a path element; empty if there is none. Empty sets are not kept.
    subscript(_ element: String) -> FieldSet {
        get { children[element] ?? FieldSet() }
        set { children[element] = newValue.isEmpty ? nil : newValue }
    }

    mutating func formUnion(_ other: FieldSet) {
        isMember = isMember || other.isMember
        for (element, child) in other.children {
            var own = self[element]
            own.formUnion(child)
            self[element] = own
        }
    }

    mutating func subtract(_ other: FieldSet) {
        if other.isMember { isMember = false }
        for (element, child) in other.children where children[element] != nil {
            var own = self[element]
            own.subtract(child)
            self[element] = own
        }
    }

    func intersection(_ other: FieldSet) -> FieldSet {
        var common = FieldSet(isMember: isMember && other.isMember)
        for (element, child) in children { common[element] = child.intersection(other[element]) }
        return common
    }

    /// The paths of the members as messages write them, in order: `.spec.containers[name="a"].image`.
    var paths: [String] {
        var found: [String] = []
        collect("", &found)
        return found
    }

    private func collect(_ prefix: String, _ found: inout [String]) {
        if isMember { found.append(prefix) }
        for (element, child) in children.sorted(by: { $0.key < $1.key }) {
            child.collect(prefix + Self.text(of: element), &found)
        }
    }

    /// A path element as messages write it.
    static func text(of element: String) -> String {
        let rest = String(element.dropFirst(2))
        switch element.prefix(2) {
        case "f:": return "." + rest
        case "k:":
            let members = (try? JSONValue(parsing: rest))?.members ?? []
            return "[" + members.map { "\($0.key)=\($0.value.text)" }.joined(separator: ",") + "]"
        case "v:": return "[=\(rest)]"
        default: return "[\(rest)]"
        }
    }
}
