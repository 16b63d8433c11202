internal import JSON
internal import KubernetesClient
internal import KubernetesModel
internal import Logging

/// What a pod's worker is told.
enum PodSignal: Sendable {
    /// The pod is, or has changed to, this.
    case updated(PodRecipe)
    /// The pod is gone from the API server, without being ended before.
    case gone
    /// Containers are killed, as by someone on the machine: this one, or all.
    case kill(container: String?)
    /// Something happened to the process of a run of a container.
    case process(container: String, containerID: String, ContainerProcess.Event)
    /// A config map or a secret of this name in the pod's namespace is there, has changed or is gone.
    case sourceChanged(PodSources.Kind, String)
    /// A probe was answered by a run of a container.
    case answered(container: String, containerID: String, ContainerProbe.Kind, HandlerOutcome)
    /// A hook of a run of a container is done.
    case hookEnded(container: String, containerID: String, ContainerHook, HandlerOutcome)
    /// A moment to look again has come.
    case tick
}

/// Looks after one pod on its node, from when it is bound until nothing of it is left.
///
/// It asks ``PodMachine`` what to do, does it, and writes the status when it has changed.
final class PodWorker: Sendable {
    let node: NodeOptions
    let key: ObjectKey
    let shared: NodeEnvironment
    let recorder: EventRecorder
    /// The folder of the pod.
    let folder: String
    private let signals: AsyncStream<PodSignal>
    let sink: AsyncStream<PodSignal>.Continuation

    /// A worker for a pod; ``run()`` starts it.
    init(_ recipe: PodRecipe, node: NodeOptions, shared: NodeEnvironment, recorder: EventRecorder) {
        self.node = node
        key = recipe.key
        self.shared = shared
        self.recorder = recorder
        folder = "\(shared.configuration.folder)/pods/\(recipe.uid)"
        (signals, sink) = AsyncStream.makeStream()
        sink.yield(.updated(recipe))
    }

    /// Tells the worker something.
    func tell(_ signal: PodSignal) { sink.yield(signal) }

    /// Works until the pod is gone or the task is cancelled; processes that are left then belong to the registry.
    func run() async {
        await withDiscardingTaskGroup { group in
            var state: PodWorkerState?
            for await signal in signals {
                await shared.machine.untilAwake()
                guard var current = state ?? Self.first(signal) else { continue }
                await take(signal, &current)
                let next = await settle(&current)
                if current.isRemoved { break }
                for job in current.jobs { group.addTask(operation: job) }
                current.jobs = []
                if let next { arm(next, &current, &group) }
                state = current
            }
            group.cancelAll()
        }
    }

    private static func first(_ signal: PodSignal) -> PodWorkerState? {
        guard case .updated(let recipe) = signal else { return nil }
        return PodWorkerState(recipe)
    }

    /// Wakes the worker at a moment, unless it is woken before that anyway.
    private func arm(_ moment: Timestamp, _ state: inout PodWorkerState, _ group: inout DiscardingTaskGroup) {
        let now = Timestamp.now()
        if let armed = state.armed, armed > now, armed <= moment { return }
        state.armed = moment
        let wait = max(moment - now, .milliseconds(1))
        group.addTask {
            do { try await Task.sleep(for: wait) } catch { return }
            self.sink.yield(.tick)
        }
    }

    private func take(_ signal: PodSignal, _ state: inout PodWorkerState) async {
        let now = Timestamp.now()
        switch signal {
        case .tick: break
        case .updated(let recipe):
            let isShorter =
                recipe.isDeleting && state.recipe.isDeleting && recipe.graceSeconds < state.recipe.graceSeconds
            // Others, such as the node controller, may say that the pod is not ready.
            if let ready = recipe.pod.status.condition("Ready")?.status,
                let own = state.conditions?.first(where: { $0.type == "Ready" })?.status, ready != own
            {
                state.written = nil
            }
            let before = state.recipe.pod.metadata
            let metadata = recipe.pod.metadata
            state.recipe = recipe
            if before.labels.dictionary != metadata.labels.dictionary
                || before.annotations.dictionary != metadata.annotations.dictionary
            {
                await refreshVolumes(&state)
            }
            if isShorter {
                for process in state.processes.values { process.stop(grace: .seconds(recipe.graceSeconds)) }
            }
        case .kill(let container):
            for (name, process) in state.processes where container ?? name == name { process.stop(grace: .zero) }
        case .gone:
            state.isGone = true
            for process in state.processes.values { process.stop(grace: .zero) }
        case .process(let name, let containerID, let event):
            guard state.runtime[name].containerID == containerID else { return }
            await take(event, of: name, now, &state)
        case .sourceChanged(let kind, let name):
            let names = PodSources.names(in: state.recipe.pod.spec)
            guard (kind == .configMap ? names.configMaps : names.secrets).contains(name) else { return }
            await refreshVolumes(&state)
        case .answered(let name, let containerID, let kind, let outcome):
            guard state.runtime[name].containerID == containerID else { return }
            await take(outcome, of: kind, of: name, &state)
        case .hookEnded(let name, let containerID, let hook, let outcome):
            guard state.runtime[name].containerID == containerID, state.runtime[name].isAlive else { return }
            await take(outcome, of: hook, of: name, &state)
        }
    }

    private func take(
        _ event: ContainerProcess.Event, of name: String, _ now: Timestamp, _ state: inout PodWorkerState
    ) async {
        switch event {
        case .started:
            announce(name, state)
            afterStart(of: name, &state)
            await record(state, .normal, "Started", "Container started", container: name)
        case .notStarted(let problem):
            state.processes[name] = nil
            state.groups.removeValue(forKey: name)?.remove()
            let message = "failed to start container \"\(name)\": \(problem)"
            state.runtime.ended(name, exitCode: 128, reason: "StartError", message: message, now: now)
            await record(state, .warning, "Failed", "Error: \(message)", container: name)
        case .ended(let code):
            state.processes[name] = nil
            shared.sessions.remove(.init(podUID: state.recipe.uid, container: name))
            let message = await terminationMessage(of: name, exitCode: code, state)
            let group = state.groups.removeValue(forKey: name)
            let reason = group?.hasKilled == true ? "OOMKilled" : nil
            group?.remove()
            state.runtime.ended(name, exitCode: code, reason: reason, message: message, now: now)
        }
    }

    /// Does what is due until only waiting is left, and reports it; returns when to look again.
    private func settle(_ state: inout PodWorkerState) async -> Timestamp? {
        if state.isGone {
            if state.processes.isEmpty { await forget(&state) }
            return nil
        }
        var wakes: [Timestamp] = []
        // Each round changes the state, so this ends; the bound keeps a mistake from spinning.
        for _ in 0..<100 {
            let actions = PodMachine.next(state.recipe, state.runtime, now: .now())
            wakes = actions.compactMap { if case .wake(let moment) = $0 { moment } else { nil } }
            let due = actions.filter { if case .wake = $0 { false } else { true } }
            if due.isEmpty { break }
            for action in due { await perform(action, &state) }
            if state.isRemoved { return nil }
        }
        if PodMachine.isOver(state.recipe, state.runtime) { leaveNetwork(&state) }
        if await !report(&state) { wakes.append(.now() + .seconds(2)) }
        return wakes.min()
    }

    private func perform(_ action: PodAction, _ state: inout PodWorkerState) async {
        switch action {
        case .prepare: await prepare(&state)
        case .start(let name): await start(name, &state)
        case .stop(let name, let grace):
            state.runtime.stopping(name)
            stop(name, graceSeconds: grace, &state)
            await record(state, .normal, "Killing", "Stopping container \(name)", container: name)
        case .probe(let name, let kind): ask(kind, of: name, &state)
        case .stopUnhealthy(let name, let kind, let grace):
            state.runtime.stopping(name, isUnhealthy: true)
            stop(name, graceSeconds: grace, &state)
            let fate = state.recipe.restartPolicy == .never ? "ended" : "restarted"
            await record(
                state, .normal, "Killing", "Container \(name) failed \(kind.rawValue) probe, will be \(fate)",
                container: name)
        case .fail(let failure):
            state.runtime.failure = failure
            await record(state, .normal, failure.reason, failure.message)
        case .wait(let name, let reason, let message, let until):
            state.runtime.waits(name, reason: reason, message: message, until: until)
            let text = "Back-off restarting failed container \(name) in pod \(state.recipe.key.name)"
            await record(state, .warning, "BackOff", text, container: name)
        case .remove: await remove(&state)
        case .wake: break
        }
    }

    /// Tells users what happened to the pod or to one of its containers.
    func record(
        _ state: PodWorkerState, _ kind: EventRecorder.Kind, _ reason: String, _ message: String,
        container: String? = nil
    ) async {
        var reference = state.recipe.pod.reference
        if let container, let recipe = state.recipe.containers.first(where: { $0.name == container }) {
            let list = recipe.role == .main ? "containers" : "initContainers"
            reference.fieldPath = "spec.\(list){\(container)}"
        }
        await recorder.record(on: reference, type: kind, reason: reason, message: String(message.prefix(1000)))
    }
}

/// What a worker knows of its pod.
struct PodWorkerState: Sendable {
    var recipe: PodRecipe
    var runtime: PodRuntime
    var processes: [String: ContainerProcess] = [:]
    /// What each container was started with.
    var launches: [String: ContainerLaunch] = [:]
    /// The control groups of those whose memory is limited.
    var groups: [String: MemoryGroup] = [:]
    /// When containers whose hooks run before their stop must have ended.
    var stopBy: [String: ContinuousClock.Instant] = [:]
    /// Probes and hooks to be run beside the worker.
    var jobs: [@Sendable () async -> Void] = []
    var volumes: VolumeFolders?
    /// The pod's address once it has one; kept after its end.
    var address: String?
    /// The pod's place in the network of pods; nil if it uses the host's.
    var place: PodNetwork.Place?
    var sources = PodSources()
    /// How often making the volumes failed.
    var failures = 0
    /// The last status that was written.
    var written: JSONValue?
    /// The conditions that were written with it; nil before the first time.
    var conditions: [Condition]?
    /// When the worker is woken next.
    var armed: Timestamp?
    /// Whether the API server has no such pod any more.
    var isGone = false
    /// Whether the worker is done.
    var isRemoved = false

    /// A pod that was just bound, or that an earlier run of the node has left. Whole seconds, as the status has it.
    init(_ recipe: PodRecipe) {
        self.recipe = recipe
        runtime = PodRuntime(recipe, foundAt: Timestamp.now().wholeSeconds)
    }
}
