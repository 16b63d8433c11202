import Foundation

/// A program that ran to its end.
struct CommandResult: Sendable {
    var status: Int32
    var output: String
    var errors: String
}

/// A program that could not do what a test needs.
struct CommandFailure: Error, CustomStringConvertible {
    var command: String
    var result: CommandResult
    var description: String { "\(command) ended with \(result.status): \(result.errors)\(result.output)" }
}

/// Runs a program to its end without blocking the cooperative pool: output goes to files, the end to a continuation.
func run(
    _ program: URL, _ arguments: [String], input: String? = nil, environment: [String: String] = [:], scratch: URL
) async throws -> CommandResult {
    let id = UUID().uuidString
    let files = ["in", "out", "err"].map { scratch.appending(path: "\(id).\($0)") }
    defer { for file in files { try? FileManager.default.removeItem(at: file) } }
    try Data((input ?? "").utf8).write(to: files[0])
    for file in files.dropFirst() { try Data().write(to: file) }

    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = try FileHandle(forReadingFrom: files[0])
    process.standardOutput = try FileHandle(forWritingTo: files[1])
    process.standardError = try FileHandle(forWritingTo: files[2])
    let status = try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Int32, any Error>) in
        process.terminationHandler = { ended.resume(returning: $0.terminationStatus) }
        do { try process.run() } catch {
            process.terminationHandler = nil
            ended.resume(throwing: error)
        }
    }
    return CommandResult(
        status: status, output: try String(contentsOf: files[1], encoding: .utf8),
        errors: try String(contentsOf: files[2], encoding: .utf8))
}

/// Asks again until `condition` gives a value; throws what it last said once `patience` is over.
func eventually<Value>(
    _ what: String, within patience: Duration = .seconds(60), _ condition: () async throws -> Value?
) async throws -> Value {
    let deadline = ContinuousClock.now + patience
    while true {
        if let value = try await condition() { return value }
        guard ContinuousClock.now < deadline else { throw NeverHappened(what: what, patience: patience) }
        try await ContinuousClock().sleep(for: .milliseconds(100))
    }
}

/// Something that a test waited for and that did not come.
struct NeverHappened: Error, CustomStringConvertible {
    var what: String
    var patience: Duration
    var description: String { "\(what): not within \(patience)" }
}
