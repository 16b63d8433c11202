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

    /// Fetches everything. Returns the exit code: 0, or the raw value of ``SyncError/Kind``.
    ///
    /// May be run again: it replaces what an earlier run put in place, whole by whole.
    package func run() async -> Int32 {
        // The containers that read the files run under other users.
        umask(0o022)
        do throws(SyncError) {
            let configuration = try SyncConfiguration(environment: environment)
            let results = try await fetch(configuration)
            report(results)
            return 0
        } catch {
            complain("kubedl-sync: \(error.description)")
            return error.kind.rawValue
        }
    }

    private func fetch(_ configuration: SyncConfiguration) async throws(SyncError) -> [SyncResult] {
        let limits = try SyncLimits(environment: environment)
        let client = try makeClient(for: configuration)
        defer { client?.close() }
        let folder = try WorkingFolder(root: configuration.root)
        defer { folder.remove() }
        var results: [SyncResult] = []
        for source in configuration.sources {
            results.append(try await fetch(source, into: folder, client: client, limits: limits))
        }
        return results
    }

    private func makeClient(for configuration: SyncConfiguration) throws(SyncError) -> HTTPClient? {
        let hasFiles = configuration.sources.contains { source in
            if case .file = source { true } else { false }
        }
        guard hasFiles else { return nil }
        var tls = TLSOptions()
        if let path = environment["SSL_CERT_FILE"], !path.isEmpty {
            guard let pem = try Disk.read(path, limit: 4 << 20) else {
                throw SyncError(.configuration, "SSL_CERT_FILE names \(path), which is not there.")
            }
            tls.certificateAuthority = .pem(pem)
        }
        return HTTPClient(tls: tls)
    }

    private func fetch(_ source: SyncSource, into folder: WorkingFolder, client: HTTPClient?, limits: SyncLimits)
        async throws(SyncError) -> SyncResult
    {
        let started = ContinuousClock.now
        let path = "\(folder.root)/\(source.destination)"
        var result: SyncResult
        let line: String
        switch source {
        case .git(let git):
            let (commit, bytes) = try await retrying(
                git.maximumFailures, firstPause: limits.firstPause, report: complain
            ) { () async throws(SyncError) -> (String, Int) in
                let checkout = try GitCheckout(git, in: folder, limits: limits, inherited: environment)
                return try await checkout.run()
            }
            result = SyncResult(
                source: git.repository, identity: commit, isCommit: true, destination: path, bytes: bytes, seconds: 0)
            let branch = git.branch.map { " \($0)" } ?? ""
            line = "git: \(git.repository)\(branch) \(commit) -> \(path)"
        case .file(let file):
            guard let client else { throw SyncError(.configuration, "there is no client for \(file.url)") }
            let bytes = try await retrying(
                limits.fileRetries, firstPause: limits.firstPause, report: complain
            ) { () async throws(SyncError) -> Int in
                try await FileDownload(source: file, folder: folder, client: client, limits: limits).run()
            }
            let address = String(file.url.prefix { $0 != "?" && $0 != "#" })
            result = SyncResult(
                source: address, identity: file.sha256, isCommit: false, destination: path, bytes: bytes, seconds: 0)
            line = "file: \(address) sha256:\(file.sha256.prefix(12))… \(bytes) bytes -> \(path)"
        }
        let (seconds, attoseconds) = (ContinuousClock.now - started).components
        result.seconds = Double(seconds) + Double(attoseconds) / 1e18
        say(line)
        return result
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
