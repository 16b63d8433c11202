internal import KubernetesModel

/// What a node is to do for a pod next.
enum PodAction: Sendable, Hashable {
    /// Make folders and volumes.
    case prepare
    /// Start a container.
    case start(String)
    /// Ask a container to stop, and kill it once the seconds have passed.
    case stop(String, graceSeconds: Int)
    /// Ask a probe of a container.
    case probe(String, ContainerProbe.Kind)
    /// Ask a container to stop because a probe of it failed.
    case stopUnhealthy(String, ContainerProbe.Kind, graceSeconds: Int)
    /// End the pod for good, for this reason.
    case fail(PodRuntime.Failure)
    /// A container waits with this reason and message until it is started again.
    case wait(String, reason: String, message: String, until: Timestamp)
    /// Nothing is left of a pod that is to go: tell the API server so.
    case remove
    /// Look again at this moment.
    case wake(Timestamp)
}

/// Decides what happens next to a pod: a pure function of what it is to be and what was observed.
/// Source: kubelet `computePodActions`, KEP-753 (sidecars).
enum PodMachine {
    /// The first wait before a crashed container is started again, and the longest. Source: kubelet.
    static let initialBackoff = Duration.seconds(10)
    static let maximumBackoff = Duration.seconds(300)
    /// A container that ran this long starts afresh. Source: kubelet `backOff` with twice the longest wait.
    static let backoffReset = Duration.seconds(600)

    /// The actions that are due now. Applying them and asking again leads to an empty answer or to waiting.
    static func next(_ recipe: PodRecipe, _ runtime: PodRuntime, now: Timestamp) -> [PodAction] {
        if recipe.isDeleting || runtime.failure != nil || hasFailedInit(recipe, runtime) || isFinished(recipe, runtime)
        {
            return stopping(recipe, runtime)
        }
        var actions: [PodAction] = []
        if let seconds = recipe.activeDeadlineSeconds {
            let deadline = runtime.startTime + .seconds(seconds)
            if deadline <= now {
                let message = "Pod was active on the node longer than the specified deadline"
                return [.fail(.init(reason: "DeadlineExceeded", message: message))]
            }
            actions.append(.wake(deadline))
        }
        guard runtime.isPrepared else {
            if let moment = runtime.prepareAfter, moment > now { return actions + [.wake(moment)] }
            return actions + [.prepare]
        }
        for container in recipe.initial {
            let state = runtime[container.name]
            actions += running(container, state, recipe, now: now)
            let isDone = container.role == .initial ? state.end?.exitCode == 0 : wasUp(container, state)
            if !isDone { return actions }
        }
        for container in recipe.main { actions += running(container, runtime[container.name], recipe, now: now) }
        return actions
    }

    /// Whether what comes after a sidecar may start.
    static func wasUp(_ container: PodRecipe.ContainerRecipe, _ state: ContainerRuntime) -> Bool {
        if container.probes[.startup] != nil { return state.wasUp }
        return state.isRunning || state.lastEnd != nil
    }

    /// Whether no container runs or will run again.
    static func isOver(_ recipe: PodRecipe, _ runtime: PodRuntime) -> Bool {
        guard !recipe.containers.contains(where: { runtime[$0.name].isAlive }) else { return false }
        return recipe.isDeleting || runtime.failure != nil || hasFailedInit(recipe, runtime)
            || isFinished(recipe, runtime)
    }

    /// Whether the containers proper have ended and none is started again.
    static func isFinished(_ recipe: PodRecipe, _ runtime: PodRuntime) -> Bool {
        recipe.main.allSatisfy { container in
            runtime[container.name].end.map { !recipe.restarts(container, after: $0) } ?? false
        }
    }

    /// Whether an init container has ended badly for good.
    static func hasFailedInit(_ recipe: PodRecipe, _ runtime: PodRuntime) -> Bool {
        recipe.initial.contains { container in
            guard container.role == .initial, let end = runtime[container.name].end else { return false }
            return end.exitCode != 0 && !recipe.restarts(container, after: end)
        }
    }

    /// Keeps a container as it should be: started, and started again after its back-off.
    private static func running(
        _ container: PodRecipe.ContainerRecipe, _ state: ContainerRuntime, _ recipe: PodRecipe, now: Timestamp
    ) -> [PodAction] {
        switch state.state {
        case .starting: return []
        case .running(let since): return probing(container, state, recipe, since: since, now: now)
        case .waiting:
            if let moment = state.notBefore, moment > now { return [.wake(moment)] }
            return [.start(container.name)]
        case .ended(let end):
            guard recipe.restarts(container, after: end) else { return [] }
            let moment = end.finishedAt + state.nextBackoff
            if state.nextBackoff == .zero || moment <= now { return [.start(container.name)] }
            let seconds = state.nextBackoff.components.seconds
            let time = seconds < 60 ? "\(seconds)s" : "\(seconds / 60)m\(seconds % 60)s"
            let key = recipe.key
            let message =
                "back-off \(time) restarting failed container=\(container.name) "
                + "pod=\(key.name)_\(key.namespace ?? "")(\(recipe.uid))"
            return [.wait(container.name, reason: "CrashLoopBackOff", message: message, until: moment)]
        }
    }

    /// Asks the probes that are due, the startup probe alone until it has passed, and ends what fails.
    private static func probing(
        _ container: PodRecipe.ContainerRecipe, _ state: ContainerRuntime, _ recipe: PodRecipe, since: Timestamp,
        now: Timestamp
    ) -> [PodAction] {
        if state.isStopping || container.probes.isEmpty { return [] }
        let kinds: [ContainerProbe.Kind] = container.isStarted(state) ? [.liveness, .readiness] : [.startup]
        var actions: [PodAction] = []
        for kind in kinds {
            guard let probe = container.probes[kind] else { continue }
            let progress = state.probes[kind] ?? ProbeProgress()
            if kind != .readiness, progress.result == false {
                return [.stopUnhealthy(container.name, kind, graceSeconds: probe.graceSeconds ?? recipe.graceSeconds)]
            }
            if progress.isAsking { continue }
            let due = progress.dueAt ?? since + probe.initialDelay
            actions.append(due <= now ? .probe(container.name, kind) : .wake(due))
        }
        return actions
    }

    /// Ends what still runs: containers first, then sidecars in reverse order.
    private static func stopping(_ recipe: PodRecipe, _ runtime: PodRuntime) -> [PodAction] {
        let grace = recipe.graceSeconds
        let groups: [[PodRecipe.ContainerRecipe]] =
            [recipe.containers.filter { $0.role != .sidecar }]
            + recipe.containers.filter { $0.role == .sidecar }.reversed().map { [$0] }
        for group in groups {
            let alive = group.filter { runtime[$0.name].isAlive }
            if alive.isEmpty { continue }
            return alive.filter { !runtime[$0.name].isStopping }.map { .stop($0.name, graceSeconds: grace) }
        }
        return recipe.isDeleting ? [.remove] : []
    }

    /// The back-off after a run: none after the first, then 10 s, doubled up to 5 min; a long run starts afresh.
    static func backoff(after previous: Duration, ran: Duration, restarts: Int) -> Duration {
        if ran >= backoffReset || restarts == 0 { return .zero }
        return previous == .zero ? initialBackoff : min(previous * 2, maximumBackoff)
    }
}
