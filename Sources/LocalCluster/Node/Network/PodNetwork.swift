internal import Glibc
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// Why pods cannot have a network of their own on this machine.
package struct PodNetworkProblem: Error, CustomStringConvertible {
    /// The reason.
    package var description: String
}

/// The network of a cluster's pods: a bridge of this machine, to which each pod's and each node's own network namespace is
/// linked; host-network pods are in their node's.
///
/// Pods reach each other and services, and are reached from the host. There is no way out of the
/// machine: that would take changes to settings that are not ours.
package final class PodNetwork: Sendable {
    private static let limit = Duration.seconds(20)

    private let plan: PodNetworkPlan
    private let tools: SystemTools
    private let slots = Mutex(SlotPool(capacity: PodNetworkPlan.podCapacity))
    private let places = Mutex<[ObjectIdentifier: Place]>([:])

    /// The addresses of services.
    package var serviceRange: String { plan.serviceRange }
    /// The address of a node; `number` is 1...250.
    package func nodeAddress(_ number: Int) -> String { plan.nodeAddress(number) }

    private init(plan: PodNetworkPlan, tools: SystemTools) {
        self.plan = plan
        self.tools = tools
    }

    /// Makes the network, and tries whether a namespace can be reached in it.
    ///
    /// `index`, 0...31, tells it apart from those of other clusters: what a cluster of the same index left is removed.
    /// Throws ``PodNetworkProblem`` where the machine does not allow it.
    package static func open(index: Int) async throws(PodNetworkProblem) -> PodNetwork {
        guard geteuid() == 0 else { throw PodNetworkProblem(description: "only root may add network interfaces") }
        let tools: SystemTools
        do { tools = try SystemTools() } catch { throw PodNetworkProblem(description: "\(error)") }
        guard tools.ip != nil else {
            throw PodNetworkProblem(description: "the program ip is not installed; install the package iproute2")
        }
        let survey = try await run(NetworkScript.survey, [], tools)
        guard let plan = PodNetworkPlan(index: index, routes: foreign(survey, index)) else {
            throw PodNetworkProblem(description: "all of 10.0.0.0/8 is routed elsewhere")
        }
        let network = PodNetwork(plan: plan, tools: tools)
        let gateway = "\(plan.gateway)/\(PodNetworkPlan.prefix)"
        _ = try await run(NetworkScript.open, [plan.bridge, gateway, plan.serviceRange], tools)
        do {
            try await network.probe()
        } catch {
            await network.close()
            throw error
        }
        return network
    }

    /// Routes and addresses of the machine but for those of a cluster that was killed.
    private static func foreign(_ survey: String, _ index: Int) -> [IPv4Range] {
        let lines = survey.split(separator: "\n").filter { !$0.split(separator: " ").contains("kubedl-\(index)") }
        return IPv4Range.ranges(in: lines.joined(separator: "\n"))
    }

    /// Removes what a killed cluster of this number, which does not run, has left.
    package static func removeLeftover(index: Int) async {
        let plan = PodNetworkPlan(index: index, routes: [])
        guard geteuid() == 0, let bridge = plan?.bridge, FileBytes.isDirectory("/sys/class/net/\(bridge)") != nil,
            let tools = try? SystemTools(), tools.ip != nil
        else { return }
        _ = try? await run(NetworkScript.close, [bridge], tools)
    }

    /// Removes the network. Pods should be gone by then. Goes on when the task is cancelled.
    package func close() async { _ = try? await Self.run(NetworkScript.close, [plan.bridge], tools) }

    /// A pod's place in the network.
    final class Place: Sendable {
        /// The pod's address.
        let address: String
        /// The process that holds the namespace.
        let holder: ContainerProcess
        fileprivate let slot: Int?
        /// The host's end of the link, and the node that it belongs to.
        fileprivate let link: String
        fileprivate let node: String

        /// Where the namespace is found.
        var path: String? { holder.processID.map { "/proc/\($0)/ns/net" } }

        fileprivate init(address: String, holder: ContainerProcess, slot: Int?, link: String, node: String) {
            self.address = address
            self.holder = holder
            self.slot = slot
            self.link = link
            self.node = node
        }
    }

    /// Gives a pod of a node a namespace and an address. Throws ``PodNetworkProblem``.
    func join(_ processes: ProcessRegistry, node: String) async throws(PodNetworkProblem) -> Place {
        guard let slot = slots.withLock({ $0.take() }) else {
            throw PodNetworkProblem(description: "all addresses of pods are taken")
        }
        do {
            return try await link(plan.podAddress(slot), plan.link(slot), slot, processes, node)
        } catch {
            slots.withLock { $0.giveBack(slot) }
            throw error
        }
    }

    /// Gives a node a namespace with its address. Throws ``PodNetworkProblem``.
    func join(node: String, address: String, _ processes: ProcessRegistry) async throws(PodNetworkProblem) -> Place {
        try await link(address, plan.nodeLink(address), nil, processes, node)
    }

    /// Makes addresses of nodes those of the machine itself. Throws ``PodNetworkProblem``.
    func adopt(nodes addresses: [String]) async throws(PodNetworkProblem) {
        _ = try await Self.run(NetworkScript.adopt, [plan.bridge] + addresses, tools)
    }

    private func link(
        _ address: String, _ name: String, _ slot: Int?, _ processes: ProcessRegistry, _ node: String
    ) async throws(PodNetworkProblem) -> Place {
        let launch = ContainerProcess.Launch(
            arguments: [tools.setpriv, "--pdeathsig", "KILL", tools.unshare, "--net", tools.bash, "-p", "-c"]
                + [NetworkScript.hold, "pod", String(getpid()), plan.bridge, name]
                + ["\(address)/\(PodNetworkPlan.prefix)", plan.gateway],
            environment: Self.environment)
        let (events, feed) = AsyncStream.makeStream(of: ContainerProcess.Event.self)
        guard let holder = processes.start(launch, output: HeadOutput(limit: 0), report: { feed.yield($0) }) else {
            throw PodNetworkProblem(description: "the node is ending")
        }
        let place = Place(address: address, holder: holder, slot: slot, link: name, node: node)
        var problem = "the pod is gone"
        for await event in events {
            switch event {
            case .started:
                places.withLock { $0[ObjectIdentifier(place)] = place }
                return place
            case .notStarted(let reason): problem = reason
            case .ended(let code): problem = "ended with exit code \(code)"
            }
            break
        }
        holder.stop(grace: .zero)
        throw PodNetworkProblem(description: "cannot link \(address) to the network: \(problem)")
    }

    /// Gives a pod's address back; its namespace ends with its last process.
    func leave(_ place: Place) {
        places.withLock { $0[ObjectIdentifier(place)] = nil }
        place.holder.stop(grace: .zero)
        if let slot = place.slot { slots.withLock { $0.giveBack(slot) } }
    }

    /// Turns the links of a node and its pods `up` or `down`. Throws ``PodNetworkProblem``.
    func turn(_ state: String, linksOf node: String) async throws(PodNetworkProblem) {
        let links = places.withLock { $0.values.filter { $0.node == node }.map(\.link) }
        _ = try await Self.run(NetworkScript.turn, [state] + links, tools)
    }

    /// Whether a namespace answers: nobody listens there, so a connection is refused, and not lost.
    private func probe() async throws(PodNetworkProblem) {
        let processes = ProcessRegistry()
        let place = try await join(processes, node: "")
        var answer = "a connection to an empty port succeeded"
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.seconds(3)).connect(host: place.address, port: 9).get()
            try? await channel.close()
        } catch {
            let reasons = (error as? NIOConnectionError)?.connectionErrors.map(\.error) ?? [error]
            answer = (reasons.first as? IOError)?.errnoCode == ECONNREFUSED ? "" : "\(error)"
        }
        leave(place)
        await processes.stopAll(grace: .zero)
        if !answer.isEmpty { throw PodNetworkProblem(description: "a test namespace cannot be reached: \(answer)") }
    }

    private static let environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]

    /// Runs a script to its end; returns what it printed.
    private static func run(
        _ script: String, _ arguments: [String], _ tools: SystemTools
    ) async throws(PodNetworkProblem) -> String {
        let output = HeadOutput(limit: 1 << 20)
        let launch = ContainerProcess.Launch(
            arguments: [tools.setpriv, "--pdeathsig", "KILL", tools.bash, "-p", "-c", script, "network"] + arguments,
            environment: environment, timeLimit: limit)
        let event = await withCheckedContinuation {
            (continuation: CheckedContinuation<ContainerProcess.Event, Never>) in
            ContainerProcess(launch, output: output) { event in
                if case .started = event { return }
                continuation.resume(returning: event)
            }.start()
        }
        switch event {
        case .started, .ended(exitCode: 0): return output.text
        case .ended(let code): throw PodNetworkProblem(description: "the network script ended with exit code \(code)")
        case .notStarted(let problem): throw PodNetworkProblem(description: problem)
        }
    }
}
