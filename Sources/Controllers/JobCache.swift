import JSON
import KubernetesModel
import Reconciliation
import Synchronization
import Workloads

/// What was last seen of one framework's jobs and of what they own, indexed by owner.
///
/// Pods are kept as small projections; jobs whole, because pods are made from their templates.
package final class JobCache: Sendable {
    private struct State {
        var jobs: [ObjectKey: JSONDocument] = [:]
        var pods: [ObjectKey: ObservedPod] = [:]
        var services: [ObjectKey: ObservedService] = [:]
        var podsByOwner: [String: Set<ObjectKey>] = [:]
        var servicesByOwner: [String: Set<ObjectKey>] = [:]
    }

    private let profile: FrameworkProfile
    private let state = Mutex(State())

    /// An empty cache.
    package init(profile: FrameworkProfile) { self.profile = profile }

    /// Takes in a job as a watch or a write answered it; nil when it is gone.
    ///
    /// Something older than what is known is dropped: the watch may be behind our own writes, and a plan made from an
    /// old status would forget restarts.
    package func setJob(_ key: ObjectKey, _ document: JSONDocument?) {
        state.withLock { state in
            guard let document else {
                state.jobs[key] = nil
                return
            }
            if let known = state.jobs[key], Self.isOlder(document.root, than: known.root) { return }
            state.jobs[key] = document
        }
    }

    /// Takes in a job that we have just written ourselves. One that is gone meanwhile stays gone.
    package func setWrittenJob(_ key: ObjectKey, _ document: JSONDocument) {
        state.withLock { state in
            guard let known = state.jobs[key], !Self.isOlder(document.root, than: known.root) else { return }
            state.jobs[key] = document
        }
    }

    /// Whether both are the same object and the first has an earlier version. Versions are numbers in every API server
    /// that stores in etcd (and by promise since Kubernetes 1.35); others compare as not older.
    private static func isOlder(_ new: JSONView, than known: JSONView) -> Bool {
        let new = ObjectMeta(of: new)
        let known = ObjectMeta(of: known)
        guard new.uid == known.uid, let version = UInt64(new.resourceVersion),
            let knownVersion = UInt64(known.resourceVersion)
        else { return false }
        return version < knownVersion
    }

    /// Takes in a pod; nil when it is gone. Answers the keys of the jobs that this may concern.
    package func setPod(_ key: ObjectKey, _ pod: ObservedPod?) -> Set<ObjectKey> {
        state.withLock { state in
            let old = state.pods[key]
            state.pods[key] = pod
            if let old { state.podsByOwner[old.ownerUID]?.remove(key) }
            if let old, state.podsByOwner[old.ownerUID]?.isEmpty == true { state.podsByOwner[old.ownerUID] = nil }
            if let pod { state.podsByOwner[pod.ownerUID, default: []].insert(key) }
            return Self.jobs(key, [old?.ownerName, pod?.ownerName])
        }
    }

    /// Takes in a service; nil when it is gone. Answers the keys of the jobs that this may concern.
    package func setService(_ key: ObjectKey, _ service: ObservedService?) -> Set<ObjectKey> {
        state.withLock { state in
            let old = state.services[key]
            state.services[key] = service
            if let old { state.servicesByOwner[old.ownerUID]?.remove(key) }
            if let old, state.servicesByOwner[old.ownerUID]?.isEmpty == true {
                state.servicesByOwner[old.ownerUID] = nil
            }
            if let service { state.servicesByOwner[service.ownerUID, default: []].insert(key) }
            return Self.jobs(key, [old?.ownerName, service?.ownerName])
        }
    }

    private static func jobs(_ child: ObjectKey, _ owners: [String?]) -> Set<ObjectKey> {
        Set(owners.compactMap { $0 }.filter { !$0.isEmpty }.map { ObjectKey(namespace: child.namespace, name: $0) })
    }

    /// A job and what it owns by UID, nil when there is no such job.
    package func observe(_ key: ObjectKey) -> ObservedJob? {
        state.withLock { state in
            guard let document = state.jobs[key] else { return nil }
            let job = TrainingJob(json: document.root, profile: profile)
            let uid = job.metadata.uid
            let pods = (state.podsByOwner[uid] ?? []).compactMap { state.pods[$0] }
            let services = (state.servicesByOwner[uid] ?? []).compactMap { state.services[$0] }
            return ObservedJob(
                job: job, pods: pods.sorted { $0.key < $1.key }, services: services.sorted { $0.key < $1.key })
        }
    }
}
