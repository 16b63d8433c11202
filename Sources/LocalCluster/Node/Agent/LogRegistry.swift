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

    /// Writes the log of a container piece by piece. Returns false, having written nothing, if there is no such log.
    package func stream(
        podUID: String, container: String, _ options: PodLogOptions,
        to write: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws -> Bool {
        let runs = runs.withLock { $0[Owner(podUID: podUID, container: container)] }
        let found = options.previous ? runs?.previous : runs?.current
        guard let log = found else { return false }
        var formatter = LogFormatter(showsTimestamps: options.timestamps, since: options.since)
        var left = options.limitBytes ?? Int.max
        var position = log.start()
        func emit(_ bytes: [UInt8]) async throws {
            let text = formatter.take(bytes).prefix(left)
            left -= text.count
            if !text.isEmpty { try await write(Array(text)) }
        }
        if let lines = options.tailLines {
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
                guard options.follow, await log.hasMore(after: position) else { break }
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
