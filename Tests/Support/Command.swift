import Foundation

/// A program that runs beside a test, such as `openssl s_server`.
package final class Command {
    /// A program that could not be started or ended with an error.
    package struct Failed: Error, CustomStringConvertible {
        package var description: String
        /// A failure in words.
        package init(description: String) { self.description = description }
    }

    private let process = Process()
    private let output = Pipe()
    private var pending: [UInt8] = []

    /// Starts `arguments[0]`, found in `PATH`, in `folder`. Standard output is read by ``readLine()``.
    package init(_ arguments: [String], in folder: String) throws {
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: folder)
        process.standardInput = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    /// The next line of standard output without its end; blocks. `nil` at the end.
    package func readLine() -> String? {
        while true {
            if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                defer { pending.removeSubrange(...end) }
                return String(decoding: pending[..<end], as: UTF8.self)
            }
            let bytes = output.fileHandleForReading.availableData
            if bytes.isEmpty { return nil }
            pending += bytes
        }
    }

    /// Kills the program and waits for its end.
    package func stop() {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    /// Runs a program in `folder` to its end; blocks. Throws ``Failed`` with what it printed unless it exits with 0.
    package static func run(_ arguments: [String], in folder: String) throws {
        let process = Process()
        let errors = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: folder)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        try process.run()
        let text = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failed(
                description: "\(arguments.joined(separator: " ")) ended with \(process.terminationStatus): "
                    + String(decoding: text, as: UTF8.self))
        }
    }
}
