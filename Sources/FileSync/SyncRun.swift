import Cryptography
import HTTPTransport

/// Fetches the sources of one configuration, once or again and again.
struct SyncRun {
    let configuration: SyncConfiguration
    let folder: WorkingFolder
    let client: HTTPClient
    let limits: SyncLimits
    let environment: [String: String]
    let say: @Sendable (String) -> Void
    let complain: @Sendable (String) -> Void

    /// Fetches each source and puts it in place, in order. Throws ``SyncError`` of the first that fails.
    func once() async throws(SyncError) -> [SyncResult] {
        var results: [SyncResult] = []
        for source in configuration.sources { results.append(try await fetch(source)) }
        return results
    }

    /// Looks for something newer, each source in its own period, until the task is cancelled. A failure is told and
    /// leaves what is in place.
    func keepUp(report: ([SyncResult]) -> Void) async throws(SyncError) {
        var due = configuration.sources.map { source in
            source.periodSeconds.map { ContinuousClock.now + .seconds($0) }
        }
        while let next = due.compactMap({ $0 }).min() {
            do {
                try await Task.sleep(until: next, clock: .continuous)
            } catch {
                return
            }
            guard let index = due.firstIndex(of: next) else { return }
            let source = configuration.sources[index]
            do throws(SyncError) {
                report([try await fetch(source)])
            } catch {
                if error.kind == .cancelled { return }
                complain("\(error.description) What was fetched before stays in place.")
            }
            due[index] = source.periodSeconds.map { ContinuousClock.now + .seconds($0) }
        }
    }

    private func fetch(_ source: SyncSource) async throws(SyncError) -> SyncResult {
        let started = ContinuousClock.now
        let fetched = try await retrying(source.maximumFailures, limits: limits, report: complain) {
            () async throws(SyncError) -> Fetched in try await attempt(source)
        }
        let path = "\(folder.root)/\(source.destination)"
        if source.periodSeconds != nil {
            try folder.installVersion(fetched, at: source.destination)
        } else {
            try folder.install(fetched.path, at: source.destination)
        }
        let (seconds, attoseconds) = (ContinuousClock.now - started).components
        var isCommit = false
        if case .commit = fetched.identity { isCommit = true }
        let result = SyncResult(
            source: source.address, identity: fetched.identity.text, isCommit: isCommit, destination: path,
            bytes: fetched.bytes, seconds: Double(seconds) + Double(attoseconds) / 1e18)
        switch source {
        case .git(let git):
            let branch = git.branch.map { " \($0)" } ?? ""
            say("git: \(git.repository)\(branch) \(result.identity) -> \(path)")
        case .file, .bucket:
            say("file: \(source.address) sha256:\(result.identity.prefix(12))… \(result.bytes) bytes -> \(path)")
        }
        return result
    }

    private func attempt(_ source: SyncSource) async throws(SyncError) -> Fetched {
        let content = ContentFetch(
            folder: folder, client: client, limits: limits, allowsPlainText: configuration.allowsPlainText,
            now: WallClock.seconds)
        switch source {
        case .git(let git):
            return try await GitCheckout(
                git, in: folder, limits: limits, inherited: environment,
                allowsPlainText: configuration.allowsPlainText
            ).run()
        case .file(let file): return try await content.file(file)
        case .bucket(let bucket): return try await content.bucket(bucket)
        }
    }
}
