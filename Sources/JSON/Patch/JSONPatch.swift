/// A JSON patch (RFC 6902): operations that are applied in order, all or none.
package struct JSONPatch: Sendable, Hashable {
    /// One step of a patch.
    package enum Operation: Sendable, Hashable {
        /// Adds or replaces a member, or inserts an element; `-` as the last step appends.
        case add(JSONPointer, JSONValue)
        /// Removes a value that is there.
        case remove(JSONPointer)
        /// Replaces a value that is there.
        case replace(JSONPointer, JSONValue)
        /// Takes a value away and adds it elsewhere.
        case move(from: JSONPointer, to: JSONPointer)
        /// Adds a copy of a value elsewhere.
        case copy(from: JSONPointer, to: JSONPointer)
        /// Fails unless the value there means the same.
        case test(JSONPointer, JSONValue)
    }

    /// What a patch may ask of us.
    package struct Limits: Sendable, Hashable {
        /// Operations in one patch; Kubernetes allows as many.
        package var operations: Int
        /// Bytes that all `copy` operations together may add.
        package var copiedBytes: Int
        /// Arrays and objects within each other in the result.
        package var depth: Int

        /// The limits for patches from outside.
        package static let `default` = Limits()

        /// Limits; what is not given is as in ``default``: 10,000 operations, 16 MiB, 512 levels.
        package init(
            operations: Int = 10_000, copiedBytes: Int = 16 << 20, depth: Int = JSONLimits.default.maximumDepth
        ) {
            self.operations = operations
            self.copiedBytes = copiedBytes
            self.depth = depth
        }
    }

    /// The steps, in order.
    package var operations: [Operation]

    /// A patch of these steps.
    package init(_ operations: [Operation] = []) {
        self.operations = operations
    }

    /// Whether there is nothing to do.
    package var isEmpty: Bool { operations.isEmpty }

    /// Reads a patch document. Throws ``JSONError`` with the place in the patch if it is not one.
    package init(_ view: JSONView, limits: Limits = .default) throws(JSONError) {
        guard view.kind == .array else { throw view.wrongType(expected: .array) }
        guard view.count <= limits.operations else {
            throw JSONError(
                .tooLarge, pointer: view.pointer,
                "the patch has \(view.count) operations, at most \(limits.operations) are allowed")
        }
        operations = []
        for element in view.elements { operations.append(try JSONPatch.operation(element)) }
    }

    private static func operation(_ view: JSONView) throws(JSONError) -> Operation {
        let name = try view.requireString("op")
        let path = try pointer(view, "path")
        switch name {
        case "add": return .add(path, try value(view))
        case "remove": return .remove(path)
        case "replace": return .replace(path, try value(view))
        case "move": return .move(from: try pointer(view, "from"), to: path)
        case "copy": return .copy(from: try pointer(view, "from"), to: path)
        case "test": return .test(path, try value(view))
        default:
            throw JSONError(
                .invalidPatch, pointer: view.pointer + "/op",
                "unknown operation \"\(name.prefix(40))\"; use add, remove, replace, move, copy or test")
        }
    }

    private static func value(_ view: JSONView) throws(JSONError) -> JSONValue { JSONValue(try view.require("value")) }

    private static func pointer(_ view: JSONView, _ key: String) throws(JSONError) -> JSONPointer {
        let text = try view.requireString(key)
        do {
            return try JSONPointer(parsing: text)
        } catch {
            throw JSONError(
                .invalidPointer, pointer: view.pointer + "/" + key, "\"\(text.prefix(80))\": \(error.message)")
        }
    }

    /// The patch as a document.
    package var json: JSONValue {
        JSONValue(operations.map(\.json))
    }
}

extension JSONPatch.Operation {
    /// The operation as its object in a patch document.
    package var json: JSONValue {
        func make(_ name: String, _ path: JSONPointer, _ more: [(String, JSONValue)]) -> JSONValue {
            .object([("op", JSONValue(name)), ("path", JSONValue(path.description))] + more)
        }
        switch self {
        case .add(let path, let value): return make("add", path, [("value", value)])
        case .remove(let path): return make("remove", path, [])
        case .replace(let path, let value): return make("replace", path, [("value", value)])
        case .move(let from, let path): return make("move", path, [("from", JSONValue(from.description))])
        case .copy(let from, let path): return make("copy", path, [("from", JSONValue(from.description))])
        case .test(let path, let value): return make("test", path, [("value", value)])
        }
    }
}
