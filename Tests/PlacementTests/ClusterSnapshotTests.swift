import KubernetesModel
import Placement
import Testing

struct ClusterSnapshotTests {
    @Test("a bound pod holds its room until it ends or goes")
    func bound() {
        var snapshot = cluster(threeNodes, [pod("a", gpus: 2).bound(to: "node-1")])
        #expect(snapshot.freeGPUs == ["node-1": 0, "node-2": 2, "node-3": 2])
        var ended = pod("a", gpus: 2).bound(to: "node-1")
        ended.isFinished = true
        snapshot.update(ended, now: start)
        #expect(snapshot.freeGPUs["node-1"] == 2)
        snapshot.update(pod("a", gpus: 2).bound(to: "node-1"), now: start)
        snapshot.removePod("uid-a")
        #expect(snapshot.freeGPUs["node-1"] == 2)
        #expect(snapshot.pods.isEmpty)
    }

    @Test("the order in which nodes and pods become known does not matter")
    func order() {
        var snapshot = cluster([], [pod("a", gpus: 1).bound(to: "node-2"), pod("b", gpus: 1).bound(to: "node-2")])
        for node in threeNodes { snapshot.update(node) }
        #expect(snapshot.freeGPUs == ["node-1": 2, "node-2": 0, "node-3": 2])
        snapshot.removeNode("node-1")
        snapshot.removeNode("node-2")
        snapshot.removePod("uid-a")
        #expect(snapshot.freeGPUs == ["node-3": 2])
        snapshot.update(node("node-2"))
        #expect(snapshot.freeGPUs == ["node-2": 1, "node-3": 2])
    }

    @Test("a node keeps what is held on it when it changes")
    func nodeChange() {
        var snapshot = cluster(threeNodes, [pod("a", gpus: 2).bound(to: "node-1")])
        snapshot.update(node("node-1", gpus: 3))
        #expect(snapshot.freeGPUs["node-1"] == 1)
    }

    @Test("claimed room is counted once and passes to the bound pod")
    func claims() {
        var snapshot = cluster(threeNodes, [pod("a", gpus: 1)])
        snapshot.claim("uid-a", Claim(node: "node-1", source: .binding, expiresAt: start + .seconds(5), devices: [0]))
        #expect(snapshot.freeGPUs["node-1"] == 1)
        #expect(snapshot.node("node-1")?.freeDevices == [1])
        var bound = pod("a", gpus: 1).bound(to: "node-1")
        bound.gpuDevices = [0]
        snapshot.update(bound, now: start)
        #expect(snapshot.claims.isEmpty)
        #expect(snapshot.freeGPUs["node-1"] == 1)
        #expect(snapshot.node("node-1")?.freeDevices == [1])
    }

    @Test("a claim that runs out gives its room back, and its old annotation does not bring it back")
    func expiry() {
        let member = gang("g", of: 1)[0].opened(on: "node-1")
        var snapshot = cluster(threeNodes, [member])
        #expect(snapshot.claims["uid-g-0"]?.source == .annotated)
        let early = snapshot.expireClaims(now: start + .seconds(59))
        #expect(early.isEmpty)
        let late = snapshot.expireClaims(now: start + .seconds(60))
        #expect(late == ["uid-g-0"])
        snapshot.update(member, now: start + .seconds(61))
        #expect(snapshot.claims.isEmpty)
        #expect(snapshot.avoided == ["uid-g-0": ["node-1"]])
        guard case .place(let plan) = snapshot.decide("g") else {
            Issue.record("no plan")
            return
        }
        #expect(plan.nodes["uid-g-0"] == "node-2")
    }

    @Test("a claim on a node that is cordoned or gone is given back at once")
    func cordon() {
        var snapshot = cluster(threeNodes, gang("g", of: 2).map { $0.opened(on: "node-\($0.name == "g-0" ? 1 : 2)") })
        snapshot.update(node("node-1", cordoned: true))
        snapshot.removeNode("node-2")
        let dropped = snapshot.expireClaims(now: start)
        #expect(dropped == ["uid-g-0", "uid-g-1"])
    }

    @Test("a pod of a gang goes only where its room is, others only where no room is set aside")
    func filter() {
        let members = gang("g", of: 2, gpus: 2)
        var snapshot = cluster(threeNodes, members)
        #expect(snapshot.misfit(of: members[0], on: "node-1") == .gangNotPlaced(GangKey(namespace: "ml", name: "g")))
        snapshot.update(members[0].opened(on: "node-1"), now: start)
        #expect(snapshot.misfit(of: members[0], on: "node-1") == nil)
        #expect(snapshot.misfit(of: members[0], on: "node-2") == .reservedElsewhere("node-1"))
        #expect(snapshot.misfit(of: pod("x", gpus: 1), on: "node-1") == .insufficient("nvidia.com/gpu"))
        #expect(snapshot.misfit(of: pod("x", gpus: 1), on: "node-2") == nil)
        #expect(snapshot.misfit(of: pod("x", gpus: 1), on: "elsewhere") == .unknownNode)
    }

    @Test("GPUs are packed, and pods without GPUs keep off them")
    func scores() throws {
        let snapshot = cluster(
            [node("empty"), node("half"), node("plain", gpus: 0)], [pod("a", gpus: 1).bound(to: "half")])
        let half = try #require(snapshot.node("half"))
        let empty = try #require(snapshot.node("empty"))
        let plain = try #require(snapshot.node("plain"))
        #expect(half.score(of: snapshot.query(pod("x", gpus: 1))) == 10)
        #expect(empty.score(of: snapshot.query(pod("x", gpus: 1))) == 5)
        #expect(plain.score(of: snapshot.query(pod("x"))) == 10)
        #expect(empty.score(of: snapshot.query(pod("x"))) == 0)
    }

    @Test("a planning copy has the pods of gangs in need only, and plans the same")
    func planningCopy() {
        var pods = gang("waits", of: 2) + gang("runs", of: 2).map { $0.bound(to: "node-1") }
        pods.append(pod("alone", gpus: 1).bound(to: "node-2"))
        var snapshot = cluster(threeNodes, pods)
        let copy = snapshot.planningCopy()
        #expect(copy.pods.keys.sorted() == ["uid-waits-0", "uid-waits-1"])
        #expect(Array(copy.gangsInNeed).map(\.name) == ["waits"])
        #expect(copy.freeGPUs == snapshot.freeGPUs)
        #expect(planGangs(in: copy, now: start).plans == planGangs(in: snapshot, now: start).plans)
        for plan in planGangs(in: copy, now: start).plans {
            let committed = snapshot.commit(plan, now: start)
            #expect(committed)
        }
        #expect(snapshot.gangsInNeed.isEmpty && snapshot.planningCopy().pods.isEmpty)
        snapshot.dropClaim("uid-waits-1")
        #expect(Array(snapshot.gangsInNeed).map(\.name) == ["waits"])
        snapshot.removePod("uid-waits-1")
        #expect(snapshot.gangsInNeed.isEmpty)
    }

    @Test("random changes leave the same snapshot as building it anew")
    func equivalence() {
        var generator = Linear(state: 42)
        var snapshot = cluster(threeNodes)
        var pods: [String: PodProjection] = [:]
        for _ in 0..<3000 {
            let name = "p\(Int.random(in: 0..<12, using: &generator))"
            var subject = pod(name, gpus: Int64.random(in: 0...2, using: &generator))
            switch Int.random(in: 0..<4, using: &generator) {
            case 0:
                snapshot.removePod(subject.uid)
                pods[subject.uid] = nil
                continue
            case 1: subject = subject.bound(to: "node-\(Int.random(in: 1...4, using: &generator))")
            case 2:
                snapshot.claim(subject.uid, Claim(node: "node-2", source: .planned, expiresAt: start + .seconds(9)))
                continue
            default: break
            }
            snapshot.update(subject, now: start)
            pods[subject.uid] = subject
            if let claim = snapshot.claims.keys.min(), Bool.random(using: &generator) { snapshot.dropClaim(claim) }
        }
        for uid in snapshot.claims.keys { snapshot.dropClaim(uid) }
        #expect(snapshot.freeGPUs == cluster(threeNodes, Array(pods.values)).freeGPUs)
    }
}

/// A reproducible generator.
struct Linear: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state
    }
}
