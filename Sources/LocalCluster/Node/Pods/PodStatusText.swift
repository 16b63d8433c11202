internal import JSON
internal import KubernetesModel

/// Writes the status of a pod from what is known of it on its node. Source: kubelet `generateAPIPodStatus`.
struct PodStatusText: Sendable {
    /// What the pod is to be.
    var recipe: PodRecipe
    /// What is known of it.
    var runtime: PodRuntime
    /// The node's address.
    var hostAddress: String
    /// The pod's address.
    var address: String
    /// The moment of the report: the transition time of conditions that changed.
    var now: Timestamp
    /// The conditions that this node wrote last; those of the pod as it was given if nil.
    var before: [Condition]?

    /// Where the pod is in its life. Source: kubelet `getPhase`.
    var phase: PodStatus.Phase {
        if runtime.failure != nil || PodMachine.hasFailedInit(recipe, runtime) { return .failed }
        let states = recipe.main.map { runtime[$0.name] }
        let isGone = recipe.isDeleting && !recipe.containers.contains { runtime[$0.name].isAlive }
        if isGone {
            return states.allSatisfy { $0.end?.exitCode == 0 } ? .succeeded : .failed
        }
        if PodMachine.isFinished(recipe, runtime) {
            if recipe.initial.contains(where: { $0.role == .sidecar && runtime[$0.name].isAlive }) { return .running }
            return states.allSatisfy { $0.end?.exitCode == 0 } ? .succeeded : .failed
        }
        if !isInitialized { return .pending }
        let hasRun = states.allSatisfy { $0.isRunning || $0.end != nil || $0.lastEnd != nil }
        return hasRun ? .running : .pending
    }

    /// Whether all init containers are done and sidecars started.
    var isInitialized: Bool {
        recipe.initial.allSatisfy { container in
            let state = runtime[container.name]
            if container.role == .initial { return state.end?.exitCode == 0 }
            return PodMachine.wasUp(container, state) || (state.end != nil && container.probes[.startup] == nil)
        }
    }

    /// The `status` object.
    var value: JSONValue {
        let phase = phase
        let (own, host) = (JSONValue(address), JSONValue(hostAddress))
        var status = JSONValue.object([
            ("phase", JSONValue(phase.rawValue)),
            ("conditions", JSONValue(conditions.map(\.value))),
            ("hostIP", host), ("hostIPs", [["ip": host]]), ("startTime", JSONValue(runtime.startTime.description)),
            ("containerStatuses", JSONValue(recipe.main.map { containerStatus($0) })),
        ])
        if runtime.isPrepared {
            status["podIP"] = own
            status["podIPs"] = [["ip": own]]
        }
        if !recipe.initial.isEmpty {
            status["initContainerStatuses"] = JSONValue(recipe.initial.map { containerStatus($0) })
        }
        if let failure = runtime.failure {
            status["reason"] = JSONValue(failure.reason)
            status["message"] = JSONValue(failure.message)
        }
        return status
    }

    private func isReady(_ container: PodRecipe.ContainerRecipe) -> Bool { container.isReady(runtime[container.name]) }

    /// The conditions that a node answers for.
    var conditions: [Condition] {
        let phase = phase
        let unready = recipe.containers.filter { $0.role != .initial && !isReady($0) }.map(\.name)
        let waiting = recipe.initial.filter { !isReady($0) }.map(\.name)
        let hasEnded = phase == .succeeded
        let completed = hasEnded ? "PodCompleted" : ""
        let unreadyReason = hasEnded ? completed : phase == .failed ? "PodFailed" : "ContainersNotReady"
        let unreadyText =
            hasEnded || phase == .failed ? "" : "containers with unready status: [\(unready.joined(separator: " "))]"
        let ready = unready.isEmpty && isInitialized && !hasEnded && phase != .failed
        let initialized = isInitialized || hasEnded
        return [
            condition("PodReadyToStartContainers", runtime.isPrepared && !hasEnded && phase != .failed, "", ""),
            condition(
                "Initialized", initialized, initialized ? completed : "ContainersNotInitialized",
                initialized ? "" : "containers with incomplete status: [\(waiting.joined(separator: " "))]"),
            condition("Ready", ready, ready ? "" : unreadyReason, ready ? "" : unreadyText),
            condition("ContainersReady", ready, ready ? "" : unreadyReason, ready ? "" : unreadyText),
            condition("PodScheduled", true, "", ""),
        ]
    }

    private func condition(_ type: String, _ holds: Bool, _ reason: String, _ message: String) -> Condition {
        let status = holds ? "True" : "False"
        let known = (before ?? recipe.pod.status.conditions).first { $0.type == type }
        let since = known.flatMap { $0.status == status ? $0.lastTransitionTime : nil } ?? now
        return Condition(type: type, status: status, reason: reason, message: message, lastTransitionTime: since)
    }

    private func containerStatus(_ container: PodRecipe.ContainerRecipe) -> JSONValue {
        let state = runtime[container.name]
        let image = container.container.image
        return .object([
            ("name", JSONValue(container.name)), ("image", JSONValue(image)),
            ("imageID", JSONValue(state.wasStarted ? "kubedl-local://" + image : "")),
            ("containerID", JSONValue(state.containerID.isEmpty ? "" : "kubedl-local://" + state.containerID)),
            ("ready", JSONValue(isReady(container))), ("started", JSONValue(container.isStarted(state))),
            ("restartCount", JSONValue(state.restartCount)), ("state", text(of: state.state, container)),
            ("lastState", state.lastEnd.map { ["terminated": Self.text(of: $0)] } ?? [:]),
        ])
    }

    private func text(of state: ContainerRuntime.State, _ container: PodRecipe.ContainerRecipe) -> JSONValue {
        switch state {
        case .running(let since): return ["running": ["startedAt": JSONValue(since.description)]]
        case .ended(let end): return ["terminated": Self.text(of: end)]
        case .starting: return ["waiting": ["reason": "ContainerCreating"]]
        case .waiting(let reason, let message):
            var reason = reason
            if reason == "ContainerCreating", container.role == .main, !isInitialized { reason = "PodInitializing" }
            var waiting: JSONValue = ["reason": JSONValue(reason)]
            if !message.isEmpty { waiting["message"] = JSONValue(message) }
            return ["waiting": waiting]
        }
    }

    private static func text(of end: ContainerEnd) -> JSONValue {
        var value = JSONValue.object([
            ("exitCode", JSONValue(end.exitCode)), ("reason", JSONValue(end.reason)),
            ("startedAt", JSONValue(end.startedAt.description)), ("finishedAt", JSONValue(end.finishedAt.description)),
        ])
        if !end.containerID.isEmpty { value["containerID"] = JSONValue("kubedl-local://" + end.containerID) }
        if !end.message.isEmpty { value["message"] = JSONValue(end.message) }
        return value
    }
}
