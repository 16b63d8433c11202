import JSON
import Testing
import YAML

@Suite("Reading YAML")
struct ParsingTests {
    @Test(
        "plain scalars mean what Kubernetes makes of them",
        arguments: [
            ("yes", "true"), ("Off", "false"), ("y", "true"), ("N", "false"), ("TRUE", "true"), ("tRUE", #""tRUE""#),
            ("~", "null"), ("null", "null"), ("", "null"), ("NULL", "null"), ("nil", #""nil""#), ("0", "0"),
            ("-0", "0"),
            ("017", "15"), ("0o17", "15"), ("0x1F", "31"), ("-0x1f", "-31"), ("0b101", "5"), ("-0b11", "-3"),
            ("08", "8"),
            ("+12", "12"), ("1_000", "1000"), ("9223372036854775808", "9223372036854775808"),
            ("123456789012345678901234567890", "123456789012345678901234567890"), ("1.0", "1"), ("1.50", "1.5"),
            ("1e3", "1000"), ("1.5e3", "1500"), ("1e-7", "1e-7"), ("1e30", "1e30"), (".5", "0.5"), ("5.", "5"),
            ("-.5", "-0.5"), ("1:30", #""1:30""#), ("1.2.3", #""1.2.3""#), ("100m", #""100m""#), ("1Gi", #""1Gi""#),
            ("2026-01-02", #""2026-01-02""#), ("2026-01-02T03:04:05Z", #""2026-01-02T03:04:05Z""#),
            ("'yes'", #""yes""#), ("\"1\"", #""1""#), ("!!str 1", #""1""#), ("!!int \"1\"", "1"), ("!!float 1", "1"),
            ("! 1", #""1""#), ("!mine x", #""x""#), ("<<", #""<<""#), ("a b  c", #""a b  c""#), ("+", #""+""#),
            ("0x", #""0x""#),
        ])
    func scalars(text: String, json: String) throws {
        // A document with nothing but an empty scalar is left out, so each is read as a member.
        let documents = try YAML.parse("k: " + text)
        let expected = try JSONValue(parsing: json)
        #expect(documents.count == 1)
        #expect(documents.first?["k"] == expected)
        #expect(documents.first?["k"]?.kind == expected.kind)
    }

    @Test(
        "structures become JSON",
        arguments: [
            ("a: 1\nb: [x, {w: z}]\n", [#"{"a":1,"b":["x",{"w":"z"}]}"#]),
            ("- a\n- - b\n  - c\n", [#"["a",["b","c"]]"#]),
            ("a:\n- 1\n- 2\n", [#"{"a":[1,2]}"#]),
            ("1: a\ntrue: b\n0x10: c\n1.5: d\n", [#"{"1":"a","true":"b","16":"c","1.5":"d"}"#]),
            ("a: |\n  x\n   y\n\n  z\n", [#"{"a":"x\n y\n\nz\n"}"#]),
            ("a: >-\n  x\n  y\n", [#"{"a":"x y"}"#]),
            ("---\na: 1\n---\n# nothing\n---\nb: 2\n...\n", [#"{"a":1}"#, #"{"b":2}"#]),
            ("", []), ("# only a comment\n", []), ("---\n", []),
            ("a: &x {p: 1}\nb: *x\nc: [*x, *x]\n", [#"{"a":{"p":1},"b":{"p":1},"c":[{"p":1},{"p":1}]}"#]),
            ("-\n", ["[null]"]), ("&k a: 1\nb: *k\n", [#"{"a":1,"b":"a"}"#]),
            ("base: &b {x: 1, w: 2}\nd:\n  <<: *b\n  w: 3\n", [#"{"base":{"x":1,"w":2},"d":{"w":3,"x":1}}"#]),
            ("d:\n  w: 3\n  <<: [{x: 1, w: 9}, {x: 2, z: 4}]\ny: 1\n", [#"{"d":{"w":3,"x":1,"z":4},"true":1}"#]),
            (#"{"json": [1, "two", null, true], "e": "\u00e9"}"#, [#"{"json":[1,"two",null,true],"e":"é"}"#]),
            ("a: \"\\x41\\u00e9\\n\"\n", [#"{"a":"Aé\n"}"#]), ("a: 'it''s'\n", [#"{"a":"it's"}"#]),
            ("\u{FEFF}a: 1\n", [#"{"a":1}"#]), ("a: 1\r\nb: 2\r\n", [#"{"a":1,"b":2}"#]),
        ])
    func structures(text: String, documents: [String]) throws {
        let expected = try documents.map { try JSONValue(parsing: $0) }
        #expect(try YAML.parse(text) == expected)
    }

    @Test(
        "problems carry line and column",
        arguments: [
            ("a: 1\na: 2\n", 2, 1, "key \"a\" already set in map"), ("a: *nope\n", 1, 4, "unknown anchor 'nope'"),
            ("a: [1, 2\nb: 3\n", 2, 2, "expected ',' or ']'"),
            ("a: 1\n\tb: 2\n", 2, 1, "tab character that violates indentation"),
            ("a:\n  b: 1\n c: 2\n", 3, 2, "did not find expected key"),
            ("[a]: 1\n", 1, 1, "a mapping key must be a scalar"),
            ("~: 1\n", 1, 1, "a mapping key must be"), ("a: .inf\n", 1, 4, "JSON cannot hold"),
            ("a: .NaN\n", 1, 4, "JSON cannot hold"),
            ("a: !!int x\n", 1, 4, "cannot decode `x` as a !!int"), ("a: !!binary eA==\n", 1, 4, "!!binary"),
            ("a: &a [*a]\n", 1, 8, "unknown anchor"), ("a: \"x\n", 2, 1, "unexpected end of stream"),
            ("<<: 3\n", 1, 5, "map merge requires"), ("a: 'é\u{1}'\n", 0, 0, "control characters are not allowed"),
        ])
    func problems(text: String, line: Int, column: Int, message: String) throws {
        let error = #expect(throws: YAMLError.self) { try YAML.parse(text) }
        #expect(error?.line == line)
        #expect(error?.column == column)
        #expect(error?.message.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test("bytes that are no UTF-8 are refused")
    func invalidUTF8() {
        #expect(throws: YAMLError.self) { try YAML.parse([0x61, 0x3A, 0x20, 0xFF, 0xFE]) }
    }

    @Test("a small text cannot become a huge value")
    func laughs() {
        var text = "a0: &a0 [" + Array(repeating: "lol", count: 9).joined(separator: ", ") + "]\n"
        for level in 1...9 {
            text +=
                "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ") + "]\n"
        }
        let error = #expect(throws: YAMLError.self) { try YAML.parse(text) }
        #expect(error?.message.contains("once aliases are expanded") == true)
    }

    @Test("nesting and size have limits, also through aliases")
    func limits() {
        let limits = YAMLLimits(maximumBytes: 1000, maximumDepth: 5)
        #expect(throws: Never.self) { try YAML.parse("[[[[[1]]]]]", limits: limits) }
        #expect(throws: YAMLError.self) { try YAML.parse("[[[[[[1]]]]]]", limits: limits) }
        #expect(throws: YAMLError.self) { try YAML.parse("a: &a [[[1]]]\nb: [[*a]]", limits: limits) }
        #expect(throws: YAMLError.self) { try YAML.parse(String(repeating: " ", count: 1001), limits: limits) }
        #expect(throws: YAMLError.self) { try YAML.parse(String(repeating: "[", count: 100_000)) }
        #expect(throws: YAMLError.self) { try YAML.parse(String(repeating: "- ", count: 10_000)) }
    }
}
