/// Why there is no usable configuration: what is wrong, in which file, and what to do.
package struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The problem in words.
    package var message: String
    /// The message.
    package var description: String { message }

    init(_ message: String) { self.message = message }
}
