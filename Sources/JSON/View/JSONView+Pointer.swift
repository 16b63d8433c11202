extension JSONView {
    /// Where this value is in its document, as a JSON pointer. Walks down from the root, so it is for errors.
    package var pointer: String {
        var steps: [String] = []
        var at = 0
        while at < index {
            let container = JSONView(storage: storage, index: at)
            var position = 0
            var next: (step: String, index: Int)?
            for (name, value) in container.fields where value.index <= index && index < value.index + value.token.width
            {
                next = (storage.string(name.token), value.index)
                break
            }
            for element in container.elements {
                if index < element.index + element.token.width {
                    next = ("\(position)", element.index)
                    break
                }
                position += 1
            }
            guard let next else { break }
            steps.append(next.step)
            at = next.index
        }
        return JSONPointer(steps).description
    }

    /// The value at a JSON pointer that starts here; `nil` if it is not there or the pointer is not valid.
    package subscript(pointer text: String) -> JSONView? {
        guard let pointer = try? JSONPointer(parsing: text) else { return nil }
        return self[pointer]
    }

    /// The value at a JSON pointer that starts here; `nil` if it is not there.
    package subscript(_ pointer: JSONPointer) -> JSONView? {
        var found = self
        for token in pointer.tokens {
            let next = found.kind == .array ? JSONPointer.position(token).flatMap { found[$0] } : found[token]
            guard let next else { return nil }
            found = next
        }
        return found
    }
}
