import JSON
import Testing
import YAML

@Suite("Writing YAML")
struct EmittingTests {
    @Test(
        "block style, sequences at the column of their key",
        arguments: [
            (
                #"{"a":1,"b":{"c":[1,{"d":"x","e":[]}],"f":{}}}"#,
                "a: 1\nb:\n  c:\n  - 1\n  - d: x\n    e: []\n  f: {}\n"
            ),
            (#"[[1,2],["a"]]"#, "- - 1\n  - 2\n- - a\n"), ("null", "null\n"), (#""x""#, "x\n"), ("{}", "{}\n"),
            (
                #"{"s":"a\nb\n","t":"a\nb","u":"a\n\n","v":" a\nb"}"#,
                "s: |\n  a\n  b\nt: |-\n  a\n  b\nu: |+\n  a\n\nv: |2-\n   a\n  b\n"
            ),
            (
                #"["--nnodes=2","-","- a","---","a: b","a:b","a #b","a#b"]"#,
                "- --nnodes=2\n- '-'\n- '- a'\n- '---'\n- 'a: b'\n- a:b\n- 'a #b'\n- a#b\n"
            ),
            (
                #"["yes","1","1.5","~","","null","0x1","<<","1:30","it's","*a","100m","2026-01-02"]"#,
                "- 'yes'\n- '1'\n- '1.5'\n- '~'\n- ''\n- 'null'\n- '0x1'\n- '<<'\n- '1:30'\n- it's\n- '*a'\n- 100m\n- 2026-01-02\n"
            ),
            (#"{"yes":"a\tb","x\r":"\u0000é\u2028"}"#, "'yes': \"a\\tb\"\n\"x\\r\": \"\\0é\\u2028\"\n"),
        ])
    func style(json: String, yaml: String) throws {
        #expect(YAML.emit(try JSONValue(parsing: json)) == yaml)
    }

    @Test("whatever is written is read back the same")
    func roundTrip() throws {
        var source = ValueSource(seed: 7)
        for _ in 0..<3_000 {
            let value = source.value(depth: 4)
            let text = YAML.emit(value)
            let read = try YAML.parse(text)
            // A lone null is a document without content only when it is not written out.
            #expect(read == [value], "\(value.text) was written as\n\(text)")
            if read != [value] { return }
        }
    }

    @Test("a key longer than readers look for its colon is read back")
    func longKey() throws {
        let value = JSONValue.object([(String(repeating: "k", count: 5_000), ["a": [1, 2]]), ("b", "x")])
        #expect(try YAML.parse(YAML.emit(value)) == [value])
    }
}

/// Values drawn from a seed, with strings made of pieces that YAML readers stumble over.
struct ValueSource {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    private mutating func below(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }

    private static let pieces = [
        "", " ", "  ", "\n", "\n\n", "\t", "\r", "\r\n", "a", "b c", "é", "日本", "😀", "'", "\"", "\\", "#", " #", ":",
        ": ", "-", "- ",
        "---", "...", "?", "? ", "*", "&", "!", "|", ">", "%", "@", "`", "{", "}", "[", "]", ",", "yes", "no", "~",
        "null", "true",
        "0", "1", "0x1", "08", "1e3", ".5", "1_0", "<<", "=", "\u{0}", "\u{7}", "\u{85}", "\u{A0}", "\u{2028}",
        "\u{2029}",
        "\u{FEFF}", "\u{FFFE}", "\u{FFFF}", "\u{7F}", "\u{E000}", "key: value", "1:30", "2026-01-02", "--opt", "$(X)",
    ]

    mutating func string() -> String {
        (0..<below(5)).map { _ in Self.pieces[below(Self.pieces.count)] }.joined()
    }

    mutating func value(depth: Int) -> JSONValue {
        switch below(depth > 0 ? 9 : 6) {
        case 0: return .null
        case 1: return JSONValue(below(2) == 0)
        case 2: return JSONValue(below(2_000_000) - 1_000_000)
        case 3:
            let texts = [
                "1.5", "-0.25", "1e-7", "1E+30", "123456789012345678901234567890", "0.1e2", "-0", "1.0", "100e-2",
            ]
            return (try? JSONValue(numberText: texts[below(texts.count)])) ?? .null
        case 6: return JSONValue((0..<below(4)).map { _ in value(depth: depth - 1) })
        case 7, 8: return .object((0..<below(4)).map { _ in (string(), value(depth: depth - 1)) })
        default: return JSONValue(string())
        }
    }
}
