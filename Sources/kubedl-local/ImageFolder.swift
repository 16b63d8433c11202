import ArgumentParser
import FoundationEssentials

/// `NAME=FOLDER`: an image and the folder that stands for it.
struct ImageFolder: ExpressibleByArgument {
    /// The image's name without tag and digest.
    var name: String
    /// Absolute path.
    var folder: String

    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else { return nil }
        name = String(argument[..<equals])
        let path = String(argument[argument.index(after: equals)...])
        folder = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        // Characters that mean something in the options of a mount.
        guard !folder.contains(where: { ":,\\\"".contains($0) }) else { return nil }
        var isDirectory = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isDirectory), isDirectory else { return nil }
    }
}
