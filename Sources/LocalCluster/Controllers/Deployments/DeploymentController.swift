internal import JSON
internal import KubernetesModel

extension Controller {
    /// Rolls Deployments out over ReplicaSets. Source: pkg/controller/deployment/deployment_controller.go.
    package static let deployments = Controller(
        name: "deployment-controller", root: .deployments, uses: [.replicaSets, .pods],
        isConcerned: { controllerUID(of: $1) == $0.meta.uid || $0.selects($1) }
    ) { deployment, world in
        var pass = DeploymentPass(deployment, world)
        pass.run()
        return pass.plan
    }
}

extension DeploymentPass {
    /// Decides everything, in the order of `syncDeployment`.
    mutating func run() {
        guard !root.meta.isDeleting else { return writeStatus() }
        notePause()
        if isPaused {
            adoptRevision()
            scaleProportionally()
            cleanUp()
            writeStatus()
        } else if isScaled {
            adoptRevision()
            scaleProportionally()
            writeStatus()
        } else {
            if isRecreating { recreate() } else { rollOver() }
            if isComplete(status()) { cleanUp() }
            noteProgress()
            writeStatus()
        }
    }

    /// Whether its replicas were changed since the sets were last scaled. Source: sync.go, `isScalingEvent`.
    private var isScaled: Bool {
        active.contains { $0.desired.map { $0 != replicas } ?? false }
    }

    /// Source: sync.go, `checkPausedConditions`.
    private mutating func notePause() {
        guard deadline != nil else { return }
        let reason = conditions["Progressing"]?.reason
        if reason == "ProgressDeadlineExceeded" { return }
        if isPaused, reason != "DeploymentPaused" {
            conditions.set("Progressing", "Unknown", "DeploymentPaused", "Deployment is paused")
        } else if !isPaused, reason == "DeploymentPaused" {
            conditions.set("Progressing", "Unknown", "DeploymentResumed", "Deployment is resumed")
        }
    }

    /// Source: recreate.go.
    private mutating func recreate() {
        adoptRevision()
        let old = sets.indices.filter { $0 != newest && sets[$0].replicas > 0 }
        for index in old { scale(index, to: 0) }
        if !old.isEmpty || oldPodsRun { return }
        createRevision()
        if let newest { scale(newest, to: replicas) }
    }

    private var oldPodsRun: Bool {
        let old = Set(sets.indices.filter { $0 != newest }.map { sets[$0].uid })
        return pods.contains { pod in
            old.contains(controllerUID(of: pod) ?? "") && !Pod(json: pod).isFinished
        }
    }
}
