extension JSONValue {
    /// The member of this name; `nil` if there is none or this is not an object.
    ///
    /// Setting replaces the member where it stands or adds it at the end; setting `nil` removes it. Setting a member of
    /// a value that is not an object makes it an object with only that member.
    package subscript(_ key: String) -> JSONValue? {
        get {
            switch node {
            case .view(let view): view[key].map { JSONValue($0) }
            case .object(let members): members.first { $0.name.text.hasSameBytes(as: key) }?.value
            default: nil
            }
        }
        set {
            guard newValue != nil || kind == .object else { return }
            withMembers { members in
                let place = members.firstIndex { $0.name.text.hasSameBytes(as: key) }
                switch (place, newValue) {
                case (let place?, let value?): members[place].value = value
                case (let place?, nil): members.remove(at: place)
                case (nil, let value?): members.append(Member(name: Name(key), value: value))
                case (nil, nil): break
                }
            }
        }
    }

    /// The member of this name, or a default that becomes the member when it is changed in place.
    package subscript(_ key: String, default fallback: @autoclosure () -> JSONValue) -> JSONValue {
        get { self[key] ?? fallback() }
        set { self[key] = newValue }
    }

    /// The element at a position; `nil` if there is none or this is not an array.
    ///
    /// Setting replaces the element, setting at ``count`` appends, setting `nil` removes. Other positions, and values
    /// that are not arrays, stay as they are.
    package subscript(_ position: Int) -> JSONValue? {
        get {
            switch node {
            case .view(let view): return view[position].map { JSONValue($0) }
            case .array(let elements): return elements.indices.contains(position) ? elements[position] : nil
            default: return nil
            }
        }
        set {
            guard kind == .array else { return }
            withElements { elements in
                if elements.indices.contains(position) {
                    if let newValue {
                        elements[position] = newValue
                    } else {
                        elements.remove(at: position)
                    }
                } else if position == elements.count, let newValue {
                    elements.append(newValue)
                }
            }
        }
    }

    /// The value at the end of a path of member names (and, in arrays, positions).
    ///
    /// Setting creates objects on the way; setting `nil` removes the last step and creates nothing.
    package subscript(path steps: [String]) -> JSONValue? {
        get { self[JSONPointer(steps)] }
        set {
            guard let first = steps.first else {
                self = newValue ?? .null
                return
            }
            var child = kind == .array ? JSONPointer.position(first).flatMap { self[$0] } : self[first]
            if steps.count == 1 {
                child = newValue
            } else if child != nil || newValue != nil {
                var inner = child ?? .object([])
                inner[path: Array(steps.dropFirst())] = newValue
                child = inner
            } else {
                return
            }
            if kind == .array {
                if let position = JSONPointer.position(first) { self[position] = child }
            } else {
                self[first] = child
            }
        }
    }

    /// As ``subscript(path:)-swift.subscript`` with the steps written out.
    package subscript(path steps: String...) -> JSONValue? {
        get { self[path: steps] }
        set { self[path: steps] = newValue }
    }

    /// Appends an element; a value that is not an array becomes an array of only that element.
    package mutating func append(_ value: JSONValue) {
        withElements { $0.append(value) }
    }

    /// Removes a member if it is there.
    package mutating func remove(_ key: String) {
        self[key] = nil
    }

    /// Changes the members of an object in place; any other value becomes an object first.
    mutating func withMembers<Result, Failure: Error>(
        _ change: (inout [Member]) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var members = fields
        node = .null
        defer { node = .object(members) }
        return try change(&members)
    }

    /// Changes the elements of an array in place; any other value becomes an array first.
    mutating func withElements<Result, Failure: Error>(
        _ change: (inout [JSONValue]) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var elements = elements
        node = .null
        defer { node = .array(elements) }
        return try change(&elements)
    }
}
