/// A value inside a document: the document and a place on its tape. Cheap to copy.
///
/// Reading never fails and never changes anything: a value of another kind, or one that is not there, reads as `nil`.
/// The `require…` methods throw instead, with pointer and expected type.
package struct JSONView: Sendable {
    /// The kinds of values.
    package typealias Kind = JSONKind

    let storage: JSONStorage
    let index: Int

    @inline(__always)
    init(storage: JSONStorage, index: Int) {
        self.storage = storage
        self.index = index
    }

    @inline(__always)
    var token: JSONToken { JSONToken(bits: storage.tape[index]) }

    /// Which of the six kinds the value is.
    package var kind: JSONKind { token.kind }

    /// Whether the value is `null`.
    package var isNull: Bool { token.tag == .null }

    /// The value of the last member of this name; `nil` if there is none or this is not an object.
    package subscript(_ key: String) -> JSONView? {
        guard let found = storage.member(of: index, named: key) else { return nil }
        return JSONView(storage: storage, index: found)
    }

    /// The element at a position; `nil` if there is none or this is not an array. Walks over the elements before it.
    package subscript(_ position: Int) -> JSONView? {
        guard token.tag == .array, position >= 0, position < count else { return nil }
        var child = index + 1
        for _ in 0..<position { child += JSONToken(bits: storage.tape[child]).width }
        return JSONView(storage: storage, index: child)
    }

    /// The value at the end of a path of member names; `nil` as soon as one is not there.
    package subscript(path names: String...) -> JSONView? { self[path: names] }

    /// The value at the end of a path of member names; `nil` as soon as one is not there.
    package subscript(path names: [String]) -> JSONView? {
        var found = index
        for name in names {
            guard let next = storage.member(of: found, named: name) else { return nil }
            found = next
        }
        return JSONView(storage: storage, index: found)
    }

    /// How many elements or members; 0 for other kinds. Members of the same name are each counted.
    package var count: Int {
        let token = token
        guard token.tag == .array || token.tag == .object else { return 0 }
        return JSONToken(bits: storage.tape[index + token.payload]).payload
    }

    /// Whether there are no elements or members; true for other kinds.
    package var isEmpty: Bool {
        let tag = token.tag
        return tag != .array && tag != .object
    }

    /// Where the value's text is: offsets into the document, quotes and brackets included.
    package var range: Range<Int> {
        let token = token
        switch token.tag {
        case .string, .escapedString:
            return token.offset - 1..<token.offset + token.payload + 1
        case .array, .object:
            return token.offset..<JSONToken(bits: storage.tape[index + token.payload]).offset + 1
        case .null, .true, .false, .integer, .decimal, .emptyArray, .emptyObject, .end:
            return token.offset..<token.offset + token.payload
        }
    }

    /// The value's bytes as they stand in the document.
    package var raw: ArraySlice<UInt8> { storage.bytes[range] }

    /// The value's text as it stands in the document.
    package var text: String { String(decoding: raw, as: UTF8.self) }

    /// This value as a document of its own that shares the text and tape it lies in.
    package var document: JSONDocument { JSONDocument(storage: storage, rootIndex: index) }

    /// This value as a document of its own that keeps nothing else of the text alive.
    package func detached() -> JSONDocument {
        let range = range
        let tape = storage.tape[index..<index + token.width].map { bits in
            let token = JSONToken(bits: bits)
            return JSONToken(token.tag, payload: token.payload, offset: token.offset - range.lowerBound).bits
        }
        return JSONDocument(storage: JSONStorage(bytes: Array(storage.bytes[range]), tape: tape), rootIndex: 0)
    }
}
