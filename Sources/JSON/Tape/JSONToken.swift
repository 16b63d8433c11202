/// One entry of the tape: 4 bits of tag, 28 bits of payload, 32 bits of byte offset.
///
/// | tag | offset | payload |
/// |---|---|---|
/// | `null` `true` `false` `integer` `decimal` | first byte | length in bytes |
/// | `string` `escapedString` | first byte after the quote | length in bytes, without quotes |
/// | `emptyArray` `emptyObject` | opening bracket | length in bytes, with brackets |
/// | `array` `object` | opening bracket | tokens from here to its `end` |
/// | `end` | closing bracket | number of elements or members |
///
/// Members of an object are two values in a row, a string and the value.
struct JSONToken: Sendable {
    enum Tag: UInt64 {
        case null, `true`, `false`, integer, decimal, string, escapedString, emptyArray, emptyObject, array, object, end
    }

    /// The largest payload, and with it the largest text.
    static let largestPayload = (1 << 28) - 1

    let bits: UInt64

    @inline(__always)
    init(bits: UInt64) { self.bits = bits }

    @inline(__always)
    init(_ tag: Tag, payload: Int, offset: Int) {
        bits = tag.rawValue << 60 | UInt64(truncatingIfNeeded: payload) << 32 | UInt64(truncatingIfNeeded: offset)
    }

    /// Only tags are ever written in the upper bits; anything else would read as `end`.
    @inline(__always)
    var tag: Tag { Tag(rawValue: bits >> 60) ?? .end }

    @inline(__always)
    var payload: Int { Int(truncatingIfNeeded: bits >> 32) & JSONToken.largestPayload }

    @inline(__always)
    var offset: Int { Int(truncatingIfNeeded: bits & 0xFFFF_FFFF) }

    /// How many entries of the tape the value takes.
    @inline(__always)
    var width: Int { bits >> 60 == Tag.array.rawValue || bits >> 60 == Tag.object.rawValue ? payload + 1 : 1 }

    @inline(__always)
    var kind: JSONKind {
        switch tag {
        case .null, .end: .null
        case .true, .false: .bool
        case .integer, .decimal: .number
        case .string, .escapedString: .string
        case .emptyArray, .array: .array
        case .emptyObject, .object: .object
        }
    }
}
