internal import KubernetesModel

/// Sentences that say why a gang waits: what it needs, what is there, what is in the way.
enum GangExplanation {
    /// Not all of its pods are there.
    static func missingMembers(of gang: Gang) -> String {
        let blocked = gang.blocked.isEmpty ? "" : "; \(count(gang.blocked.count, "pod")) held back by other gates"
        return "gang \(gang.key) has \(gang.present) of \(count(gang.minimumMembers, "pod"))\(blocked): "
            + "waiting for the rest"
    }

    /// There is no room for all of them together.
    static func noRoom(for gang: Gang, in snapshot: ClusterSnapshot, now: Timestamp) -> String {
        let required = gang.needed > 0 ? Array(gang.unplaced.prefix(gang.needed)) : gang.unplaced
        var search = GangSearch(in: snapshot, claimsUntil: now + snapshot.claimLifetime)
        let fitting = search.placeAny(required)
        let stuck = required.first { search.found[$0.uid] == nil } ?? required.first
        let obstacles = stuck.map { reasons(for: $0, on: search.trial.nodes) } ?? ""
        let head = "gang \(gang.key) needs \(request(of: required, among: snapshot.nodes))"
        let placed = gang.placed.count + gang.promised.count
        let already = placed > 0 ? " (\(placed) of \(gang.minimumMembers) have room)" : ""
        let nearest = fitting > 0 ? "\(fitting) of \(count(required.count, "pod")) would fit now; " : ""
        return "\(head)\(already): waiting for room; \(nearest)\(obstacles)"
    }

    /// `7 nvidia.com/gpu in 7 pods; 6 of 6 free on 3 nodes`
    private static func request(of pods: [PodProjection], among nodes: [NodeState]) -> String {
        let total = pods.reduce(into: ResourceAmounts()) { $0 += $1.requests }
        let usable = nodes.filter { node in pods.prefix(16).contains { node.node.admits($0) == nil } }
        var free = ResourceAmounts()
        var offered = ResourceAmounts()
        for node in usable {
            offered += node.node.allocatable
            free += node.free.clampedToZero
        }
        let scarce = total.names.filter { total[$0] > free[$0] }
        let named = scarce.isEmpty ? Array(total.names.prefix(1)) : scarce
        let need = named.map { "\(amount(total[$0], of: $0)) \($0)" }.joined(separator: ", ")
        let there = named.map {
            "\(amount(free[$0], of: $0)) of \(amount(offered[$0], of: $0))" + (named.count > 1 ? " \($0)" : "")
        }.joined(separator: ", ")
        let pods = count(pods.count, "pod")
        guard !named.isEmpty else { return pods }
        return "\(need) in \(pods); \(there) free on \(count(usable.count, "node"))"
    }

    /// `2 nodes: insufficient nvidia.com/gpu, 1 node: node is cordoned`
    private static func reasons(for pod: PodProjection, on nodes: [NodeState]) -> String {
        var counts: [String: Int] = [:]
        for node in nodes {
            if let misfit = node.misfit(of: pod) { counts[misfit.description, default: 0] += 1 }
        }
        guard !counts.isEmpty else { return nodes.isEmpty ? "the cluster has no nodes" : "no combination found" }
        let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return sorted.map { "\(count($0.value, "node")): \($0.key)" }.joined(separator: ", ")
    }

    private static func amount(_ value: Int64, of resource: String) -> String {
        switch resource {
        case "cpu": Quantity(milliValue: value).description
        case "memory", "ephemeral-storage": Quantity(bytes: value).description
        default: String(value)
        }
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}

extension ResourceAmounts {
    /// The amounts with what is below zero (overcommitted) taken as nothing.
    fileprivate var clampedToZero: ResourceAmounts {
        ResourceAmounts(
            milliCPU: max(0, milliCPU), memoryInBytes: max(0, memoryInBytes), gpus: max(0, gpus),
            others: others.mapValues { max(0, $0) })
    }
}
