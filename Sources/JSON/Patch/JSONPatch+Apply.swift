extension JSONPatch {
    /// The document as the patch changes it. Parts that the patch does not name stay byte for byte as they are.
    ///
    /// Throws ``JSONError`` with the pointer that an operation failed at and the operation's position; then nothing
    /// was changed.
    package func apply(to document: JSONValue, limits: Limits = .default) throws(JSONError) -> JSONValue {
        guard operations.count <= limits.operations else {
            throw JSONError(
                .tooLarge, pointer: "",
                "the patch has \(operations.count) operations, at most \(limits.operations) are allowed")
        }
        var application = PatchApplication(document: document, limits: limits)
        for (position, operation) in operations.enumerated() {
            do {
                try application.apply(operation)
            } catch {
                var error = error
                error.message += " (operation \(position) of the patch)"
                throw error
            }
        }
        return application.document
    }
}

/// A document on its way through a patch.
struct PatchApplication {
    var document: JSONValue
    let limits: JSONPatch.Limits
    var copiedBytes = 0

    init(document: JSONValue, limits: JSONPatch.Limits) {
        self.document = document
        self.limits = limits
    }

    mutating func apply(_ operation: JSONPatch.Operation) throws(JSONError) {
        switch operation {
        case .add(let path, let value):
            try add(value, at: path)
        case .remove(let path):
            try remove(at: path)
        case .replace(let path, let value):
            try replace(at: path, with: value)
        case .move(let from, let path):
            try move(from: from, to: path)
        case .copy(let from, let path):
            let value = try existing(at: from)
            copiedBytes += value.approximateBytes
            guard copiedBytes <= limits.copiedBytes else {
                throw JSONError(
                    .tooLarge, pointer: path.description,
                    "the patch copies more than the \(limits.copiedBytes) bytes that are allowed")
            }
            try add(value, at: path)
        case .test(let path, let value):
            let found = try existing(at: path)
            guard found == value else {
                throw JSONError(
                    .testFailed, pointer: path.description,
                    "the value is \(excerpt(found)), the patch expects \(excerpt(value))")
            }
        }
    }

    private func excerpt(_ value: JSONValue) -> String {
        let text = value.text
        return text.utf8.count <= 80 ? text : "\(text.prefix(77))..."
    }

    private func existing(at path: JSONPointer) throws(JSONError) -> JSONValue {
        guard let value = document[path] else { throw notFound(path) }
        return value
    }

    private func notFound(_ path: JSONPointer) -> JSONError {
        JSONError(.pathNotFound, pointer: path.description, "there is no value at this place")
    }

    private mutating func move(from: JSONPointer, to path: JSONPointer) throws(JSONError) {
        let value = try existing(at: from)
        guard from != path else { return }
        guard !path.tokens.starts(with: from.tokens) else {
            throw JSONError(.invalidPatch, pointer: path.description, "a value cannot be moved into itself")
        }
        try remove(at: from)
        try add(value, at: path)
    }

    private mutating func remove(at path: JSONPointer) throws(JSONError) {
        guard document[path] != nil else { throw notFound(path) }
        document[path: path.tokens] = nil
    }

    private mutating func replace(at path: JSONPointer, with value: JSONValue) throws(JSONError) {
        guard document[path] != nil else { throw notFound(path) }
        try checkDepth(of: value, at: path)
        document[path: path.tokens] = value
    }

    private mutating func add(_ value: JSONValue, at path: JSONPointer) throws(JSONError) {
        try checkDepth(of: value, at: path)
        guard let last = path.tokens.last else {
            document = value
            return
        }
        let place = JSONPointer(path.tokens.dropLast())
        guard var parent = document[place] else { throw notFound(place) }
        switch parent.kind {
        case .object:
            document[path: path.tokens] = value
        case .array:
            let count = parent.count
            guard let position = last == "-" ? count : JSONPointer.position(last), position <= count else {
                throw JSONError(
                    .pathNotFound, pointer: path.description,
                    "the array has \(count) elements: use a position up to \(count), or '-' for the end")
            }
            parent.withElements { $0.insert(value, at: position) }
            document[path: place.tokens] = parent
        default:
            throw JSONError(
                .pathNotFound, pointer: path.description, "\(parent.kind) has no members or elements to add to")
        }
    }

    private func checkDepth(of value: JSONValue, at path: JSONPointer) throws(JSONError) {
        guard path.tokens.count + value.depth <= limits.depth else {
            throw JSONError(
                .tooDeep, pointer: "",
                "the patch makes more than \(limits.depth) arrays and objects within each other")
        }
    }
}

extension JSONValue {
    /// About how many bytes the value takes when it is written; escapes are not counted.
    var approximateBytes: Int {
        switch node {
        case .view(let view): view.range.count
        case .null, .bool, .int: 8
        case .number(let text), .string(let text): text.utf8.count + 2
        case .array(let elements): elements.reduce(2) { $0 + $1.approximateBytes + 1 }
        case .object(let members): members.reduce(2) { $0 + $1.name.text.utf8.count + $1.value.approximateBytes + 4 }
        }
    }

    /// How many arrays and objects are within each other, this one counted.
    var depth: Int {
        switch node {
        case .view(let view): view.depth
        case .array(let elements): 1 + (elements.map(\.depth).max() ?? 0)
        case .object(let members): 1 + (members.map(\.value.depth).max() ?? 0)
        default: 0
        }
    }
}

extension JSONView {
    /// How many arrays and objects are within each other, this one counted.
    var depth: Int {
        var depth = 0
        var deepest = 0
        for entry in index..<index + token.width {
            switch JSONToken(bits: storage.tape[entry]).tag {
            case .array, .object:
                depth += 1
                deepest = max(deepest, depth)
            case .emptyArray, .emptyObject: deepest = max(deepest, depth + 1)
            case .end: depth -= 1
            default: break
            }
        }
        return deepest
    }
}
