package import KubernetesModel
package import Placement
internal import Synchronization

/// The snapshot that the informers keep current and all else reads, with a signal that something changed.
package final class ClusterState: Sendable {
    private let snapshot: Mutex<ClusterSnapshot>
    private let listener = Mutex<AsyncStream<Void>.Continuation?>(nil)

    /// An empty state.
    package init(claimLifetime: Duration = .seconds(60)) {
        snapshot = Mutex(ClusterSnapshot(claimLifetime: claimLifetime))
    }

    /// Reads or changes the snapshot. Keep it short, and never wait in it.
    package func withSnapshot<Result: Sendable, Failure: Error>(
        _ body: (inout sending ClusterSnapshot) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        try snapshot.withLock(body)
    }

    /// A consistent copy.
    package var copy: ClusterSnapshot { snapshot.withLock { $0 } }

    /// One element after any number of changes since the last. Only the newest listener is told.
    package func changes() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        listener.withLock { $0 = continuation }
        return stream
    }

    private func signal() {
        _ = listener.withLock { $0 }?.yield()
    }

    /// Takes over a pod's new state, or its end when `new` is nil.
    package func changePod(from old: PodProjection?, to new: PodProjection?, now: Timestamp) {
        guard old != new else { return }
        snapshot.withLock { snapshot in
            if let old, old.uid != new?.uid { snapshot.removePod(old.uid) }
            if let new { snapshot.update(new, now: now) }
        }
        signal()
    }

    /// Takes over a node's new state, or its end when `new` is nil.
    package func changeNode(from old: NodeProjection?, to new: NodeProjection?) {
        guard old != new else { return }
        snapshot.withLock { snapshot in
            if let new {
                snapshot.update(new)
            } else if let old {
                snapshot.removeNode(old.name)
            }
        }
        signal()
    }
}
