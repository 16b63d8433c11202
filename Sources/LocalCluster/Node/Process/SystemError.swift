internal import Glibc

/// A system call that failed.
struct SystemError: Error, Hashable, CustomStringConvertible {
    /// What was tried, such as `cannot open /x`.
    var action: String
    /// The error's number.
    var code: Int32

    /// The error of the last call.
    init(_ action: String, code: Int32 = errno) {
        self.action = action
        self.code = code
    }

    /// The action and the system's words for the error.
    var description: String { "\(action): \(Self.text(code))" }

    private static func text(_ code: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
