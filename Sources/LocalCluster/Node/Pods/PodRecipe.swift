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
            spec.initContainers.map { .init(name: $0.name, role: $0.isSidecar ? .sidecar : .initial, container: $0) }
            + spec.containers.map { .init(name: $0.name, role: .main, container: $0) }
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
    /// Init containers and sidecars in order.
    var initial: [ContainerRecipe] { containers.filter { $0.role != .main } }
    /// The containers proper.
    var main: [ContainerRecipe] { containers.filter { $0.role == .main } }

    /// Whether a container that ended with `code` is started again.
    func restarts(_ container: ContainerRecipe, afterExit code: Int) -> Bool {
        switch container.role {
        case .sidecar: true
        case .initial: code != 0 && restartPolicy != .never
        case .main: restartPolicy == .always || (restartPolicy == .onFailure && code != 0)
        }
    }
}
