import CEL
import JSON
import Testing

@Suite("CEL evaluation")
struct EvaluationTests {
    static let bindings: [String: JSONView] = {
        let text = #"""
            {"object":{"metadata":{"name":"web-0","labels":{"app":"web","kubedl.io/gang-name":"g"},"annotations":{}},
            "spec":{"replicas":3,"ratio":0.5,"on":true,"none":null,"list":[1,2,3],"names":["a","b"],"x-y":7,
            "containers":[{"name":"main","image":"r/i:1"},{"name":"side"}]}},
            "request":{"operation":"CREATE","namespace":"ml","userInfo":{"groups":["system:masters"]}},"empty":{}}
            """#
        guard let root = try? JSONDocument(parsing: text).root else { return [:] }
        return Dictionary(uniqueKeysWithValues: root.members.map { ($0.key, $0.value) })
    }()

    static func value(_ source: String) throws -> CELValue {
        try CELProgram(compiling: source).evaluate(bindings: bindings)
    }

    @Test(
        "literals, operators and their precedence",
        arguments: [
            ("1 + 2 * 3", "7"), ("(1 + 2) * 3", "9"), ("7 / 2", "3"), ("-7 / 2", "-3"), ("7 % 3", "1"),
            ("-7 % 3", "-1"),
            ("1 - 2 - 3", "-4"), ("--1", "1"), ("!!true", "true"), ("1.5 + 1.0", "2.5"), ("7.0 / 2.0", "3.5"),
            ("0x1F", "31"),
            ("3u + 4u", "7"), ("-9223372036854775808", "-9223372036854775808"), (#""a" + 'b'"#, #""ab""#),
            ("[1] + [2]", "[1,2]"),
            (#"{"a": 1}.a"#, "1"), (#"{"a": {"b": [5]}}["a"].b[0]"#, "5"), ("true ? 1 : 2", "1"),
            ("false ? 1 : true ? 2 : 3", "2"),
            ("1 < 2 && 2 <= 2 && 3 > 2 && 3 >= 3 && 1 != 2 && 1 == 1", "true"), ("1 in [1, 2]", "true"),
            (#""x" in {"x": 1}"#, "true"),
            ("1 == 1.0 && 1u == 1 && 2 > 1.5 && -1 < 1u", "true"), ("1 == '1'", "false"),
            ("[1, 2.0] == [1.0, 2]", "true"),
            (#"{"a": 1, "b": 2} == {"b": 2, "a": 1}"#, "true"), ("null == null", "true"),
            ("b'ab' == bytes('ab')", "true"),
            (#"'\u00e9' == "é" && "\x41" == "A" && r"\n" == "\\n""#, "true"), ("'''a\nb''' == \"a\\nb\"", "true"),
            ("'b' > 'a' && 'a' < 'aa'", "true"), ("[1, 2,]", "[1,2]"), ("1e3", "1000.0"), (".5", "0.5"),
            ("// c\n1", "1"),
            (
                "type(1) == int && type('') == string && type([]) == list && type({}) == map && type(null) == null_type",
                "true"
            ),
        ])
    func operators(source: String, json: String) throws {
        #expect(try Self.value(source).json == (try JSONValue(parsing: json)))
    }

    @Test(
        "fields, macros and functions over objects",
        arguments: [
            (#"object.metadata.labels["kubedl.io/gang-name"] == "g""#, true), ("'app' in object.metadata.labels", true),
            ("has(object.metadata.labels)", true), ("has(object.metadata.finalizers)", false),
            ("has(object.spec.none)", true),
            ("has(object.metadata.annotations) && 'x' in object.metadata.annotations", false),
            (#"request.namespace != "kube-system" && request.operation in ["CREATE", "UPDATE"]"#, true),
            ("object.spec.replicas == 3 && object.spec.ratio < 1", true), ("object.spec.none == null", true),
            ("object.spec.x__dash__y == 7", true), ("object.spec.`x-y` == 7", true),
            ("size(object.spec.list) == 3", true),
            ("object.spec.list.all(x, x > 0)", true), ("object.spec.list.exists(x, x == 2)", true),
            ("[].all(x, false) && ![].exists(x, true)", true),
            ("object.spec.list.exists_one(x, x > 2)", true), ("object.spec.list.map(x, x * 2) == [2, 4, 6]", true),
            ("object.spec.list.map(x, x > 1, x * 2) == [4, 6]", true),
            ("object.spec.list.filter(x, x % 2 == 1) == [1, 3]", true),
            ("object.metadata.labels.exists(k, k.startsWith('kubedl.io/'))", true),
            ("object.spec.names == ['a', 'b']", true),
            ("object.spec.containers.all(c, has(c.image) || c.name == 'side')", true),
            ("object.spec.containers.exists(c, object.spec.names.exists(n, n == c.name))", false),
            (
                "object.metadata.name.startsWith('web') && object.metadata.name.endsWith('-0') && object.metadata.name.contains('b-')",
                true
            ),
            ("object.metadata.name.matches('^[a-z]+-[0-9]+$') && matches('xay', 'a')", true),
            ("!('system:nodes' in request.userInfo.groups)", true), ("size('héé') == 3 && 'ab'.size() == 2", true),
            ("'a,b,c'.split(',') == ['a', 'b', 'c'] && 'a,b,c'.split(',', 2) == ['a', 'b,c']", true),
            ("['a', 'b'].join('-') == 'a-b' && 'aXbX'.replace('X', '') == 'ab' && ' x '.trim() == 'x'", true),
            (
                "'hello'.substring(1, 3) == 'el' && 'hello'.charAt(4) == 'o' && 'hello'.indexOf('l') == 2 && 'hello'.lastIndexOf('l') == 3",
                true
            ),
            (
                "'AbC'.lowerAscii() == 'abc' && 'abc'.upperAscii() == 'ABC' && 'a1b22'.findAll('[0-9]+') == ['1', '22']",
                true
            ),
            (
                "[1, 2, 3].sum() == 6 && [3, 1].min() == 1 && [3, 1].max() == 3 && [1, 2].isSorted() && [5, 6].indexOf(6) == 1",
                true
            ),
            (
                "int('42') == 42 && int(3.9) == 3 && uint(1) == 1u && double('1.5') == 1.5 && string(1.0) == '1' && string(true) == 'true'",
                true
            ),
            ("bool('true') && dyn(1) == 1 && string(b'x') == 'x'", true),
        ])
    func objects(source: String, expected: Bool) throws {
        #expect(try CELProgram(compiling: source).evaluate(bindings: Self.bindings).bool == expected)
    }

    @Test(
        "logical operators and quantifiers absorb errors where they can decide",
        arguments: [
            ("true || 1 / 0 > 0", true), ("1 / 0 > 0 || true", true), ("false && 1 / 0 > 0", false),
            ("1 / 0 > 0 && false", false),
            ("[0, 1].exists(x, 1 / x == 1)", true), ("[0, 2].all(x, 1 / x == 1)", false),
            ("true ? true : 1 / 0 > 0", true),
            ("object.missing.x == 1 || true", true),
        ])
    func absorbed(source: String, expected: Bool) throws {
        #expect(try CELProgram(compiling: source).evaluate(bindings: Self.bindings).bool == expected)
    }

    @Test(
        "what cannot be computed is an error that says why",
        arguments: [
            ("1 / 0", "divide by zero"), ("1 % 0", "modulus by zero"), ("9223372036854775807 + 1", "integer overflow"),
            ("-(-9223372036854775808)", "integer overflow"), ("0u - 1u", "integer overflow"),
            ("1 + 1.0", "no such overload"),
            ("1 + 'a'", "no such overload: _+_(int, string)"), ("!1", "no such overload"),
            ("1 ? 2 : 3", "no such overload"),
            ("1 && true", "no such overload"), ("false || 1 / 0 > 0", "divide by zero"),
            ("1 < 'a'", "no such overload"),
            ("object.missing", "no such key: missing"), ("object.spec.replicas.x", "no such overload"),
            ("[1][1]", "index out of bounds"),
            ("{'a': 1}['b']", "no such key: b"), ("nobody", "no such attribute: nobody"),
            ("int('x')", "type conversion error"),
            ("{'a': 1, 'a': 2}", "already exists"), ("'a'.matches('(')", "error parsing regexp"),
            ("size(1)", "no such overload"),
            ("1.all(x, true)", "cannot be range"), ("has(object.spec.replicas.x)", "no such overload"),
            ("'a'.substring(2, 1)", "out of range"),
            ("int(1e30)", "type conversion error"), ("{1.5: 1}", "unsupported key type"), ("[].min()", "empty list"),
        ])
    func errors(source: String, message: String) throws {
        let program = try CELProgram(compiling: source)
        let error = #expect(throws: CELError.self) { try program.evaluate(bindings: Self.bindings) }
        #expect(error?.message.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test("a costly evaluation is broken off, and nothing absorbs that")
    func costLimit() throws {
        let list = "[" + (0..<100).map(String.init).joined(separator: ",") + "]"
        let program = try CELProgram(
            compiling: "\(list).all(a, \(list).all(b, \(list).all(c, a + b + c >= 0))) || true")
        let error = #expect(throws: CELError.self) { try program.evaluate(bindings: [:]) }
        #expect(error?.message.contains("cost limit") == true)
        let doubling = try CELProgram(
            compiling: "[['aaaaaaaa']].map(x, x + x + x + x).map(x, x + x + x + x).size() == 1")
        #expect(try doubling.evaluate(bindings: [:]).bool == true)
        #expect(throws: CELError.self) { try doubling.evaluate(bindings: [:], costLimit: 5) }
    }
}
