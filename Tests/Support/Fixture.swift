#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Files that tests read: `Tests/Fixtures/<name>` in the checkout.
///
/// A missing or empty fixture throws, so that a table without rows fails instead of passing unnoticed.
package enum Fixture {
    /// The reason a fixture cannot be used.
    package struct Missing: Error, CustomStringConvertible {
        package var path: String
        package var description: String { "fixture \(path) is missing or empty" }
    }

    /// The top folder of the checkout.
    package static var checkout: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }

    /// The bytes of `Tests/Fixtures/<name>`. Throws ``Missing`` when there are none.
    package static func bytes(_ name: String) throws -> [UInt8] {
        let url = checkout.appending(path: "Tests/Fixtures/\(name)")
        guard let data = try? Data(contentsOf: url), !data.isEmpty else { throw Missing(path: url.path()) }
        return [UInt8](data)
    }
}
