internal import Glibc
internal import KubernetesModel
internal import Logging
internal import NIOCore
internal import NIOPosix

/// Asks a running cluster for faults of its nodes, for tests and exercises.
///
/// A request is a line of words on a Unix socket: `freeze|cut|heal NODE` or `kill NAMESPACE POD [CONTAINER]`. The answer is
/// empty, or says what is wrong.
package enum NodeFaults {
    /// The longest request and answer.
    static let limit = 4096

    /// Where a fleet that keeps its files in `folder` listens.
    static func socket(in folder: String) -> String { folder + "/faults.socket" }

    /// Asks the fleet of `folder`. Returns what is wrong with the request, or nil once it is done. Throws what the system
    /// says when no fleet answers.
    package static func ask(_ words: [String], folder: String) async throws -> String? {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(unixDomainSocketPath: socket(in: folder)) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let answer = try await channel.executeThenClose { input, output in
            try await output.write(ByteBuffer(string: words.joined(separator: " ") + "\n"))
            return try await line(of: input)
        }
        return answer.isEmpty ? nil : answer
    }

    /// What comes before the first line break or the end.
    static func line(of input: NIOAsyncChannelInboundStream<ByteBuffer>) async throws -> String {
        var text = ""
        for try await part in input {
            text += String(buffer: part)
            if let end = text.firstIndex(of: "\n") { return String(text[..<end]) }
            if text.utf8.count > limit { break }
        }
        return text
    }
}

/// Listens for ``NodeFaults`` and brings them about.
struct FaultServer: Sendable {
    let agents: [NodeAgent]
    let path: String
    let logger: Logger

    /// Serves until the task is cancelled.
    func run() async throws {
        unlink(path)
        do {
            let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .bind(unixDomainSocketPath: path) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    }
                }
            chmod(path, 0o600)
            try await server.executeThenClose { connections in
                try await withThrowingDiscardingTaskGroup { group in
                    for try await connection in connections { group.addTask { try? await serve(connection) } }
                }
            }
        } catch {
            try Task.checkCancellation()
            logger.warning("Faults cannot be asked for", metadata: ["socket": "\(path)", "error": "\(error)"])
            try await Task.sleep(for: .seconds(86_400 * 365))
        }
    }

    private func serve(_ connection: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async throws {
        try await connection.executeThenClose { input, output in
            let words = try await NodeFaults.line(of: input).split(separator: " ").map(String.init)
            try await output.write(ByteBuffer(string: await answer(words) + "\n"))
        }
    }

    private func answer(_ words: [String]) async -> String {
        switch (words.first, words.count) {
        case ("kill", 3...4):
            let pod = ObjectKey(namespace: words[1], name: words[2])
            let isKnown = agents.contains { $0.kill(words.count > 3 ? words[3] : nil, of: pod) }
            return isKnown ? "" : "no node runs a pod \(pod)"
        case ("freeze", 2), ("cut", 2), ("heal", 2):
            guard let agent = agents.first(where: { $0.node.name == words[1] }) else {
                return "no node is called \(words[1]); see kubectl get nodes"
            }
            do { try await agent.shared.machine.set(NodeFault(rawValue: words[0])) } catch { return "\(error)" }
            return ""
        default: return "unknown request: \(words.joined(separator: " "))"
        }
    }
}
