/// Why JSON could not be read, found or changed.
///
/// Text errors carry the byte ``offset`` in the text, errors about values carry the ``pointer`` (RFC 6901) of the value.
package struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure it is.
    package enum Code: String, Sendable, Hashable {
        /// The text is not JSON as RFC 8259 defines it.
        case syntax
        /// The text is not UTF-8, or an escape names half a surrogate pair.
        case invalidUTF8
        /// More arrays and objects within each other than ``JSONLimits/maximumDepth``.
        case tooDeep
        /// More bytes than ``JSONLimits/maximumBytes``, or a patch that makes more than its limits allow.
        case tooLarge
        /// A member that is required is not there.
        case missing
        /// A value is there and has another type than the one asked for.
        case wrongType
        /// A JSON pointer that RFC 6901 does not allow.
        case invalidPointer
        /// A JSON patch that RFC 6902 does not allow.
        case invalidPatch
        /// A JSON patch names a place that the document does not have.
        case pathNotFound
        /// A `test` of a JSON patch does not hold.
        case testFailed
    }

    /// What kind of failure it is.
    package var code: Code
    /// Where in the text, in bytes from its start; `nil` for an error about a value.
    package var offset: Int?
    /// The JSON pointer of the value; `nil` for an error in the text. The empty string is the whole document.
    package var pointer: String?
    /// What is wrong and what was expected, without the place.
    package var message: String

    /// An error in the text at a byte offset.
    package init(_ code: Code, offset: Int, _ message: String) {
        self.code = code
        self.offset = offset
        self.message = message
    }

    /// An error about the value at a JSON pointer.
    package init(_ code: Code, pointer: String, _ message: String) {
        self.code = code
        self.pointer = pointer
        self.message = message
    }

    /// The place and the message in one line.
    package var description: String {
        if let offset { return "invalid JSON at byte \(offset): \(message)" }
        guard let pointer, !pointer.isEmpty else { return "document root: \(message)" }
        return "\(pointer): \(message)"
    }
}
