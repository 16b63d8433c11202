import Foundation

/// The server of recorded bytes, and the processes that are measured against it.
final class ReplayServer {
    struct Failed: Error { var what: String }

    private let process = Process()
    private let input = Pipe()
    private let folder = FileManager.default.temporaryDirectory.appending(path: "kubedl-informer-\(getpid())")
    private let address: [String]

    init(pods: Int, events: Int) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Replay/apiserver.py")
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", script.standardized.path(), "\(pods)", "\(events)", folder.path()]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var line = ""
        while !line.hasSuffix("\n") {
            let bytes = output.fileHandleForReading.availableData
            if bytes.isEmpty { break }
            line += String(decoding: bytes, as: UTF8.self)
        }
        address = line.split(whereSeparator: \.isWhitespace).map(String.init)
        guard address.count == 2 else { throw Failed(what: "Replay/apiserver.py did not start") }
    }

    func stop() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Runs one side in a process of its own.
    func measure(_ side: String) throws -> Measured {
        let child = Process()
        let output = Pipe()
        child.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        child.arguments = [side] + address
        child.standardOutput = output
        try child.run()
        let report = try output.fileHandleForReading.readToEnd() ?? Data()
        child.waitUntilExit()
        guard child.terminationStatus == 0 else { throw Failed(what: "the \(side) side failed") }
        return try JSONDecoder().decode(Measured.self, from: report)
    }
}
