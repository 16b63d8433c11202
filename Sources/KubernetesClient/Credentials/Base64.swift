#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Base64 as headers carry it. Source: RFC 4648, section 4.
enum Base64 {
    static func encode(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
}

extension [UInt8] {
    /// The bytes that the base64 of an object encodes, line ends ignored; nil if it is not base64.
    package init?(base64 text: String) {
        guard let data = Data(base64Encoded: text.filter { !$0.isNewline }) else { return nil }
        self.init(data)
    }
}
