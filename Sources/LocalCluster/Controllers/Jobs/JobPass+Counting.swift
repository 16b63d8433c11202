internal import JSON
internal import KubernetesModel

extension JobPass {
    /// Adds to the counters the pods that stand in the status and have no finalizer any more.
    mutating func countReleased() {
        let tracked = Set(pods.filter(isTracked).map(\.metadata.uid))
        for (field, list) in [("succeeded", \JobPass.uncountedSucceeded), ("failed", \JobPass.uncountedFailed)] {
            let released = self[keyPath: list].filter { !tracked.contains($0) }.count
            self[keyPath: list].removeAll { !tracked.contains($0) }
            status[field] = ((status[field]?.int ?? 0) + released).nonZeroValue
        }
        guard isIndexed else { return }
        completed.formUnion(pods.filter { $0.status.phase == .succeeded && isTracked($0) }.compactMap(index(of:)))
    }

    /// Pods that have ended and that neither counters nor status know yet.
    private var unrecorded: [Pod] {
        pods.filter { isTracked($0) && !recorded.contains($0.metadata.uid) && (!isIndexed || index(of: $0) != nil) }
    }

    /// How many pods (or indexes) have succeeded, counted or not.
    var succeeded: Int {
        if isIndexed { return completed.count }
        return (status["succeeded"]?.int ?? 0) + uncountedSucceeded.count
            + unrecorded.count { $0.status.phase == .succeeded }
    }

    /// How many pods have failed, counted or not.
    var failed: Int {
        (status["failed"]?.int ?? 0) + uncountedFailed.count + unrecorded.count { isFailed($0) && isCounted($0) }
    }

    /// Writes down the pods that have ended, and lets go of those that are written down already.
    ///
    /// Source: job_controller.go, `trackJobStatusAndRemoveFinalizers`.
    mutating func count(_ finish: Finish?) {
        for pod in pods where isTracked(pod) && !plan.releases(pod) {
            let hasSucceeded = pod.status.phase == .succeeded
            guard hasSucceeded || isFailed(pod) || finish != nil || root.meta.isDeleting else { continue }
            let isFailure = !hasSucceeded && (isFailed(pod) || finish?.isFailure == true) && isCounted(pod)
            let isKnown: Bool
            if isIndexed, hasSucceeded {
                isKnown = index(of: pod).map { completedBefore.contains($0) } ?? true
            } else if isIndexed, index(of: pod) == nil {
                isKnown = true
            } else {
                isKnown = recorded.contains(pod.metadata.uid) || !(hasSucceeded || isFailure)
                if !isKnown, hasSucceeded { uncountedSucceeded.append(pod.metadata.uid) }
                if !isKnown, isFailure { uncountedFailed.append(pod.metadata.uid) }
            }
            if isKnown { plan.changes.append(Self.release(pod.json)) }
        }
        if isIndexed {
            status["completedIndexes"] =
                completed.isEmpty ? JSONValue?.none : JSONValue(CompletionIndexes(completed).text)
            status["succeeded"] = completed.count.nonZeroValue
        }
        var uncounted = JSONValue.object([])
        for (field, list) in [("succeeded", uncountedSucceeded), ("failed", uncountedFailed)] where !list.isEmpty {
            uncounted[field] = JSONValue(list.map { JSONValue($0) })
        }
        status["uncountedTerminatedPods"] = uncounted
    }

    /// Whether every pod is counted that has to be.
    var isAllCounted: Bool {
        uncountedSucceeded.isEmpty && uncountedFailed.isEmpty && !pods.contains { isTracked($0) }
    }
}

extension Plan {
    /// Whether it takes a pod's finalizer before deleting the pod.
    fileprivate func releases(_ pod: Pod) -> Bool {
        changes.contains { change in
            guard case .merge(.pods, pod.key, let patch) = change else { return false }
            return patch[path: "metadata", "finalizers"] != nil
        }
    }
}
