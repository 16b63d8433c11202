/// A gang as a snapshot shows it.
package struct Gang: Sendable {
    /// Its name.
    package var key: GangKey
    /// Pods that must have room together, ≥ 1.
    package var minimumMembers: Int
    /// The highest priority of its waiting members.
    package var priority: Int
    /// When its first member was created, seconds since 1970.
    package var createdAt: Int64
    /// Members that are bound or have ended.
    package var placed: [PodProjection] = []
    /// Waiting members that have room set aside.
    package var promised: [PodProjection] = []
    /// Waiting members without room; those whose gate is open come first.
    package var unplaced: [PodProjection] = []
    /// Waiting members that somebody else's scheduling gate holds back.
    package var blocked: [PodProjection] = []

    /// Members that are there and could run.
    package var present: Int { placed.count + promised.count + unplaced.count }
    /// How many more members must get room before any may start.
    package var needed: Int { max(0, minimumMembers - placed.count - promised.count) }
    /// Members that wait, with room or without.
    package var waiting: [PodProjection] { promised + unplaced + blocked }
    /// Whether a part of it has room or an open gate while the rest does not: it must be completed before others start.
    package var isPartial: Bool {
        needed > 0 && (!placed.isEmpty || !promised.isEmpty || unplaced.contains { !$0.hasGangGate })
    }
}

extension ClusterSnapshot {
    /// The gang called `key`; `nil` if it has no pods.
    package func gang(_ key: GangKey) -> Gang? {
        guard let uids = gangs[key], !uids.isEmpty else { return nil }
        let members = uids.compactMap { pods[$0] }.sorted(by: Self.memberOrder)
        var gang = Gang(
            key: key, minimumMembers: members.compactMap { $0.gang?.minimumMembers }.max() ?? 1,
            priority: members.filter(\.isWaiting).map(\.priority).max() ?? 0,
            createdAt: members.map(\.createdAt).min() ?? 0)
        for member in members {
            if !member.isWaiting {
                if !member.isDeleting { gang.placed.append(member) }
            } else if claims[member.uid] != nil {
                gang.promised.append(member)
            } else if member.hasOtherGates {
                gang.blocked.append(member)
            } else {
                gang.unplaced.append(member)
            }
        }
        return gang
    }

    /// Gangs with members that have no room, in the order in which they are served.
    ///
    /// First those of which a part has room already, then by priority, then the older one.
    package func waitingGangs() -> [Gang] {
        gangsInNeed.compactMap(gang).sorted { left, right in
            if left.isPartial != right.isPartial { return left.isPartial }
            if left.priority != right.priority { return left.priority > right.priority }
            if left.createdAt != right.createdAt { return left.createdAt < right.createdAt }
            return left.key < right.key
        }
    }

    private static func memberOrder(_ left: PodProjection, _ right: PodProjection) -> Bool {
        if left.hasGangGate != right.hasGangGate { return !left.hasGangGate }
        if left.priority != right.priority { return left.priority > right.priority }
        if left.createdAt != right.createdAt { return left.createdAt < right.createdAt }
        return left.name < right.name
    }
}
