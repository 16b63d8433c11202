import LocalAPIServer
import LocalNode
import Synchronization

/// Lets clients of the API server do something in containers, once there are nodes.
final class FleetSessions: PodSessionSource {
    private let registry = Mutex<SessionRegistry?>(nil)

    /// Uses the containers of these nodes from now on.
    func use(_ sessions: SessionRegistry) { registry.withLock { $0 = sessions } }

    func isRunning(_ container: ContainerLogReference) -> Bool {
        registry.withLock { $0 }?.isRunning(podUID: container.podUID, container: container.container) ?? false
    }

    func serve(
        _ command: [String]?, in container: ContainerLogReference, _ streams: PodSessionStreams,
        messages: any AsyncSequence<[UInt8], any Error> & Sendable,
        send: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws {
        let channels = RemoteCommandChannels(
            hasInput: streams.stdin, hasOutput: streams.stdout, hasErrors: streams.stderr, isTerminal: streams.tty,
            isTranslated: streams.isTranslated)
        try await registry.withLock { $0 }?.serve(
            command, in: (container.podUID, container.container), channels, messages: messages, send: send)
    }
}
