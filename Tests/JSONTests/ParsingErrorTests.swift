import JSON
import Testing

/// A refused text gives the place and the reason.
struct ParsingErrorTests {
    static let table: [(text: String, code: JSONError.Code, offset: Int, message: String)] = [
        ("", .syntax, 0, "expected a value, found the end of the text"),
        ("  ", .syntax, 2, "expected a value, found the end of the text"),
        ("{\"a\" 1}", .syntax, 5, "expected ':' after a member name, found '1'"),
        ("{a:1}", .syntax, 1, "expected a member name in quotes, found 'a'"),
        ("{\"a\":1,}", .syntax, 7, "expected a member name in quotes, found '}'"),
        ("{\"a\":1", .syntax, 6, "expected ',' or '}' after a member, found the end of the text"),
        ("[1 2]", .syntax, 3, "expected ',' or ']' after an element, found '2'"),
        ("[1,]", .syntax, 3, "expected a value, found ']'"),
        ("[1}", .syntax, 2, "expected ',' or ']' after an element, found '}'"),
        ("01", .syntax, 0, "a number must not begin with 0"),
        ("1.", .syntax, 2, "expected a digit, found the end of the text"),
        ("1.5e+", .syntax, 5, "expected a digit, found the end of the text"),
        ("-x", .syntax, 1, "expected a digit, found 'x'"),
        ("nul", .syntax, 0, "expected true, false or null"),
        ("true false", .syntax, 5, "expected nothing after the value, found 'f'"),
        ("\"abc", .syntax, 4, "the text ends within a string"),
        ("\"a\u{1}\"", .syntax, 2, "a control character in a string must be escaped, found byte 0x01"),
        ("\"\\x\"", .syntax, 2, "there is no escape of a backslash and 'x'"),
        ("\"\\u12g4\"", .syntax, 1, "\\u needs four hexadecimal digits"),
        ("\"\\ud800\"", .invalidUTF8, 1, "an escaped high surrogate needs its low surrogate after it"),
        ("\"\\udc00\"", .invalidUTF8, 1, "an escaped low surrogate needs its high surrogate before it"),
        ("\u{FEFF}1", .syntax, 0, "expected a value, found byte 0xEF"),
    ]

    @Test("the first problem is named with its offset", arguments: table)
    func refuses(text: String, code: JSONError.Code, offset: Int, message: String) throws {
        let error = try #require(throws: JSONError.self) { try JSONDocument(parsing: text) }
        #expect(error == JSONError(code, offset: offset, message))
        #expect(error.description == "invalid JSON at byte \(offset): \(message)")
    }

    @Test(
        "text that is not UTF-8 is refused also where nobody reads it",
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xE2, 0x82],
            [0xF0, 0x8F, 0xBF, 0xBF],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
        ] as [[UInt8]])
    func refusesBrokenCharacters(bytes: [UInt8]) throws {
        for padding in 0..<20 {
            let text = Array("{\"skipped\":\"".utf8) + repeatElement(0x78, count: padding) + bytes + Array("\"}".utf8)
            let error = try #require(throws: JSONError.self) { try JSONDocument(parsing: text) }
            #expect(error.code == .invalidUTF8)
            #expect(error.offset == 12 + padding)
        }
    }

    @Test("every prefix of a document is refused")
    func prefixes() throws {
        let text = Array(#"{"é\n\u00e9":[true,false,null,-1.5e3,{"x":""},[],{}]}"#.utf8)
        for length in 0..<text.count {
            #expect(throws: JSONError.self, "\(length)") { try JSONDocument(parsing: Array(text[..<length])) }
        }
        #expect(throws: Never.self) { try JSONDocument(parsing: text) }
    }

    @Test("depth and size have limits")
    func limits() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(throws: Never.self) { try JSONDocument(parsing: nested(512)) }
        let deep = try #require(throws: JSONError.self) { try JSONDocument(parsing: nested(513)) }
        #expect(deep.code == .tooDeep)
        #expect(deep.offset == 512)
        let flat = JSONLimits(maximumDepth: 1)
        #expect(throws: Never.self) { try JSONDocument(parsing: "[1]", limits: flat) }
        #expect(throws: JSONError.self) { try JSONDocument(parsing: "[[1]]", limits: flat) }
        let large = try #require(throws: JSONError.self) {
            try JSONDocument(parsing: "\"12345678\"", limits: JSONLimits(maximumBytes: 9))
        }
        #expect(large.code == .tooLarge)
    }

    @Test("documents that are denser than Kubernetes' are indexed in full")
    func denseDocuments() throws {
        let digits = "[" + String(repeating: "1,", count: 5000) + "1]"
        let root = try JSONDocument(parsing: digits).root
        #expect(root.count == 5001)
        #expect(root.elements.allSatisfy { $0.int == 1 })
        let arrays = "[" + String(repeating: "[[0]],", count: 5000) + "[]]"
        let nested = try JSONDocument(parsing: arrays).root
        #expect(nested.count == 5001)
        #expect(nested.elements.filter { $0[0]?[0]?.int == 0 }.count == 5000)
    }
}
