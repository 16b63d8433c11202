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

    /// A program that could not do what a test needs.
    package struct Failed: Error, CustomStringConvertible {
        package var description: String

        /// The command as it was called, and what became of it.
        package init(_ command: String, _ outcome: Outcome) {
            description = "\(command) ended with \(outcome.status): \(outcome.errors)\(outcome.output)"
        }
    }

    /// Runs `arguments[0]`, a path or a name found in `PATH`, to its end; `environment` is added to the test's own.
    /// Killed when the task is cancelled. Files carry the input and output, so that nothing blocks.
    package static func run(
        _ arguments: [String], input: String = "", environment: [String: String] = [:]
    ) async throws -> Outcome {
        let folder = try TemporaryFolder()
        var files = ChildProcess.Files()
        files.input = try folder.write("in", input)
        files.output = try folder.write("out", "")
        files.errors = try folder.write("err", "")
        let process = try ChildProcess(arguments, environment: environment, files: files)
        let status = await withTaskCancellationHandler {
            await process.wait()
        } onCancel: {
            process.send(SIGKILL)
        }
        try Task.checkCancellation()
        return Outcome(
            status: status, output: try String(contentsOfFile: files.output, encoding: .utf8),
            errors: try String(contentsOfFile: files.errors, encoding: .utf8))
    }

    /// As ``run(_:input:environment:)``; gives what the program printed. Throws ``Failed`` unless it exits with 0.
    @discardableResult
    package static func output(
        _ arguments: [String], input: String = "", environment: [String: String] = [:]
    ) async throws -> String {
        let outcome = try await run(arguments, input: input, environment: environment)
        guard outcome.status == 0 else { throw Failed(arguments.joined(separator: " "), outcome) }
        return outcome.output
    }
}
