internal import KubernetesClient
internal import KubernetesModel

/// When in its life a container's hook is run.
enum ContainerHook: String, Sendable {
    case postStart = "PostStart"
    case preStop = "PreStop"
}

extension PodWorker {
    /// A container that was told to stop gets at least this long after its hook. Source: kubelet
    /// `minimumGracePeriodInSeconds`.
    private static let leastGrace = Duration.seconds(2)
    /// A hook after the start has no time limit of its own in Kubernetes; here the pod would have to wait for it.
    private static let hookLimit = Duration.seconds(3600)

    /// Asks a probe; the answer comes as a signal.
    func ask(_ kind: ContainerProbe.Kind, of name: String, _ state: inout PodWorkerState) {
        guard let recipe = state.recipe[name], let probe = recipe.probes[kind] else { return }
        state.runtime.asking(kind, of: recipe, now: .now())
        let (runner, containerID, sink) = (runner(for: name, state), state.runtime[name].containerID, sink)
        state.jobs.append {
            let outcome = await runner.run(probe.handler, timeout: probe.timeout)
            sink.yield(.answered(container: name, containerID: containerID, kind, outcome))
        }
    }

    /// Takes the answer of a probe.
    func take(
        _ outcome: HandlerOutcome, of kind: ContainerProbe.Kind, of name: String, _ state: inout PodWorkerState
    ) async {
        guard let recipe = state.recipe[name], state.runtime[name].isRunning else { return }
        state.runtime.answered(kind, outcome == .success, of: recipe)
        if let problem = outcome.problem, !state.runtime[name].isStopping {
            await record(state, .warning, "Unhealthy", "\(kind.title) probe failed: \(problem)", container: name)
        }
    }

    /// The container's program runs: does what is to be done then; the container counts as running afterwards.
    func afterStart(of name: String, _ state: inout PodWorkerState) {
        guard let hook = state.recipe[name]?.postStart else {
            state.runtime.started(name, now: .now())
            return
        }
        run(hook, .postStart, of: name, within: Self.hookLimit, &state)
    }

    /// Stops a container, after its hook.
    func stop(_ name: String, graceSeconds: Int, _ state: inout PodWorkerState) {
        let grace = Duration.seconds(graceSeconds)
        guard grace > .zero, state.runtime[name].isRunning, let hook = state.recipe[name]?.preStop else {
            state.processes[name]?.stop(grace: grace)
            return
        }
        state.stopBy[name] = .now + grace
        run(hook, .preStop, of: name, within: grace, &state)
    }

    /// Goes on after a hook.
    func take(
        _ outcome: HandlerOutcome, of hook: ContainerHook, of name: String, _ state: inout PodWorkerState
    ) async {
        if let problem = outcome.problem {
            await record(
                state, .warning, "Failed\(hook.rawValue)Hook", "\(hook.rawValue)Hook failed: \(problem)",
                container: name)
        }
        switch hook {
        case .postStart:
            state.runtime.started(name, now: .now())
            guard outcome != .success, !state.runtime[name].isStopping else { return }
            state.runtime.stopping(name)
            stop(name, graceSeconds: state.recipe.graceSeconds, &state)
        case .preStop:
            let left = (state.stopBy[name] ?? .now) - .now
            state.processes[name]?.stop(grace: max(left, Self.leastGrace))
        }
    }

    private func run(
        _ handler: ContainerHandler, _ hook: ContainerHook, of name: String, within limit: Duration,
        _ state: inout PodWorkerState
    ) {
        let (runner, containerID, sink) = (runner(for: name, state), state.runtime[name].containerID, sink)
        state.jobs.append {
            let outcome = await runner.run(handler, timeout: limit)
            sink.yield(.hookEnded(container: name, containerID: containerID, hook, outcome))
        }
    }

    /// Lets clients run commands in a container, and attach to it, from now on.
    func announce(_ name: String, _ state: PodWorkerState) {
        let owner = LogRegistry.Owner(podUID: state.recipe.uid, container: name)
        guard let exec = exec(in: name, state), let program = state.processes[name],
            let log = shared.logs.current(podUID: owner.podUID, container: name)
        else { return }
        shared.sessions.add(
            ContainerSession(
                exec: exec, program: program, log: log, isolation: shared.isolation, tools: shared.tools,
                processes: shared.machine.processes),
            of: owner)
    }

    private func exec(in name: String, _ state: PodWorkerState) -> ContainerExec? {
        guard let launch = state.launches[name], let process = state.processes[name]?.processID else { return nil }
        return ContainerExec(container: launch, process: process)
    }

    private func runner(for name: String, _ state: PodWorkerState) -> HandlerRunner {
        HandlerRunner(
            exec: exec(in: name, state), address: state.address ?? node.address, isolation: shared.isolation,
            tools: shared.tools, processes: shared.machine.processes, http: shared.http)
    }
}
