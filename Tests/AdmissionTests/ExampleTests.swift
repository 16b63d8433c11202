import Admission
import Foundation
import JSON
import KubernetesModel
import TestSupport
import Testing
import Workloads
import YAML

@Suite("The examples")
struct ExampleTests {
    private static let folder = Fixture.checkout.appending(path: "examples")
    private static let files = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? [])
        .filter { $0.hasSuffix(".yaml") }.sorted()

    @Test("there is one for every kind of job")
    func coverAllJobs() throws {
        let kinds = try Self.files.map { try Self.object($0)["kind"]?.string }
        #expect(Set(kinds).isSuperset(of: FrameworkProfile.all.map(\.resource.kind)))
    }

    @Test("are valid as written, and change no more once completed", arguments: files)
    func areValid(file: String) throws {
        var object = try Self.object(file)
        let kind = try #require(ObjectKind.all.first { $0.definition.resource.kind == object["kind"]?.string })
        kind.complete(&object, false)
        #expect(kind.problems(try object.document().root, nil).isEmpty)
        #expect(kind.warnings(try object.document().root).isEmpty)
        let completed = object
        kind.complete(&object, false)
        #expect(object == completed)
    }

    private static func object(_ file: String) throws -> JSONValue {
        try #require(try YAML.parse(String(contentsOf: folder.appending(path: file), encoding: .utf8)).first)
    }
}
