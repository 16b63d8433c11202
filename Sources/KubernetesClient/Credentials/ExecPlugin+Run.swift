import Subprocess

extension ExecPlugin {
    /// How long a plugin may take.
    static let deadline = Duration.seconds(60)
    /// How much it may print.
    static let maximumBytes = 1 << 20

    /// Runs the program and reads what it prints. Throws ``ConfigurationError``; never quotes its output.
    func run() async throws(ConfigurationError) -> ExecCredential {
        let output: [UInt8]
        do {
            output = try await withThrowingTaskGroup(of: [UInt8].self) { group in
                group.addTask { try await self.output() }
                group.addTask {
                    try await Task.sleep(for: Self.deadline)
                    throw ConfigurationError(
                        "the credential plugin \(self.command) has not ended within \(Self.deadline)")
                }
                defer { group.cancelAll() }
                return try await group.next() ?? []
            }
        } catch let error as ConfigurationError {
            throw error
        } catch {
            let hint = installHint.isEmpty ? "is it installed, and in PATH?" : installHint
            throw ConfigurationError("cannot run the credential plugin \(command): \(error); \(hint)")
        }
        return try ExecCredential(parsing: output, of: self)
    }

    private func output() async throws -> [UInt8] {
        var variables: [Environment.Key: String?] = ["KUBERNETES_EXEC_INFO": ExecCredential.request(self)]
        for (name, value) in environment {
            if let key = Environment.Key(rawValue: name) { variables[key] = value }
        }
        // A path goes through env(1): Executable.path wants a type of a package that we do not otherwise need.
        let isPath = command.contains("/")
        let result = try await Subprocess.run(
            .name(isPath ? "env" : command), arguments: Arguments(isPath ? [command] + arguments : arguments),
            environment: .inherit.updating(variables), output: .bytes(limit: Self.maximumBytes),
            error: .string(limit: Self.maximumBytes))
        guard result.terminationStatus.isSuccess else {
            let said = result.standardError.prefix(500)
            throw ConfigurationError(
                "the credential plugin \(command) failed (\(result.terminationStatus)): \(said)")
        }
        return result.standardOutput
    }
}
