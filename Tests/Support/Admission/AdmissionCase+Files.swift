import Foundation
import JSON

extension AdmissionCase {
    /// Every fixture as topic/name.yaml, sorted; those of the folder `KUBEDL_CASES` when that is set, to write new ones.
    package static func files() -> [String] {
        let paths = FileManager.default.subpaths(atPath: folder.path()) ?? []
        return paths.filter { $0.hasSuffix(".yaml") }.sorted()
    }

    /// Reads a fixture. Throws what `parse` throws, and ``Malformed`` for a file that is no case.
    package static func read(_ file: String, parse: ([UInt8]) throws -> [JSONValue]) throws -> AdmissionCase {
        guard let json = try parse([UInt8](try Data(contentsOf: folder.appending(path: file)))).first else {
            throw Malformed("\(file) is empty")
        }
        return try AdmissionCase(name: String(file.dropLast(".yaml".count)), json)
    }

    private static var folder: URL {
        ProcessInfo.processInfo.environment["KUBEDL_CASES"].map { URL(filePath: $0) }
            ?? Fixture.checkout.appending(path: "Tests/Fixtures/admission")
    }
}
