import KubernetesModel
import Workloads

/// `cleanPodPolicy`: what is deleted when the job has ended.
///
/// Mended against the original: `Running` takes pods that have not started as well, and every service goes, not only
/// those of the pods that are deleted.
enum CleanUp {
    static func apply(to pass: inout JobPass) {
        let policy = pass.job.runPolicy.cleanPodPolicy
        guard policy != .none else { return }
        let pods = pass.observed.pods.filter { pod in
            !pod.isDeleting && (policy == .all || (pod.phase != .succeeded && pod.phase != .failed))
        }
        let services = pass.observed.services.filter { !$0.isDeleting }
        pass.plan.deletions += pods.map { JobDeletion(kind: .pod, name: $0.key.name, uid: $0.uid) }
        pass.plan.deletions += services.map { JobDeletion(kind: .service, name: $0.key.name, uid: $0.uid) }
    }
}

/// `ttlSecondsAfterFinished`: how long a finished job stays.
enum TimeToLive {
    static func apply(to pass: inout JobPass) {
        guard let seconds = pass.job.runPolicy.ttlSecondsAfterFinished, let end = pass.status.completionTime else {
            return
        }
        let remaining = end + .seconds(seconds) - pass.now
        guard remaining <= .zero else {
            pass.plan.requeue(after: remaining)
            return
        }
        let metadata = pass.job.metadata
        // Its pods and services go with it.
        pass.plan.deletions = [JobDeletion(kind: .job, name: metadata.name, uid: metadata.uid)]
    }
}
