/// Why an expression could not be compiled or evaluated.
package struct CELError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, in the words of cel-go where it has any.
    package var message: String
    /// Where in the source, in characters from its start; nil if the place is not known.
    package var offset: Int?

    /// An error at a place.
    package init(_ message: String, offset: Int? = nil) {
        self.message = message
        self.offset = offset
    }

    /// The message with the column, from 1.
    package var description: String {
        offset.map { "\(message) (at column \($0 + 1))" } ?? message
    }

    /// Whether an operation was asked of a type that does not have it.
    package var isMissingOverload: Bool { message.hasPrefix("no such overload") }

    /// The limit of an evaluation is reached. In the words of cel-go.
    static func beyondCostLimit(at offset: Int) -> CELError {
        CELError("operation cancelled: actual cost limit exceeded", offset: offset)
    }

    /// Whether the evaluation was broken off at its cost limit.
    package var isBeyondCostLimit: Bool { message.hasPrefix("operation cancelled") }

    static func noOverload(_ name: String, _ values: [CELValue], at offset: Int) -> CELError {
        let types = values.map(\.typeName).joined(separator: ", ")
        return CELError("no such overload: \(name)(\(types))", offset: offset)
    }
}
