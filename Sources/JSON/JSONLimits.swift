/// How much a JSON text may ask of us.
package struct JSONLimits: Sendable, Hashable {
    /// Arrays and objects within each other, at least 1. Code that walks values recursively relies on it being moderate.
    package var maximumDepth: Int
    /// Bytes of the whole text. Never more than ``largestText``, whatever is set.
    package var maximumBytes: Int

    /// 256 MiB less one byte: offsets inside a value have 28 bits on the tape.
    package static let largestText = JSONToken.largestPayload

    /// 512 levels and the largest text that the tape can index.
    package static let `default` = JSONLimits()

    /// Limits; what is not given is as in ``default``.
    package init(maximumDepth: Int = 512, maximumBytes: Int = JSONLimits.largestText) {
        self.maximumDepth = max(1, maximumDepth)
        self.maximumBytes = min(maximumBytes, JSONLimits.largestText)
    }
}
