internal import JSON
internal import KubernetesModel

/// What a pod on this node is to be: the parts that decide what happens next, and the pod itself.
struct PodRecipe: Sendable {
    /// A container and its part in the pod.
    struct ContainerRecipe: Sendable {
        /// Its part.
        enum Role: Sendable, Hashable {
            /// Runs to its end before the next starts.
            case initial
            /// Starts in its turn and keeps running beside the containers.
            case sidecar
            /// One of the containers proper.
            case main
        }
        var name: String
        var role: Role
        var container: Container
        /// Its probes; none for init containers.
        var probes: [ContainerProbe.Kind: ContainerProbe] = [:]
        /// What is done right after its start, and before it is stopped.
        var postStart: ContainerHandler?
        var preStop: ContainerHandler?

        init(_ container: Container, role: Role) {
            name = container.name
            self.role = role
            self.container = container
            guard role != .initial else { return }
            for kind in ContainerProbe.Kind.allCases {
                probes[kind] = ContainerProbe(container.json[kind.rawValue + "Probe"], of: container)
            }
            let lifecycle = container.json["lifecycle"]
            postStart = ContainerHandler(lifecycle?["postStart"], of: container)
            preStop = ContainerHandler(lifecycle?["preStop"], of: container)
        }

        /// Whether it runs and its startup probe, if any, has passed.
        func isStarted(_ state: ContainerRuntime) -> Bool {
            state.isRunning && (probes[.startup] == nil || state.probes[.startup]?.result == true)
        }

        /// Whether it has started and its readiness probe, if any, passes; for an init container, whether it is done.
        func isReady(_ state: ContainerRuntime) -> Bool {
            if role == .initial { return state.end?.exitCode == 0 }
            return isStarted(state) && (probes[.readiness] == nil || state.probes[.readiness]?.result == true)
        }
    }

    /// The pod as the API server gave it.
    let document: JSONDocument
    /// Init containers in order, then containers.
    let containers: [ContainerRecipe]
    /// When containers proper are started again.
    let restartPolicy: PodSpec.RestartPolicy
    /// Seconds between the request to stop and the kill.
    let graceSeconds: Int
    /// Whether the pod is to go.
    let isDeleting: Bool
    /// Seconds it may run; nil for ever.
    let activeDeadlineSeconds: Int?

    /// Reads a pod.
    init(json: JSONView) {
        document = json.detached()
        let pod = Pod(json: document.root)
        let spec = pod.spec
        containers =
            spec.initContainers.map { .init($0, role: $0.isSidecar ? .sidecar : .initial) }
            + spec.containers.map { .init($0, role: .main) }
        restartPolicy = spec.restartPolicy
        graceSeconds = pod.metadata.deletionGracePeriodSeconds ?? spec.terminationGracePeriodSeconds
        isDeleting = pod.metadata.isDeleting
        activeDeadlineSeconds = spec.activeDeadlineSeconds
    }

    /// The pod itself.
    var pod: Pod { Pod(json: document.root) }
    /// Namespace and name.
    var key: ObjectKey { pod.key }
    /// The UID.
    var uid: String { pod.metadata.uid }
    /// A container by its name.
    subscript(_ name: String) -> ContainerRecipe? { containers.first { $0.name == name } }
    /// Init containers and sidecars in order.
    var initial: [ContainerRecipe] { containers.filter { $0.role != .main } }
    /// The containers proper.
    var main: [ContainerRecipe] { containers.filter { $0.role == .main } }

    /// Whether a container is started again after a run.
    func restarts(_ container: ContainerRecipe, after end: ContainerEnd) -> Bool {
        switch container.role {
        case .sidecar: true
        case .initial: end.exitCode != 0 && restartPolicy != .never
        case .main:
            restartPolicy == .always || (restartPolicy == .onFailure && (end.exitCode != 0 || end.wasUnhealthy))
        }
    }
}
