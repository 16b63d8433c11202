internal import JSON

extension MergeNode {
    /// The keys of lists that the server fills in when they are left out.
    private static let keyDefaults: [String: JSONValue] = ["protocol": "TCP"]

    /// The path element of an element of a list of this kind; nil for lists that are replaced as a whole.
    func pathElement(of value: JSONValue) -> String? {
        switch listKind {
        case .atomic: return nil
        case .set: return "v:" + String(decoding: value.canonicalBytes, as: UTF8.self)
        case .map(let keys, _):
            let members = keys.compactMap { key in
                (value[key] ?? Self.keyDefaults[key]).map { (key, $0) }
            }
            return "k:" + String(decoding: JSONValue.object(members).canonicalBytes, as: UTF8.self)
        }
    }
}

extension FieldSet {
    /// The fields that a value sets: its scalars, its empty or atomic objects and lists, and its list elements.
    init(of value: JSONValue, _ node: MergeNode) {
        self.init()
        switch value.kind {
        case .object where !node.isAtomicObject && !value.isEmpty:
            for (name, member) in value.members ?? [] {
                self["f:" + name] = FieldSet(of: member, node.child(name))
            }
        case .array where !value.isEmpty:
            for element in value.array ?? [] {
                guard let name = node.pathElement(of: element) else {
                    isMember = true
                    return
                }
                var child = element.kind == .object ? FieldSet(of: element, node.element) : FieldSet()
                child.isMember = true
                self[name] = child
            }
        default: isMember = true
        }
    }

    /// What server-side apply never owns: what names the object, and what the server writes.
    mutating func removeServerFields() {
        children["f:apiVersion"] = nil
        children["f:kind"] = nil
        var metadata = self["f:metadata"]
        for name in [
            "name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp",
            "deletionGracePeriodSeconds", "selfLink", "managedFields",
        ] {
            metadata.children["f:" + name] = nil
        }
        metadata.isMember = false
        self["f:metadata"] = metadata
    }
}

/// The fields in which two values differ.
struct FieldDifference {
    /// Fields of the new value that the old one lacks or has otherwise.
    var changed = FieldSet()
    /// Fields of the old value that the new one lacks.
    var removed = FieldSet()

    init(from old: JSONValue?, to new: JSONValue?, _ node: MergeNode) {
        guard let old else {
            if let new { changed = FieldSet(of: new, node) }
            return
        }
        guard let new else {
            removed = FieldSet(of: old, node)
            return
        }
        switch (old.kind, new.kind) {
        case (.object, .object) where !node.isAtomicObject: compareMembers(old, new, node)
        case (.array, .array): compareElements(old, new, node)
        default:
            guard old != new else { return }
            changed = FieldSet(of: new, node)
            removed = FieldSet(of: old, node)
            removed.subtract(changed)
        }
    }

    private mutating func add(_ difference: FieldDifference, at element: String) {
        changed[element] = difference.changed
        removed[element] = difference.removed
    }

    private mutating func compareMembers(_ old: JSONValue, _ new: JSONValue, _ node: MergeNode) {
        let (before, after) = (OpenObject(old), OpenObject(new))
        for (name, member) in new.members ?? [] {
            add(FieldDifference(from: before[name], to: member, node.child(name)), at: "f:" + name)
        }
        for (name, member) in old.members ?? [] where after[name] == nil {
            removed["f:" + name] = FieldSet(of: member, node.child(name))
        }
        changed.isMember = new.isEmpty && !old.isEmpty
        removed.isMember = old.isEmpty && !new.isEmpty
    }

    private mutating func compareElements(_ old: JSONValue, _ new: JSONValue, _ node: MergeNode) {
        guard case .map = node.listKind else {
            compareValues(old, new, node)
            return
        }
        var before: [String: JSONValue] = [:]
        for element in old.array ?? [] { before[node.pathElement(of: element) ?? ""] = element }
        for element in new.array ?? [] {
            let name = node.pathElement(of: element) ?? ""
            var difference = FieldDifference(from: before[name], to: element, node.element)
            if before.removeValue(forKey: name) == nil { difference.changed.isMember = true }
            add(difference, at: name)
        }
        for (name, element) in before {
            var gone = FieldSet(of: element, node.element)
            gone.isMember = true
            removed[name] = gone
        }
        changed.isMember = new.isEmpty && !old.isEmpty
    }

    private mutating func compareValues(_ old: JSONValue, _ new: JSONValue, _ node: MergeNode) {
        guard old != new else { return }
        changed = FieldSet(of: new, node)
        removed = FieldSet(of: old, node)
        if case .set = node.listKind {
            let kept = changed.intersection(removed)
            changed.subtract(kept)
            removed.subtract(kept)
        } else {
            removed.subtract(changed)
        }
    }
}
