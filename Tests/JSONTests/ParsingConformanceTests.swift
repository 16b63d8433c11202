import FoundationEssentials
import JSON
import TestSupport
import Testing

/// The cases of JSONTestSuite: the first letter of a file's name says what must come of it.
struct ParsingConformanceTests {
    static let folder = Fixture.checkout.appending(path: "Tests/Fixtures/json/test_parsing")

    static func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path()).filter { $0.hasSuffix(".json") }.sorted()
    }

    @Test("all cases are there")
    func count() throws {
        let names = try Self.names()
        #expect(names.count == 318)
        #expect(names.filter { $0.hasPrefix("y_") }.count == 95)
        #expect(names.filter { $0.hasPrefix("n_") }.count == 188)
        #expect(names.filter { $0.hasPrefix("i_") }.count == 35)
    }

    @Test("y_ is accepted, n_ is refused, i_ is either", arguments: try names())
    func parses(_ name: String) throws {
        let bytes = [UInt8](try Data(contentsOf: Self.folder.appending(path: name)))
        let result = Result { () throws(JSONError) in try JSONDocument(parsing: bytes) }
        switch name.first {
        case "y":
            let document = try result.get()
            #expect(document.bytes == bytes)
            try expectWholeIsReadable(document.root)
        case "n":
            #expect(throws: JSONError.self) { try result.get() }
        default:
            if case .success(let document) = result { try expectWholeIsReadable(document.root) }
        }
    }

    /// Reads every value in every way, and the whole after it was written anew.
    private func expectWholeIsReadable(_ view: JSONView) throws {
        let value = JSONValue(view)
        #expect(try JSONValue(parsing: value.canonicalBytes) == value)
        #expect(try JSONValue(parsing: value.prettyBytes()) == value)
        var pending = [view]
        while let next = pending.popLast() {
            _ = (next.string, next.int, next.double, next.bool, next.numberText, next.text)
            pending += next.elements
            pending += next.members.map(\.value)
        }
    }
}
