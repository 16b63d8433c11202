import Testing

@testable import CEL

/// Source: https://github.com/google/re2 doc/syntax.txt; what is found is what Go's package regexp finds.
@Suite("Regular expressions")
struct RegularExpressionTests {
    @Test(
        "patterns find what they find in Go",
        arguments: [
            ("a+", "caab", ["aa"]), ("a+?", "aa", ["a", "a"]), ("a*", "baa", ["", "aa"]), ("^a|b$", "aab", ["a", "b"]),
            ("(a|ab)(c|bcd)", "abcd", ["abcd"]), ("a{2}", "aaaaa", ["aa", "aa"]), ("a{2,}", "aaaaa", ["aaaaa"]),
            ("a{,2}", "a{,2}", ["a{,2}"]), ("x{1,2}?", "xx", ["x", "x"]), ("[a-c]+", "abcd", ["abc"]),
            ("[^a-c]+", "abcd", ["d"]), ("[]a-]+", "]-b", ["]-"]), (#"[\d.]+"#, "v1.2", ["1.2"]),
            ("[[:alpha:]]+", "ab1", ["ab"]), ("[[:^alpha:]]", "a1", ["1"]), (#"\bfoo\b"#, "a foo", ["foo"]),
            (#"\Bo\B"#, "foot", ["o", "o"]), ("(?i)hé", "HÉ hé", ["HÉ", "hé"]), ("(?i)[^a]", "Ab", ["b"]),
            ("(?s)a.b", "a\nb", ["a\nb"]), ("a.b", "a\nb", []), ("(?m)^b$", "a\nb", ["b"]), ("^b$", "a\nb", []),
            (#"\x41\x{e9}\101"#, "AéA", ["AéA"]), (#"\Qa.b\E+"#, "a.bb", ["a.bb"]), (#"\p{Lu}\pN"#, "aB1", ["B1"]),
            (#"\P{L}"#, "a1", ["1"]), ("(?P<name>a)(?:b)", "ab", ["ab"]), ("(?i:a)a", "Aa AA", ["Aa"]),
            ("(a*)*", "aa", ["aa"]), ("(|a)*", "aa", ["", "", ""]), ("(|a)+", "aa", ["", "", ""]),
            ("", "ab", ["", "", ""]),
            ("a||b", "b", ["", ""]), (#"\.\-\_"#, ".-_", [".-_"]),
        ] as [(String, String, [String])])
    func found(pattern: String, text: String, expected: [String]) throws {
        let expression = try #require(RegularExpression(pattern))
        #expect(expression.parts(of: text, limit: .max) == expected)
        #expect(expression.matches(text) == !expected.isEmpty)
    }

    @Test(
        "what Go does not read is no pattern",
        arguments: [
            "(", ")", "[", "[b-a]", "*", "a**", "a{2}{3}", "a{1001}", "a{2,1}", #"\"#, #"\1"#, #"\y"#, "(?=a)", "(?!a)",
            "(?<n", "(?P<>a)", #"\p{Nope}"#, #"\x{110000}"#, "[[:nope:]]", "(?z)", "é{2000}", "((a{100}){100}){100}",
            "((((){1000}){1000}){1000}){1000}", String(repeating: "(", count: 100_000),
            String(repeating: "(", count: 200) + String(repeating: ")", count: 200),
        ])
    func refused(pattern: String) {
        #expect(RegularExpression(pattern) == nil)
    }

    @Test("patterns on which backtracking takes for ever are done at once", .timeLimit(.minutes(1)))
    func catastrophic() throws {
        let text = String(repeating: "a", count: 5_000) + "!"
        for pattern in ["^(a+)+$", "^(a|aa)+$", "^(a*)*b$", "^(.*a){20}$", "(x+x+)+y"] {
            #expect(try !#require(RegularExpression(pattern)).matches(text), "\(pattern)")
        }
    }
}
