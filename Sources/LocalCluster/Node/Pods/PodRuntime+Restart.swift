internal import JSON
internal import KubernetesModel

extension PodRuntime {
    /// A pod as its node finds it at `now`, with what an earlier run of the node has told of it.
    ///
    /// No process of that run is left, as after a reboot of a machine: what ran has ended with 255. Unless the pod is over,
    /// its init containers run again, because its sandbox is a new one.
    /// Source: kubelet `computePodActions`; containerd `unknownExitCode`.
    init(_ recipe: PodRecipe, foundAt now: Timestamp) {
        let status = recipe.document.root["status"]
        self.init(recipe, startTime: status?["startTime"]?.string.flatMap { Timestamp($0) } ?? now)
        for list in ["initContainerStatuses", "containerStatuses"] {
            for told in status?[list].map({ Array($0.elements) }) ?? [] {
                guard let name = told["name"]?.string, recipe[name] != nil else { continue }
                self[name] = ContainerRuntime(told, foundAt: now)
            }
        }
        if PodMachine.isFinished(recipe, self) || PodMachine.hasFailedInit(recipe, self) { return }
        for container in recipe.initial where container.role == .initial && self[container.name].end?.exitCode == 0 {
            self[container.name].lastEnd = self[container.name].end
            self[container.name].state = ContainerRuntime().state
        }
    }
}

extension ContainerRuntime {
    /// From an entry of `containerStatuses`.
    fileprivate init(_ told: JSONView, foundAt now: Timestamp) {
        self.init()
        restartCount = told["restartCount"]?.int ?? 0
        containerID = String(told["containerID"]?.string?.split(separator: "/").last ?? "")
        lastEnd = ContainerEnd(told[path: "lastState", "terminated"])
        if let since = told[path: "state", "running", "startedAt"]?.string {
            state = .ended(
                ContainerEnd(
                    exitCode: 255, reason: "Unknown", startedAt: Timestamp(since) ?? now, finishedAt: now,
                    containerID: containerID))
        } else if let end = ContainerEnd(told[path: "state", "terminated"]) {
            state = .ended(end)
        }
        wasStarted = end != nil || lastEnd != nil
    }
}

extension ContainerEnd {
    /// From a `terminated` state; nil if there is none.
    fileprivate init?(_ told: JSONView?) {
        guard let told, let code = told["exitCode"]?.int else { return nil }
        let finished = told["finishedAt"]?.string.flatMap { Timestamp($0) } ?? .now()
        self.init(
            exitCode: code, reason: told["reason"]?.string ?? "", message: told["message"]?.string ?? "",
            startedAt: told["startedAt"]?.string.flatMap { Timestamp($0) } ?? finished, finishedAt: finished,
            containerID: String(told["containerID"]?.string?.split(separator: "/").last ?? ""))
    }
}
