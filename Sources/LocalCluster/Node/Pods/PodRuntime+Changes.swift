internal import KubernetesModel

extension PodRuntime {
    /// A container is being started.
    mutating func starting(_ name: String, containerID: String) {
        var container = self[name]
        if let end = container.end { container.lastEnd = end }
        if container.wasStarted { container.restartCount += 1 }
        container.wasStarted = true
        container.state = .starting
        container.probes = [:]
        container.isUnhealthy = false
        container.notBefore = nil
        container.containerID = containerID
        self[name] = container
    }

    /// A container's program runs, and what is to be done after its start is done.
    mutating func started(_ name: String, now: Timestamp) {
        if case .starting = self[name].state { self[name].state = .running(since: now) }
    }

    /// A container's run ended. `reason` is chosen by the exit code unless given.
    mutating func ended(_ name: String, exitCode: Int, reason: String? = nil, message: String, now: Timestamp) {
        var container = self[name]
        var startedAt = now
        if case .running(let since) = container.state { startedAt = since }
        let end = ContainerEnd(
            exitCode: exitCode, reason: reason ?? (exitCode == 0 ? "Completed" : "Error"), message: message,
            startedAt: startedAt, finishedAt: now, containerID: container.containerID,
            wasUnhealthy: container.isUnhealthy)
        container.nextBackoff = PodMachine.backoff(
            after: container.nextBackoff, ran: now - startedAt, restarts: container.restartCount)
        container.state = .ended(end)
        container.isStopping = false
        self[name] = container
    }

    /// A container waits until it is started again.
    mutating func waits(_ name: String, reason: String, message: String, until: Timestamp) {
        var container = self[name]
        if let end = container.end { container.lastEnd = end }
        container.state = .waiting(reason: reason, message: message)
        container.notBefore = until
        self[name] = container
    }

    /// A container could not be made; it is tried again after `until` and does not count as started.
    mutating func cannotStart(_ name: String, reason: String, message: String, until: Timestamp) {
        waits(name, reason: reason, message: message, until: until)
    }

    /// A container was asked to stop.
    mutating func stopping(_ name: String, isUnhealthy: Bool = false) {
        self[name].isStopping = true
        self[name].isUnhealthy = isUnhealthy
    }

    /// A probe of a container is being asked.
    mutating func asking(_ kind: ContainerProbe.Kind, of container: PodRecipe.ContainerRecipe, now: Timestamp) {
        guard let probe = container.probes[kind] else { return }
        self[container.name].probes[kind, default: ProbeProgress()].ask(probe, now: now)
    }

    /// A probe of a container was answered.
    mutating func answered(_ kind: ContainerProbe.Kind, _ isGood: Bool, of container: PodRecipe.ContainerRecipe) {
        guard let probe = container.probes[kind] else { return }
        self[container.name].probes[kind, default: ProbeProgress()].take(isGood, probe)
        if container.isStarted(self[container.name]) { self[container.name].wasUp = true }
    }
}
