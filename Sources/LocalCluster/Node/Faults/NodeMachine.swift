internal import Glibc
internal import NIOPosix
internal import Synchronization

/// What can be wrong with a simulated node.
enum NodeFault: String, Sendable, CaseIterable {
    /// It hangs: its agent does nothing, its processes are stopped, nothing reaches it.
    case freeze
    /// Its agent and pods go on, and nothing reaches them.
    case cut
}

/// The machine that a node simulates: its processes and its connections, which can fail.
final class NodeMachine: Sendable {
    /// The node's name.
    let name: String
    /// What runs on it.
    let processes = ProcessRegistry()
    /// Its way to the API server; nil if it has no faults.
    let uplink: Uplink?
    private let network: PodNetwork?
    private let fault = Mutex<NodeFault?>(nil)

    /// A machine without a fault.
    init(name: String, uplink: Uplink?, network: PodNetwork?) {
        self.name = name
        self.uplink = uplink
        self.network = network
    }

    /// Brings a fault about, or ends it. Throws ``PodNetworkProblem``.
    func set(_ new: NodeFault?) async throws {
        let old = fault.withLock { fault in
            defer { fault = new }
            return fault
        }
        uplink?.set(isCut: new != nil)
        try await network?.turn(new == nil ? "up" : "down", linksOf: name)
        if (old == .freeze) != (new == .freeze) {
            let roots = processes.processIDs
            let signal = new == .freeze ? SIGSTOP : SIGCONT
            try await NIOThreadPool.singleton.runIfActive { ProcessTree.send(signal, to: roots) }
        }
    }

    /// Returns when the machine does not hang, or the task is cancelled.
    func untilAwake() async {
        while fault.withLock({ $0 }) == .freeze, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(50)) }
    }
}
