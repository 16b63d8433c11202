import JSON
import Testing

/// JSON patches beyond the conformance cases.
struct PatchTests {
    private func patch(_ text: String) throws -> JSONPatch {
        try JSONPatch(try JSONDocument(parsing: text).root)
    }

    @Test("unknown fields come back byte for byte after a patch elsewhere")
    func lossless() throws {
        let object =
            #"{"kind":"Pod","metadata":{"name":"a","uid":"1"},"spec":{"containers":[{"name":"c","x":1.00,"\u0061b":"\u00e9"}],"newField":{"v":1E2,"w":[ ]}}}"#
        let made = try patch(#"[{"op":"add","path":"/metadata/labels","value":{"a":"b"}}]"#)
            .apply(to: JSONValue(parsing: object))
        let expected =
            #"{"kind":"Pod","metadata":{"name":"a","uid":"1","labels":{"a":"b"}},"spec":{"containers":[{"name":"c","x":1.00,"\u0061b":"\u00e9"}],"newField":{"v":1E2,"w":[ ]}}}"#
        #expect(made.text == expected)
        let deep = try patch(#"[{"op":"replace","path":"/spec/containers/0/name","value":"d"}]"#).apply(to: made)
        #expect(deep.text == expected.replacing(#""name":"c""#, with: #""name":"d""#))
    }

    @Test(
        "a patch that is not one is refused with the place in it",
        arguments: [
            (#"{}"#, "", JSONError.Code.wrongType), (#"[1]"#, "/0", .wrongType), (#"[{"path":""}]"#, "/0/op", .missing),
            (#"[{"op":"add","path":"/a"}]"#, "/0/value", .missing), (#"[{"op":"add","value":1}]"#, "/0/path", .missing),
            (#"[{"op":"spam","path":""}]"#, "/0/op", .invalidPatch),
            (#"[{"op":"move","path":"/a"}]"#, "/0/from", .missing),
            (#"[{"op":"remove","path":"a"}]"#, "/0/path", .invalidPointer),
            (#"[{"op":"remove","path":"/a~2"}]"#, "/0/path", .invalidPointer),
            (#"[{"op":"remove","path":"/a"},{"op":"remove","path":7}]"#, "/1/path", .wrongType),
        ])
    func refused(text: String, pointer: String, code: JSONError.Code) throws {
        let error = try #require(throws: JSONError.self) { try patch(text) }
        #expect(error.pointer == pointer)
        #expect(error.code == code)
    }

    @Test(
        "an operation that fails is named with its place and its position",
        arguments: [
            (
                #"[{"op":"test","path":"/a","value":2}]"#, "/a",
                "the value is 1, the patch expects 2 (operation 0 of the patch)"
            ),
            (
                #"[{"op":"test","path":"/a","value":1},{"op":"remove","path":"/x"}]"#, "/x",
                "there is no value at this place (operation 1 of the patch)"
            ),
            (
                #"[{"op":"add","path":"/x/y","value":1}]"#, "/x",
                "there is no value at this place (operation 0 of the patch)"
            ),
            (
                #"[{"op":"add","path":"/a/y","value":1}]"#, "/a/y",
                "a number has no members or elements to add to (operation 0 of the patch)"
            ),
            (
                #"[{"op":"add","path":"/l/4","value":1}]"#, "/l/4",
                "the array has 3 elements: use a position up to 3, or '-' for the end (operation 0 of the patch)"
            ),
            (
                #"[{"op":"move","from":"/o","path":"/o/p"}]"#, "/o/p",
                "a value cannot be moved into itself (operation 0 of the patch)"
            ),
        ])
    func failures(text: String, pointer: String, message: String) throws {
        let document = try JSONValue(parsing: #"{"a":1,"l":[1,2,3],"o":{}}"#)
        let error = try #require(throws: JSONError.self) { try patch(text).apply(to: document) }
        #expect(error.pointer == pointer)
        #expect(error.message == message)
    }

    @Test("elements are inserted, appended and moved")
    func elements() throws {
        let made = try patch(
            #"[{"op":"add","path":"/1","value":"x"},{"op":"add","path":"/-","value":"y"},{"op":"move","from":"/0","path":"/2"}]"#
        ).apply(to: [1, 2, 3])
        #expect(made == ["x", 2, 1, 3, "y"])
    }

    @Test("differences of arrays keep what is equal at both ends")
    func arrayDifferences() {
        let from: JSONValue = [1, 2, 3, 4, 5]
        #expect(JSONPatch.diff(from: from, to: [1, 2, 9, 4, 5]).operations == [.replace(["2"], 9)])
        #expect(JSONPatch.diff(from: from, to: [1, 2, 4, 5]).operations == [.remove(["2"])])
        #expect(JSONPatch.diff(from: from, to: [1, 2, 3, 7, 4, 5]).operations == [.add(["3"], 7)])
        #expect(JSONPatch.diff(from: from, to: [1, 2, 3, 4, 5, 6]).operations == [.add(["5"], 6)])
        #expect(JSONPatch.diff(from: from, to: from).isEmpty)
        #expect(
            JSONPatch.diff(from: ["a/b": 1], to: ["a/b": 2]).json.text
                == #"[{"op":"replace","path":"/a~1b","value":2}]"#)
    }

    @Test("copies that double a document at each step are stopped, in size and in depth")
    func bombs() throws {
        let wide = JSONPatch((0..<60).map { .copy(from: [], to: ["\($0)"]) })
        let size = try #require(throws: JSONError.self) {
            try wide.apply(
                to: ["x": JSONValue(String(repeating: "x", count: 1000))],
                limits: JSONPatch.Limits(copiedBytes: 1 << 17))
        }
        #expect(size.code == .tooLarge)
        var place = JSONPointer()
        var operations: [JSONPatch.Operation] = []
        for _ in 0..<12 {
            let step = JSONPointer(place.tokens + ["a"])
            operations.append(.copy(from: [], to: step))
            place = JSONPointer(place.tokens + step.tokens)
        }
        let deep = try #require(throws: JSONError.self) { try JSONPatch(operations).apply(to: [:]) }
        #expect(deep.code == .tooDeep)
        let many = JSONPatch(Array(repeating: .test([], [:]), count: 10_001))
        let count = try #require(throws: JSONError.self) { try many.apply(to: [:]) }
        #expect(count.code == .tooLarge)
    }
}
