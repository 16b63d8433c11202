internal import FoundationEssentials

/// Standard base64 as Kubernetes writes bytes. Source: RFC 4648 section 4.
enum Base64Text {
    /// The bytes that `text` encodes, line ends ignored; nil if it is not base64.
    static func decode(_ text: String) -> [UInt8]? {
        Data(base64Encoded: text.filter { !$0.isNewline }).map { Array($0) }
    }
}
