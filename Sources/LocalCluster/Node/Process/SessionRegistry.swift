internal import Synchronization

/// The containers that run on all nodes, for clients who want to do something in them.
package final class SessionRegistry: Sendable {
    private let running = Mutex<[LogRegistry.Owner: ContainerSession]>([:])

    /// A registry without containers.
    init() {}

    func add(_ session: ContainerSession, of owner: LogRegistry.Owner) { running.withLock { $0[owner] = session } }

    func remove(_ owner: LogRegistry.Owner) { running.withLock { _ = $0.removeValue(forKey: owner) } }

    /// Whether a container runs.
    package func isRunning(podUID: String, container: String) -> Bool {
        running.withLock { $0[.init(podUID: podUID, container: container)] } != nil
    }

    /// Runs a command in a container, or takes the container's own program where it is nil, and speaks about it with the
    /// client until it has ended; the status goes over the error channel. A command is killed when the task is cancelled or
    /// `send` throws. Throws what `send` throws.
    ///
    /// Source: k8s.io/kubelet pkg/cri/streaming/remotecommand/exec.go.
    package func serve(
        _ command: [String]?, in container: (podUID: String, name: String), _ channels: RemoteCommandChannels,
        messages: any AsyncSequence<[UInt8], any Error> & Sendable,
        send: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws {
        // An empty message tells the client that the connection stands.
        try await send(channels.greeting)
        let session = running.withLock { $0[.init(podUID: container.podUID, container: container.name)] }
        let end: RemoteCommandEnd =
            switch (session, command) {
            case _ where !channels.hasAny:
                .refused("unable to upgrade connection: you must specify at least 1 of stdin, stdout, stderr")
            case (nil, _): .refused("unable to upgrade connection: container not found (\"\(container.name)\")")
            case (let session?, let command?):
                try await session.run(command, channels, messages: messages, send: send)
            case (let session?, nil): try await session.attach(channels, messages: messages, send: send)
            }
        try await send(channels.status(end))
    }
}
