internal import JSON

/// The members of an object while many of them change: each is found at once, however many there are.
struct OpenObject {
    private var members: [(key: String, value: JSONValue?)]
    private var places: [String: Int]

    /// The members of an object; none for other values.
    init(_ object: JSONValue) {
        members = (object.members ?? []).map { ($0.key, $0.value) }
        places = Dictionary(members.enumerated().map { ($1.key, $0) }) { first, _ in first }
    }

    subscript(_ name: String) -> JSONValue? {
        get { places[name].flatMap { members[$0].value } }
        set {
            if let place = places[name] {
                members[place].value = newValue
            } else if let newValue {
                places[name] = members.count
                members.append((name, newValue))
            }
        }
    }

    /// The object as it is now.
    var value: JSONValue { .object(members.compactMap { member in member.value.map { (member.key, $0) } }) }
}

extension JSONValue {
    /// What becomes of a part of an object or array.
    enum Change {
        case none
        case removed
        case replaced(JSONValue)

        /// No change for nil.
        init(_ new: JSONValue?) { self = new.map { .replaced($0) } ?? .none }
    }

    /// The value with its members or elements changed; nil if none is, or it has none.
    func changed(
        member change: (_ name: String, JSONValue) -> Change, element: (_ index: Int, JSONValue) -> Change
    ) -> JSONValue? {
        var isChanged = false
        func kept(_ part: JSONValue, _ change: Change) -> JSONValue? {
            if case .none = change { return part }
            isChanged = true
            if case .replaced(let new) = change { return new }
            return nil
        }
        var result = self
        switch kind {
        case .object:
            result = .object(
                (members ?? []).compactMap { name, part in kept(part, change(name, part)).map { (name, $0) } })
        case .array: result = JSONValue(elements.enumerated().compactMap { kept($1, element($0, $1)) })
        default: return nil
        }
        guard isChanged else { return nil }
        return result
    }
}
