import Foundation

/// A program that a test runs, such as `openssl` or `curl`.
package struct Program: Sendable {
    /// What a program left behind.
    package struct Outcome: Sendable {
        /// The exit status, or 128 + signal.
        package var status: Int32
        /// What it wrote to standard output.
        package var output: String
        /// What it wrote to standard error.
        package var errors: String
    }

    /// Runs `arguments[0]`, found in `PATH`, to its end with empty standard input. Killed when the task is cancelled.
    package static func run(_ arguments: [String]) async throws -> Outcome {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        let folder = try TemporaryFolder()
        let (output, errors) = (folder.url.appending(path: "out"), folder.url.appending(path: "err"))
        for url in [output, errors] { try Data().write(to: url) }
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        let exit = AsyncStream<Int32> { continuation in
            process.terminationHandler = { ended in
                let isSignal = ended.terminationReason == .uncaughtSignal
                continuation.yield((isSignal ? 128 : 0) + ended.terminationStatus)
                continuation.finish()
            }
        }
        try process.run()
        let identifier = process.processIdentifier
        let status = await withTaskCancellationHandler {
            var iterator = exit.makeAsyncIterator()
            return await iterator.next()
        } onCancel: {
            kill(identifier, SIGKILL)
        }
        guard let status else { throw CancellationError() }
        return Outcome(
            status: status, output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
    }
}
