extension JSONStorage {
    /// The tape index of the last member of this name in the object at `index`; `nil` if there is none.
    func member(of index: Int, named name: String) -> Int? {
        var name = name
        return name.withUTF8 { wanted in
            tape.withUnsafeBufferPointer { tape in
                let object = JSONToken(bits: tape[index])
                guard object.tag == .object else { return nil }
                let end = index + object.payload
                var found: Int?
                var at = index + 1
                while at < end {
                    if text(of: JSONToken(bits: tape[at]), equals: wanted) { found = at + 1 }
                    at += 1 + JSONToken(bits: tape[at + 1]).width
                }
                return found
            }
        }
    }

    /// Whether a string token has exactly these UTF-8 bytes once its escapes are decoded.
    @inline(__always)
    func text(of token: JSONToken, equals wanted: UnsafeBufferPointer<UInt8>) -> Bool {
        if token.tag == .string {
            guard token.payload == wanted.count else { return false }
            let start = token.offset
            return bytes.withUnsafeBufferPointer { bytes in
                guard start + wanted.count <= bytes.count else { return false }
                for position in 0..<wanted.count where bytes[start + position] != wanted[position] { return false }
                return true
            }
        }
        // An escape is longer than what it stands for.
        guard token.tag == .escapedString, token.payload > wanted.count else { return false }
        return decoded(token).elementsEqual(wanted)
    }

    /// The UTF-8 bytes of a string token with its escapes decoded.
    func decoded(_ token: JSONToken) -> [UInt8] {
        let raw = bytes[token.offset..<token.offset + token.payload]
        return token.tag == .escapedString ? JSONEscapes.decode(raw) : Array(raw)
    }

    /// A string token as a string.
    func string(_ token: JSONToken) -> String {
        token.tag == .escapedString
            ? String(decoding: decoded(token), as: UTF8.self)
            : String(decoding: bytes[token.offset..<token.offset + token.payload], as: UTF8.self)
    }
}
