/// The query of a URL. Source: RFC 3986, section 3.4.
struct QueryString {
    private(set) var text = ""

    mutating func add(_ name: String, _ value: String?) {
        guard let value else { return }
        text += text.isEmpty ? "?" : "&"
        text += Self.encoded(name) + "=" + Self.encoded(value)
    }

    mutating func add(_ options: ListOptions) {
        add("labelSelector", options.labelSelector)
        add("fieldSelector", options.fieldSelector)
        add("resourceVersion", options.resourceVersion)
        add("resourceVersionMatch", options.resourceVersionMatch)
        add("limit", options.limit.map(String.init))
        add("continue", options.continueToken)
    }

    mutating func add(_ options: WriteOptions) {
        add("fieldManager", options.fieldManager)
        add("fieldValidation", options.fieldValidation)
        if options.isDryRun { add("dryRun", "All") }
    }

    private static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e: bytes.append(byte)
            default: bytes += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
