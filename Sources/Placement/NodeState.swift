/// A node and all that is held on it, by bound pods and by claims.
package struct NodeState: Sendable {
    /// The node.
    package internal(set) var node: NodeProjection {
        didSet { free = node.allocatable - used }
    }
    private var used = ResourceAmounts()
    /// What nobody holds. Negative where the node is overcommitted.
    package private(set) var free: ResourceAmounts
    /// Pods that hold something here, by UID.
    package private(set) var holders: Set<String> = []
    /// Host ports that are held on it.
    package private(set) var hostPorts: [HostPort] = []
    private var deviceUses: [Int: Int] = [:]

    /// A node on which nothing is held.
    package init(_ node: NodeProjection) {
        self.node = node
        free = node.allocatable
    }

    /// GPU indices that nobody holds, lowest first.
    package var freeDevices: [Int] {
        let count = Int(clamping: min(max(node.allocatable.gpus, 0), 4096))
        return (0..<count).filter { deviceUses[$0] == nil }
    }

    /// The `count` lowest free GPU indices; `nil` if there are not so many.
    package func lowestFreeDevices(_ count: Int) -> [Int]? {
        let free = freeDevices
        return free.count < count ? nil : Array(free.prefix(count))
    }

    /// Why `pod`, which holds nothing here yet, does not fit; `nil` if it fits.
    package func misfit(of pod: PodProjection) -> Misfit? {
        node.admits(pod) ?? shortage(for: pod)
    }

    /// Why the room that `pod` needs is not free; `nil` if it is. Says nothing of labels and taints.
    package func shortage(for pod: PodProjection) -> Misfit? {
        if let maximum = node.maximumPods, holders.count >= maximum { return .tooManyPods }
        for port in pod.hostPorts where hostPorts.contains(where: port.conflicts(with:)) { return .hostPort(port.port) }
        if let resource = pod.requests.shortage(in: free) { return .insufficient(resource) }
        return nil
    }

    /// Sets aside what `pod` asks for, and the GPUs it was given.
    package mutating func hold(_ pod: PodProjection, devices: [Int]) {
        guard holders.insert(pod.uid).inserted else { return }
        used += pod.requests
        free = node.allocatable - used
        hostPorts += pod.hostPorts
        for device in devices { deviceUses[device, default: 0] += 1 }
    }

    /// Gives back what ``hold(_:devices:)`` set aside. Pass the same values.
    package mutating func release(_ pod: PodProjection, devices: [Int]) {
        guard holders.remove(pod.uid) != nil else { return }
        used -= pod.requests
        free = node.allocatable - used
        for port in pod.hostPorts {
            if let index = hostPorts.firstIndex(of: port) { hostPorts.remove(at: index) }
        }
        for device in devices {
            let uses = (deviceUses[device] ?? 0) - 1
            deviceUses[device] = uses > 0 ? uses : nil
        }
    }
}
