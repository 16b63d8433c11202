/// IP addresses between their bytes in a certificate and their text.
enum IPAddressText {
    /// "10.0.0.1" for 4 bytes, "fd00:0:0:0:0:0:0:1" for 16, hexadecimal for anything else.
    static func text(_ bytes: [UInt8]) -> String {
        switch bytes.count {
        case 4: bytes.map { String($0) }.joined(separator: ".")
        case 16:
            stride(from: 0, to: 16, by: 2)
                .map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }
                .joined(separator: ":")
        default: bytes.map { String($0, radix: 16) }.joined()
        }
    }

    /// Whether `text` can stand in openssl.cnf(5) as an address: only the characters that addresses have.
    static func isPlausible(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 45
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
                    UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: "."), UInt8(ascii: ":"):
                    true
                default: false
                }
            }
    }
}
