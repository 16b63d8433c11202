import JSON
import TestSupport
import Testing

/// The cases of json-patch-tests: a document, a patch, and what must come of it, or that it must fail.
struct PatchConformanceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var file: String
        var position: Int
        var view: JSONView
        var testDescription: String {
            "\(file) \(position): \(view["comment"]?.string ?? view["error"]?.string ?? "")"
        }
    }

    static func cases() throws -> [Case] {
        try ["json-patch-tests.json", "json-patch-spec-tests.json"].flatMap { file in
            let root = try JSONDocument(parsing: Fixture.bytes("json/\(file)")).root
            return root.elements.enumerated()
                .filter { $0.element["disabled"]?.bool != true && $0.element["patch"] != nil }
                .map { Case(file: file, position: $0.offset, view: $0.element) }
        }
    }

    @Test("all enabled cases are there")
    func count() throws {
        #expect(try Self.cases().count >= 100)
    }

    @Test("a patch does what the case says", arguments: try cases())
    func patches(_ example: Case) throws {
        let document = JSONValue(try example.view.require("doc"))
        let patch = try example.view.require("patch")
        if let expected = example.view["expected"] {
            let result = try JSONPatch(patch).apply(to: document)
            #expect(result == JSONValue(expected), "\(result)")
            let again = try JSONPatch(try JSONPatch(patch).json.document().root)
            #expect(try again.apply(to: document) == result)
            let difference = JSONPatch.diff(from: document, to: result)
            #expect(try difference.apply(to: document) == result, "\(difference.json)")
        } else if example.view["error"] != nil {
            #expect(throws: JSONError.self) { try JSONPatch(patch).apply(to: document) }
        } else {
            _ = try JSONPatch(patch).apply(to: document)
        }
    }
}
