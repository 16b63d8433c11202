internal import JSON
internal import KubernetesClient
internal import KubernetesModel

extension Controller {
    /// Runs Jobs to completion. Source: pkg/controller/job/job_controller.go and pkg/controller/ttlafterfinished.
    package static let jobs = Controller(
        name: "job-controller", root: .jobs, uses: [.pods], isConcerned: { $0.controlsOrSelects($1) }
    ) { job, world in
        let manager = job[path: "spec", "managedBy"]?.string ?? "kubernetes.io/job-controller"
        guard manager == "kubernetes.io/job-controller" else { return Plan() }
        if let end = job.finishedCondition { return planExpiry(of: job, finishedAt: end, world.now) }
        var pass = JobPass(job, world)
        pass.run()
        return pass.plan
    }

    /// Lets pods go whose Job is gone: nobody counts them any more. Source: job_controller.go, `syncOrphanPod`.
    package static let orphanedJobPods = Controller(
        name: "job-controller", root: .pods, uses: [.jobs], isConcerned: { controllerUID(of: $0) == $1.meta.uid }
    ) { pod, world in
        guard pod.meta.finalizers.contains(JobPass.finalizer) else { return Plan() }
        let owner = controllerUID(of: pod)
        guard !world[.jobs].contains(where: { $0.meta.uid == owner }) else { return Plan() }
        return Plan([JobPass.release(pod)])
    }
}

extension JSONView {
    /// When a Job became Complete or Failed; nil while it has not.
    fileprivate var finishedCondition: Timestamp? {
        conditions.map { Condition(json: $0) }.first { ["Complete", "Failed"].contains($0.type) && $0.isTrue }
            .map { $0.lastTransitionTime ?? .epoch }
    }
}

private func planExpiry(of job: JSONView, finishedAt end: Timestamp, _ now: Timestamp) -> Plan {
    var plan = Plan()
    guard let seconds = job[path: "spec", "ttlSecondsAfterFinished"]?.int, !job.meta.isDeleting else { return plan }
    let rest = end + .seconds(seconds) - now
    if rest > .zero {
        plan.lookAgain(after: rest)
    } else {
        plan.changes.append(.delete(.jobs, job.meta.key, uid: job.meta.uid, .foreground))
    }
    return plan
}
