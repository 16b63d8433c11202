internal import JSON
internal import KubernetesModel

extension DeploymentPass {
    private var total: Int { sets.reduce(0) { $0 + $1.replicas } }

    /// How large the newest set may be now. Source: deployment/util, `NewRSNewReplicas`.
    var sizeOfNewest: Int {
        if isRecreating { return replicas }
        let size = newest.map { sets[$0].replicas } ?? 0
        let room = replicas + maxSurge - total
        return room <= 0 ? size : size + min(room, replicas - size)
    }

    /// One step of a rolling update: grow the new set, or else shrink the old ones. Source: rolling.go.
    mutating func rollOver() {
        adoptRevision()
        createRevision()
        guard let newest else { return }
        let size = sets[newest].replicas
        let wanted = size > replicas ? replicas : sizeOfNewest
        if size != replicas, size != wanted { return scale(newest, to: wanted) }
        shrinkOldSets(newest)
    }

    private mutating func shrinkOldSets(_ newest: Int) {
        let least = replicas - maxUnavailable
        let missing = sets[newest].replicas - sets[newest].available
        var rest = total - least - missing
        guard rest > 0 else { return }
        // First pods that are no use anyway, then those that can be spared.
        for index in oldSets where rest > 0 && sets[index].replicas > sets[index].available {
            let count = min(rest, sets[index].replicas - sets[index].available)
            scale(index, to: sets[index].replicas - count)
            rest -= count
        }
        var spare = sets.reduce(0) { $0 + $1.available } - least
        for index in oldSets where spare > 0 && sets[index].replicas > 0 {
            let count = min(spare, sets[index].replicas)
            scale(index, to: sets[index].replicas - count)
            spare -= count
        }
    }

    /// Spreads a change of the Deployment's replicas over its sets, as far as they are on the way.
    ///
    /// Source: sync.go, `scale`.
    mutating func scaleProportionally() {
        let running = sets.indices.filter { sets[$0].replicas > 0 }
        if running.count <= 1 {
            guard let only = running.first ?? newest ?? sets.indices.last else { return }
            return scale(only, to: replicas)
        }
        if let newest, sets[newest].replicas == replicas, sets[newest].desired == replicas,
            sets[newest].available == replicas
        {
            for index in oldSets where sets[index].replicas > 0 { scale(index, to: 0) }
            return
        }
        guard !isRecreating else { return }
        let change = (replicas > 0 ? replicas + maxSurge : 0) - total
        var added = 0
        var sizes: [(index: Int, size: Int)] = []
        for index in bySize(running, growing: change > 0) {
            let part = proportion(sets[index], change, added)
            added += part
            sizes.append((index, sets[index].replicas + part))
        }
        if !sizes.isEmpty { sizes[0].size = max(0, sizes[0].size + change - added) }
        for (index, size) in sizes { scale(index, to: size) }
    }

    /// The largest first; of one size the newer when growing, the older when shrinking.
    private func bySize(_ places: [Int], growing: Bool) -> [Int] {
        places.sorted {
            let (left, right) = (sets[$0], sets[$1])
            if left.replicas != right.replicas { return left.replicas > right.replicas }
            return growing ? left.age > right.age : left.age < right.age
        }
    }

    /// The part of a change that falls to a set. Source: deployment/util, `GetReplicaSetProportion`.
    private func proportion(_ set: Revision, _ change: Int, _ added: Int) -> Int {
        guard set.replicas > 0, change != added else { return 0 }
        let before = set.most ?? root[path: "status", "replicas"]?.int ?? 0
        let size = before == 0 ? 0 : Double(set.replicas * (replicas + maxSurge)) / Double(before)
        let part = replicas == 0 ? -set.replicas : (before == 0 ? 0 : Int(size.rounded()) - set.replicas)
        let allowed = change - added
        return change > 0 ? min(part, allowed) : max(part, allowed)
    }
}
