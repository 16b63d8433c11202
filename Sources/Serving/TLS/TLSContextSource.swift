import Logging
import NIOPosix
import NIOSSL
import Synchronization

/// The TLS context of new connections; follows the files it was made from.
final class TLSContextSource: Sendable {
    private struct State {
        var material: TLSMaterial
        var context: NIOSSLContext
        var complaint: ServerError?
    }

    private let state: Mutex<State>
    private let configuration: ServerConfiguration
    private let logger: Logger

    /// Reads the files for the first time; then they must be good. `nil` without TLS. Throws ``ServerError``.
    static func make(_ configuration: ServerConfiguration, logger: Logger) async throws -> TLSContextSource? {
        guard configuration.tls != nil else { return nil }
        let material = try await NIOThreadPool.singleton.runIfActive { try TLSMaterial(reading: configuration) }
        guard let material else { return nil }
        let context = try makeContext(material, configuration)
        return TLSContextSource(configuration, State(material: material, context: context), logger: logger)
    }

    private static func makeContext(
        _ material: TLSMaterial, _ configuration: ServerConfiguration
    ) throws(ServerError) -> NIOSSLContext {
        let (context, certificate) = try material.makeContext(
            isClientRequired: configuration.clientAuthority?.isRequired ?? false)
        configuration.certificateMonitor?.show(certificate)
        return context
    }

    private init(_ configuration: ServerConfiguration, _ state: sending State, logger: Logger) {
        self.configuration = configuration
        self.state = Mutex(state)
        self.logger = logger
    }

    /// The context to use for a new connection.
    var current: NIOSSLContext {
        if case .source(let source) = configuration.tls {
            // What has been exchanged is served at once: whoever exchanged it may already say so.
            var material = state.withLock { $0.material }
            let (chain, key) = source.current
            if material.certificateChain != chain {
                (material.certificateChain, material.privateKey) = (chain, key)
                use(material)
            }
        }
        return state.withLock { $0.context }
    }

    /// Looks at files and sources each second until cancelled. What cannot be used is logged once and the last good pair stays.
    func follow() async {
        guard configuration.mayChange else { return }
        while (try? await Task.sleep(for: .seconds(1))) != nil {
            await reload()
        }
    }

    private func reload() async {
        let configuration = configuration
        do {
            let read = try await NIOThreadPool.singleton.runIfActive { try TLSMaterial(reading: configuration) }
            guard let material = read, material != state.withLock({ $0.material }) else { return }
            use(material)
        } catch let error as ServerError {
            complain(error)
        } catch {
            logger.error("serving certificate cannot be read", metadata: ["reason": "\(error)"])
        }
    }

    private func use(_ material: TLSMaterial) {
        do throws(ServerError) {
            let context = try Self.makeContext(material, configuration)
            state.withLock { $0 = State(material: material, context: context) }
            logger.info("serving certificate reloaded")
        } catch { complain(error) }
    }

    private func complain(_ error: ServerError) {
        let isNew = state.withLock { state in
            defer { state.complaint = error }
            return state.complaint != error
        }
        guard isNew else { return }
        logger.error(
            "changed serving certificate cannot be used; the last good one stays in use",
            metadata: ["reason": "\(error)"])
    }
}

extension ServerConfiguration {
    fileprivate var mayChange: Bool {
        switch tls {
        case .files, .source: return true
        case .pem, nil: break
        }
        if case .file = clientAuthority?.source { return true }
        return false
    }
}
