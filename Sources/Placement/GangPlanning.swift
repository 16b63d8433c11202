package import KubernetesModel

/// Room for several pods of one gang, to be set aside in one step.
package struct GangPlan: Hashable, Sendable {
    /// The gang.
    package var gang: GangKey
    /// The node of each pod by pod UID.
    package var nodes: [String: String]

    /// A plan of the given nodes by pod UID.
    package init(gang: GangKey, nodes: [String: String]) {
        self.gang = gang
        self.nodes = nodes
    }
}

/// What to do about a gang.
package enum GangDecision: Hashable, Sendable {
    /// Everybody has room.
    case idle
    /// Set room aside and open the gates.
    case place(GangPlan)
    /// Nothing yet, and why: a sentence for people.
    case wait(String)
}

/// What to do about all gangs.
package struct GangRound: Sendable {
    /// Room to set aside, in order.
    package var plans: [GangPlan] = []
    /// Why gangs wait, by gang.
    package var explanations: [GangKey: String] = [:]

    /// A round that does nothing.
    package init() {}
}

/// Decides about one gang: room for all that must start together, or the reason why not. All or nothing.
///
/// Pods beyond the minimum get room if there is some, one by one.
package func planGang(_ gang: Gang, in snapshot: ClusterSnapshot, now: Timestamp) -> GangDecision {
    guard !gang.unplaced.isEmpty || !gang.blocked.isEmpty else { return .idle }
    guard gang.unplaced.count >= gang.needed else { return .wait(GangExplanation.missingMembers(of: gang)) }
    guard !gang.unplaced.isEmpty else { return .idle }
    var search = GangSearch(in: snapshot, claimsUntil: now + snapshot.claimLifetime)
    if search.placeAll(gang.unplaced) { return .place(GangPlan(gang: gang.key, nodes: search.found)) }

    search = GangSearch(in: snapshot, claimsUntil: now + snapshot.claimLifetime)
    let required = Array(gang.unplaced.prefix(gang.needed))
    let extra = Array(gang.unplaced.dropFirst(gang.needed))
    guard !extra.isEmpty, search.placeAll(required) else {
        return .wait(GangExplanation.noRoom(for: gang, in: snapshot, now: now))
    }
    _ = search.placeAny(extra)
    guard !search.found.isEmpty else { return .wait(GangExplanation.noRoom(for: gang, in: snapshot, now: now)) }
    return .place(GangPlan(gang: gang.key, nodes: search.found))
}

/// Decides about every waiting gang in order, each seeing the room that those before it get.
///
/// A gang that does not fit lets the next ones pass; it never holds a part.
package func planGangs(in snapshot: ClusterSnapshot, now: Timestamp) -> GangRound {
    var snapshot = snapshot
    var round = GangRound()
    for gang in snapshot.waitingGangs() {
        switch planGang(gang, in: snapshot, now: now) {
        case .idle: continue
        case .wait(let explanation): round.explanations[gang.key] = explanation
        case .place(let plan):
            guard snapshot.commit(plan, now: now) else { continue }
            round.plans.append(plan)
        }
    }
    return round
}

extension ClusterSnapshot {
    /// Sets aside all the room of a plan in one step, or none of it if any pod no longer waits or fits.
    package mutating func commit(_ plan: GangPlan, now: Timestamp) -> Bool {
        let expiry = now + claimLifetime
        var made: [String] = []
        for (uid, name) in plan.nodes.sorted(by: { $0.key < $1.key }) {
            guard let pod = pods[uid], pod.isWaiting, claims[uid] == nil, let node = node(name),
                node.misfit(of: pod) == nil
            else {
                for uid in made { dropClaim(uid) }
                return false
            }
            claim(uid, Claim(node: name, source: .planned, expiresAt: expiry))
            made.append(uid)
        }
        return true
    }

    /// Pods whose room the API server does not know of yet, with their node: gates to open, annotations to write.
    package var unannounced: [(pod: PodProjection, node: String)] {
        claims.compactMap { uid, claim in
            guard claim.source != .binding, let pod = pods[uid], pod.gang != nil else { return nil }
            return pod.hasGangGate || pod.reservedNode != claim.node ? (pod, claim.node) : nil
        }.sorted { $0.pod.title < $1.pod.title }
    }
}
