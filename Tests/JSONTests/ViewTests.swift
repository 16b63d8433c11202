import JSON
import Testing

/// Reading by view.
struct ViewTests {
    static let text = #"""
        {"kind":"Pod","metadata":{"name":"a","labels":{"x/y":"z","a~b":"tilde"},"generation":3},
         "spec":{"containers":[{"name":"one","ports":[{"containerPort":80}]},{"name":"two","ports":[]}],
         "priority":1.0,"weight":-2.5e-1,"flag":true,"none":null,"empty":{},"caf\u00e9":"\u00e9\ud83d\ude00\n\/"}}
        """#

    let root: JSONView

    init() throws {
        root = try JSONDocument(parsing: Self.text).root
    }

    @Test("members, elements and paths are found")
    func navigation() {
        #expect(root.kind == .object)
        #expect(root["kind"]?.string == "Pod")
        #expect(root[path: "metadata", "name"]?.string == "a")
        #expect(root[path: "metadata", "nothing", "more"] == nil)
        #expect(root[path: "spec", "containers"]?[1]?["name"]?.string == "two")
        #expect(root[path: "spec", "containers"]?[2] == nil)
        #expect(root[path: "spec", "containers"]?[-1] == nil)
        #expect(root["spec"]?["empty"]?["x"] == nil)
        #expect(root["kind"]?["x"] == nil)
        #expect(root[0] == nil)
        #expect(root[path: "spec", "café"]?.string == "é😀\n/")
        #expect(root[pointer: "/metadata/labels/x~1y"]?.string == "z")
        #expect(root[pointer: "/metadata/labels/a~0b"]?.string == "tilde")
        #expect(root[pointer: "/spec/containers/0/ports/0/containerPort"]?.int == 80)
        #expect(root[pointer: "/spec/containers/00"] == nil)
        #expect(root[pointer: "spec"] == nil)
        #expect(root[pointer: ""]?.kind == .object)
    }

    @Test("counts and sequences")
    func sequences() throws {
        let containers = try #require(root[path: "spec", "containers"])
        #expect(containers.count == 2)
        #expect(containers.elements.map { $0["name"]?.string } == ["one", "two"])
        #expect(containers.elements.map { $0["ports"]?.isEmpty } == [false, true])
        #expect(root.members.map(\.key) == ["kind", "metadata", "spec"])
        #expect(root["metadata"]?.count == 3)
        #expect(root[path: "metadata", "labels"]?.stringDictionary == ["x/y": "z", "a~b": "tilde"])
        #expect(Array(containers.members.map(\.key)) == [])
        #expect(Array(root.elements.map(\.kind)) == [])
        #expect(root["kind"]?.count == 0)
    }

    @Test("scalars read as what they are and as nothing else")
    func scalars() throws {
        let spec = try #require(root["spec"])
        #expect(spec["priority"]?.int == nil)
        #expect(spec["priority"]?.double == 1)
        #expect(spec["priority"]?.numberText == "1.0")
        #expect(spec["weight"]?.double == -0.25)
        #expect(spec["flag"]?.bool == true)
        #expect(spec["flag"]?.string == nil)
        #expect(spec["none"]?.isNull == true)
        #expect(spec["none"]?.bool == nil)
        #expect(root["kind"]?.int == nil)
        #expect(root["kind"]?.double == nil)
        #expect(root["kind"]?.stringEquals("Pod") == true)
        #expect(root["kind"]?.stringEquals("Po") == false)
        #expect(spec["café"]?.stringEquals("é😀\n/") == true)
        #expect(spec["flag"]?.stringEquals("true") == false)
    }

    @Test(
        "integers are exact to the last digit",
        arguments: [
            ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min), ("9223372036854775808", nil),
            ("-9223372036854775809", nil), ("99999999999999999999", nil), ("-0", 0), ("1e2", nil), ("10.0", nil),
            ("007", nil),
            ("9007199254740993", 9_007_199_254_740_993),
        ])
    func integers(text: String, expected: Int?) {
        #expect((try? JSONDocument(parsing: text))?.root.int == expected)
    }

    @Test("the bytes of a value are as they stand in the text")
    func raw() throws {
        #expect(root[path: "metadata", "labels"]?.text == #"{"x/y":"z","a~b":"tilde"}"#)
        #expect(root[path: "spec", "weight"]?.text == "-2.5e-1")
        #expect(root[path: "spec", "empty"]?.text == "{}")
        #expect(root["kind"]?.text == "\"Pod\"")
        let part = try #require(root["metadata"]?.document)
        #expect(part.root["name"]?.string == "a")
        #expect(part.text.hasPrefix("{\"name\""))
        let alone = try #require(root["metadata"]?.detached())
        #expect(alone.bytes == part.bytes)
        #expect(alone.root[path: "labels", "x/y"]?.text == "\"z\"")
    }

    @Test("of members with the same name the last counts, also when escaped")
    func duplicates() throws {
        let view = try JSONDocument(parsing: #"{"a":1,"b":2,"\u0061":3}"#).root
        #expect(view["a"]?.int == 3)
        #expect(view.members.map(\.key) == ["a", "b", "a"])
        #expect(JSONValue(view).members?.map(\.key) == ["a", "b"])
        #expect(JSONValue(view)["a"]?.int == 3)
        #expect(JSONValue(view) == ["b": 2, "a": 3])
    }

    @Test("names that Unicode calls equivalent are different names")
    func spelling() throws {
        let view = try JSONDocument(parsing: "{\"e\u{301}\":1,\"\u{E9}\":2}").root
        #expect(view["\u{E9}"]?.int == 2)
        #expect(view["e\u{301}"]?.int == 1)
        #expect(JSONValue(view).count == 2)
        #expect(JSONValue("e\u{301}") != JSONValue("\u{E9}"))
    }

    @Test("what is required and absent, or of another type, is named by pointer")
    func required() throws {
        let spec = try root.require("spec")
        let containers = try spec.requireArray("containers")
        #expect(try containers.elements.map { view throws in try view.requireString("name") } == ["one", "two"])
        #expect(try root.requireObject("metadata").requireInt("generation") == 3)
        #expect(try spec.requireBool("flag"))
        let port = try #require(containers[0]?["ports"]?[0])
        expect(
            JSONError(
                .missing, pointer: "/spec/containers/0/ports/0/host~1IP", "this member is required and is not there")
        ) {
            () throws in try port.requireString("host/IP")
        }
        expect(
            JSONError(
                .wrongType, pointer: "/spec/containers/0/ports/0/containerPort", "expected a string, found a number")
        ) {
            () throws in try port.requireString("containerPort")
        }
        expect(JSONError(.wrongType, pointer: "/spec/containers/1/ports", "expected an object, found an array")) {
            () throws in try #require(containers[1]?["ports"]).requireObject()
        }
        expect(JSONError(.wrongType, pointer: "/kind", "expected an object, found a string")) {
            () throws in try #require(root["kind"]).require("x")
        }
        expect(
            JSONError(.wrongType, pointer: "/spec/priority", "expected an integer of at most 64 bits, found 1.0")
        ) { () throws in try spec.requireInt("priority") }
        expect(JSONError(.wrongType, pointer: "/spec/none", "expected a bool, found null")) {
            () throws in try spec.requireBool("none")
        }
        expect(JSONError(.wrongType, pointer: "", "expected an array, found an object")) {
            () throws in try root.requireArray()
        }
    }

    private func expect(_ error: JSONError, _ body: () throws -> some Any) {
        #expect(throws: error) { _ = try body() }
    }
}
