import Foundation

/// A folder that goes away with its last reference.
package final class TemporaryFolder: Sendable {
    /// The folder.
    package let url: URL
    /// Its path, without a slash at the end.
    package let path: String

    /// A new empty folder in the system's temporary folder.
    package init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "kubedl-\(UUID().uuidString)").path()
        url = URL(filePath: path)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { remove() }

    /// Removes the folder and all that is in it.
    package func remove() { try? FileManager.default.removeItem(at: url) }

    /// Writes a file, whole or not at all, and returns its path.
    @discardableResult
    package func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: URL(filePath: path + "/" + name), options: .atomic)
        return path + "/" + name
    }

    /// Writes a text file, whole or not at all, and returns its path.
    @discardableResult
    package func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }

    /// The bytes of a file in the folder.
    package func read(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: path + "/" + name)))
    }
}
