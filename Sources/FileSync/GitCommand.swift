import Subprocess

/// Runs git: arguments as a list and never through a shell, a home of its own, no questions, a deadline.
struct GitCommand: Sendable {
    /// Variables added to the process's own; `nil` takes one away.
    var environment: [String: String?]
    var deadline: Duration

    struct Outcome: Sendable {
        var succeeded: Bool
        var output: String
        var message: String
    }

    /// Runs `git <arguments>`. A failure of git is an outcome; throws ``SyncError`` when git cannot be run or takes
    /// longer than the deadline.
    func run(_ arguments: [String]) async throws(SyncError) -> Outcome {
        do {
            return try await withThrowingTaskGroup(of: Outcome?.self) { group in
                group.addTask { try await execute(arguments) }
                group.addTask {
                    try await Task.sleep(for: deadline)
                    return nil
                }
                defer { group.cancelAll() }
                guard let outcome = try await group.next() ?? nil else {
                    throw SyncError(
                        .source, "git \(arguments.first ?? "") took longer than \(deadline) and was stopped.",
                        isTemporary: true)
                }
                return outcome
            }
        } catch let error as SyncError {
            throw error
        } catch is CancellationError {
            throw SyncError(.cancelled, "stopped while git was running")
        } catch {
            throw SyncError(.configuration, "cannot run git: \(error). The image must have git on its PATH.")
        }
    }

    private func execute(_ arguments: [String]) async throws -> Outcome {
        var keys: [Environment.Key: String?] = [:]
        for (name, value) in environment {
            if let key = Environment.Key(rawValue: name) { keys[key] = value }
        }
        let result = try await Subprocess.run(
            .name("git"), arguments: Arguments(arguments), environment: .inherit.updating(keys),
            output: .string(limit: 1 << 20), error: .string(limit: 4 << 20))
        return Outcome(
            succeeded: result.terminationStatus.isSuccess, output: result.standardOutput.trimmed,
            message: result.standardError.trimmed)
    }
}

extension String {
    /// Without white space and line ends at both ends.
    var trimmed: String {
        var text = self[...]
        while text.last?.isWhitespace ?? false { text.removeLast() }
        while text.first?.isWhitespace ?? false { text.removeFirst() }
        return String(text)
    }
}
