import COpenSSL

/// A cryptographic operation that could not be done: malformed input, or a failure that OpenSSL reports.
package struct CryptographyError: Error, Hashable, CustomStringConvertible {
    /// What was being done, such as "parsing a PEM certificate".
    package var operation: String
    /// Why it failed.
    package var reason: String

    /// An error with a reason of our own.
    package init(_ operation: String, reason: String) {
        self.operation = operation
        self.reason = reason
    }

    /// Takes the reason from OpenSSL's error queue of this thread and empties the queue.
    init(openSSL operation: String) {
        self.operation = operation
        var text = [CChar](repeating: 0, count: 256)
        if kubedl_take_error(&text, text.count) {
            reason = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        } else {
            reason = "OpenSSL gives no reason; the input is probably not what it should be"
        }
    }

    package var description: String { "\(operation) failed: \(reason)" }
}
