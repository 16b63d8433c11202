package import KubernetesModel
internal import NIOPosix
internal import Synchronization

/// The logs of the containers of all nodes: the present run of each and the one before.
package final class LogRegistry: Sendable {
    /// Whose log.
    struct Owner: Hashable, Sendable {
        var podUID: String
        var container: String
    }

    private struct Runs {
        var current: ContainerLog
        var previous: ContainerLog?
    }

    private let runs = Mutex<[Owner: Runs]>([:])

    /// A registry without logs.
    init() {}

    /// Takes the log of a new run.
    func add(_ log: ContainerLog, of owner: Owner) {
        runs.withLock { $0[owner] = Runs(current: log, previous: $0[owner]?.current) }
    }

    /// The log of the present run of a container.
    func current(podUID: String, container: String) -> ContainerLog? {
        runs.withLock { $0[Owner(podUID: podUID, container: container)]?.current }
    }

    /// Forgets the logs of a pod.
    func remove(podUID: String) {
        runs.withLock { runs in
            for owner in runs.keys where owner.podUID == podUID { runs[owner] = nil }
        }
    }

    /// What to show of a log.
    package struct Request: Sendable {
        /// The UID of the pod.
        package var podUID: String
        /// The name of the container.
        package var container: String
        /// Whether to go on until the container ends.
        package var follow = false
        /// Whether to show the run before the present one.
        package var previous = false
        /// Whether lines start with their times.
        package var timestamps = false
        /// How many of the last lines to show first; all if nil.
        package var tailLines: Int?
        /// The most bytes to write; no limit if nil.
        package var limitBytes: Int?
        /// Lines before are left out.
        package var since: Timestamp?

        /// The whole log of a container.
        package init(podUID: String, container: String) {
            self.podUID = podUID
            self.container = container
        }
    }

    /// Writes a log piece by piece. Returns false, having written nothing, if there is no such log.
    package func stream(
        _ request: Request, to write: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws -> Bool {
        let owner = Owner(podUID: request.podUID, container: request.container)
        let found = runs.withLock { runs in request.previous ? runs[owner]?.previous : runs[owner]?.current }
        guard let log = found else { return false }
        var formatter = LogFormatter(showsTimestamps: request.timestamps, since: request.since)
        var left = request.limitBytes ?? Int.max
        var position = log.start()
        func emit(_ bytes: [UInt8]) async throws {
            let text = formatter.take(bytes).prefix(left)
            left -= text.count
            if !text.isEmpty { try await write(Array(text)) }
        }
        if let lines = request.tailLines {
            var whole: [UInt8] = []
            while true {
                let (bytes, next) = try await read(log, position)
                if bytes.isEmpty { break }
                whole += bytes
                position = next
            }
            // A last line that is still being written belongs to the tail.
            let end = whole.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
            let start = LogFormatter.startOfTail(Array(whole[..<end]), lines: lines)
            try await emit(Array(whole[start...]))
        }
        while left > 0 {
            let (bytes, next) = try await read(log, position)
            position = next
            if bytes.isEmpty {
                guard request.follow, await log.hasMore(after: position) else { break }
            } else {
                try await emit(bytes)
            }
        }
        return true
    }

    private func read(_ log: ContainerLog, _ position: ContainerLog.Position) async throws
        -> ([UInt8], ContainerLog.Position)
    {
        try await NIOThreadPool.singleton.runIfActive { log.read(after: position) }
    }
}
