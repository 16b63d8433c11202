import Foundation
import JSON

/// Peak resident memory of reading a text, in a process of its own.
enum PeakMemory {
    /// Starts this program again to parse the text from a file, and returns its report.
    static func measure(_ text: [UInt8]) throws -> String {
        let file = FileManager.default.temporaryDirectory.appending(path: "kubedl-benchmark-\(getpid()).json")
        try Data(text).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["--peak-memory", file.path()]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let report = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Wrong(description: "the memory measurement failed") }
        return String(decoding: report, as: UTF8.self)
    }

    /// Reads the file and parses it. Counted is the growth of the process's peak resident size (VmHWM) over its size
    /// before the file was read: the text itself, the tape, and all that came and went on the way.
    static func reportParsing(of path: String) throws {
        let before = try status("VmRSS")
        let text = try read(path)
        let document = try JSONDocument(parsing: text)
        let peak = try status("VmHWM") - before
        let ratio = Double(peak) / Double(text.count)
        print(
            "  peak memory, text and tape           \(peak >> 20) MiB for \(text.count >> 20) MiB of text: "
                + String(format: "%.2f x the text", ratio)
                + ", of it tape \((document.memoryInBytes - text.count) >> 20) MiB")
    }

    private static func read(_ path: String) throws -> [UInt8] {
        guard let file = FileHandle(forReadingAtPath: path) else { throw Wrong(description: "cannot open \(path)") }
        let size = Int(try file.seekToEnd())
        try file.seek(toOffset: 0)
        return [UInt8](unsafeUninitializedCapacity: size) { bytes, count in
            while count < size {
                let got = Foundation.read(file.fileDescriptor, bytes.baseAddress.map { $0 + count }, size - count)
                guard got > 0 else { return }
                count += got
            }
        }
    }

    /// A line of this process's status, in bytes.
    private static func status(_ name: String) throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
        guard let line, let kibibytes = line.split(whereSeparator: { !$0.isNumber }).first.flatMap({ Int($0) }) else {
            throw Wrong(description: "no \(name) in /proc/self/status")
        }
        return kibibytes << 10
    }
}
