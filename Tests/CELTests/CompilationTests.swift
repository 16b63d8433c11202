import CEL
import Testing

@Suite("CEL compilation")
struct CompilationTests {
    @Test(
        "malformed expressions are refused with their place",
        arguments: [
            ("", 0), ("1 +", 3), ("(1", 2), ("1)", 1), ("a..b", 2), ("a.", 2), ("[1, 2", 5), ("{1 2}", 3), ("'abc", 0),
            ("'a\nb'", 0),
            ("1 ? 2", 5), ("a b", 2), ("@", 0), ("for", 0), ("a.namespace(1)", 2), ("unknown(1)", 0), ("size()", 0),
            ("has(a)", 0),
            ("[1].all(x.y, true)", 10), ("99999999999999999999", 0), ("'\\q'", 1), ("'\\ud800'", 1), ("a && ", 5),
            ("a = b", 2), ("`", 0),
        ])
    func malformed(source: String, offset: Int) {
        let error = #expect(throws: CELError.self) { try CELProgram(compiling: source) }
        #expect(error?.offset == offset, "\(error?.description ?? "")")
    }

    @Test("free variables are those that no macro binds")
    func variables() throws {
        let program = try CELProgram(
            compiling: "self.xs.all(x, x > oldSelf.y && ys.exists(y, y == x)) && has(object.a.b)")
        #expect(program.variables == ["self", "oldSelf", "ys", "object"])
        #expect(try CELProgram(compiling: "namespace_ == 1").variables == ["namespace_"])
    }

    @Test("a name that is not declared is refused")
    func declared() {
        let error = #expect(throws: CELError.self) {
            try CELProgram(compiling: "object.a == nobody", declared: ["object"])
        }
        #expect(error?.message == "undeclared reference to 'nobody'")
        #expect(error?.offset == 12)
    }

    @Test("nesting and length are limited, so that no expression exhausts the stack")
    func limits() {
        for source in [
            String(repeating: "(", count: 5_000) + "1" + String(repeating: ")", count: 5_000),
            String(repeating: "[", count: 5_000),
            String(repeating: "!", count: 5_000) + "true", "1" + String(repeating: "+1", count: 5_000),
            String(repeating: "-", count: 5_000) + "x",
            "a" + String(repeating: ".a", count: 5_000), String(repeating: "true?1:", count: 2_000) + "1",
            String(repeating: " ", count: 20_000),
        ] {
            #expect(throws: CELError.self) { try CELProgram(compiling: source) }
        }
        #expect(throws: Never.self) { try CELProgram(compiling: "true" + String(repeating: " && true", count: 1_000)) }
    }
}
