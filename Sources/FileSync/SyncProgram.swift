import Cryptography
import HTTPTransport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The whole of `kubedl-sync`: from the environment to files in place, or to the reason why not.
package struct SyncProgram: Sendable {
    private let environment: [String: String]
    private let say: @Sendable (String) -> Void
    private let complain: @Sendable (String) -> Void

    /// A run with the given environment; progress goes to `say`, a line at a time, and problems to `complain`.
    package init(
        environment: [String: String], say: @escaping @Sendable (String) -> Void,
        complain: @escaping @Sendable (String) -> Void
    ) {
        self.environment = environment
        self.say = say
        self.complain = complain
    }

    /// Fetches everything. Returns the exit code: 0, or the raw value of ``SyncError/Kind``. With a source that is to be
    /// kept up to date, returns only when its task is cancelled, or when the first fetch fails.
    ///
    /// May be run again: it replaces what an earlier run put in place, whole by whole.
    package func run() async -> Int32 {
        // The containers that read the files run under other users.
        umask(0o022)
        do throws(SyncError) {
            let configuration = try SyncConfiguration(environment: environment)
            let limits = try SyncLimits(environment: environment)
            let client = try makeClient()
            defer { client.close() }
            let folder = try WorkingFolder(root: configuration.root)
            defer { folder.remove() }
            let ready = ReadyMark(root: configuration.root)
            try ready.clear()
            let run = SyncRun(
                configuration: configuration, folder: folder, client: client, limits: limits, environment: environment,
                say: say, complain: complain)
            report(try await run.once())
            guard configuration.sources.contains(where: { $0.periodSeconds != nil }) else { return 0 }
            try ready.set()
            try await run.keepUp(report: report)
            return 0
        } catch {
            complain("kubedl-sync: \(error.description)")
            return error.kind.rawValue
        }
    }

    /// Whether everything has been fetched once: 0, or 1 when not. For a startup probe.
    package func ready() -> Int32 {
        guard let configuration = try? SyncConfiguration(environment: environment) else { return 1 }
        return ReadyMark(root: configuration.root).isSet ? 0 : 1
    }

    private func makeClient() throws(SyncError) -> HTTPClient {
        var tls = TLSOptions()
        if let path = environment["SSL_CERT_FILE"], !path.isEmpty {
            guard let pem = try Disk.read(path, limit: 4 << 20) else {
                throw SyncError(.configuration, "SSL_CERT_FILE names \(path), which is not there.")
            }
            tls.certificateAuthority = .pem(pem)
        }
        return HTTPClient(tls: tls)
    }

    /// Leaves the results where the kubelet picks them up. A place that cannot be written is no failure.
    private func report(_ results: [SyncResult]) {
        let path = environment["KUBEDL_TERMINATION_LOG"] ?? "/dev/termination-log"
        let descriptor = open(
            path, O_WRONLY | O_TRUNC | O_CLOEXEC | (environment["KUBEDL_TERMINATION_LOG"] == nil ? 0 : O_CREAT), 0o644)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let message = terminationMessage(results)
        _ = message.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }
}

/// A file that is there once everything has been fetched for the first time.
struct ReadyMark {
    private let path: String

    init(root: String) { path = root + "/" + WorkingFolder.prefix + "ready" }

    var isSet: Bool { Disk.entry(at: path) == .file }
    func clear() throws(SyncError) { try Disk.remove(path) }
    func set() throws(SyncError) { try Disk.write([], to: path, mode: 0o644) }
}
