import KubernetesModel
import Placement
import Testing

struct GangPlanningTests {
    private func place(_ decision: GangDecision) throws -> [String: String] {
        guard case .place(let plan) = decision else {
            Issue.record("expected a plan, got \(decision)")
            return [:]
        }
        return plan.nodes
    }

    @Test("a gang gets room for all of its pods in one step")
    func wholeGang() throws {
        var snapshot = cluster(threeNodes, gang("g", of: 6))
        let round = planGangs(in: snapshot, now: start)
        #expect(round.plans.count == 1)
        let committed = snapshot.commit(round.plans[0], now: start)
        #expect(committed)
        #expect(snapshot.freeGPUs.values.allSatisfy { $0 == 0 })
        #expect(snapshot.unannounced.map(\.pod.name) == (0..<6).map { "g-\($0)" })
    }

    @Test("seven GPUs of six: nobody gets any, and the reason is readable")
    func tooLarge() {
        let snapshot = cluster(threeNodes, gang("big", of: 7))
        #expect(
            snapshot.decide("big")
                == .wait(
                    "gang ml/big needs 7 nvidia.com/gpu in 7 pods; 6 of 6 free on 3 nodes: waiting for room; "
                        + "6 of 7 pods would fit now; 3 nodes: insufficient nvidia.com/gpu"))
    }

    @Test("it starts by itself when room appears")
    func roomAppears() throws {
        var snapshot = cluster(threeNodes, gang("big", of: 7))
        snapshot.update(node("node-4"))
        #expect(try place(snapshot.decide("big")).count == 7)
    }

    @Test("a gang waits for all of its pods to exist")
    func missing() {
        let snapshot = cluster(threeNodes, Array(gang("g", of: 3).prefix(2)))
        #expect(snapshot.decide("g") == .wait("gang ml/g has 2 of 3 pods: waiting for the rest"))
    }

    @Test("a pod that another gate holds back does not count")
    func otherGate() {
        var members = gang("g", of: 2)
        members[1].hasOtherGates = true
        #expect(
            cluster(threeNodes, members).decide("g")
                == .wait("gang ml/g has 1 of 2 pods; 1 pod held back by other gates: waiting for the rest"))
    }

    @Test("two gangs that fit only one at a time never both hold a part")
    func twoGangs() {
        var snapshot = cluster(threeNodes, gang("a", of: 4, createdAt: 1) + gang("b", of: 4, createdAt: 2))
        let round = planGangs(in: snapshot, now: start)
        #expect(round.plans.map(\.gang.name) == ["a"])
        #expect(round.explanations.keys.map(\.name) == ["b"])
        let committed = snapshot.commit(round.plans[0], now: start)
        #expect(committed)
        #expect(planGangs(in: snapshot, now: start).plans.isEmpty)
        for index in 0..<4 { snapshot.removePod("uid-a-\(index)") }
        #expect(planGangs(in: snapshot, now: start).plans.map(\.gang.name) == ["b"])
    }

    @Test("priority comes before age, and a gang that does not fit lets smaller ones pass")
    func order() {
        let pods =
            gang("old", of: 6, createdAt: 1) + gang("huge", of: 9, createdAt: 0, priority: 50)
            + gang("urgent", of: 3, createdAt: 3, priority: 10)
        let snapshot = cluster(threeNodes, pods)
        #expect(snapshot.waitingGangs().map(\.key.name) == ["huge", "urgent", "old"])
        #expect(planGangs(in: snapshot, now: start).plans.map(\.gang.name) == ["urgent"])
    }

    @Test("a partly started gang is completed before others start")
    func claimFirst() {
        let half = gang("half", of: 4, createdAt: 9)
        let pods = [half[0].opened(on: nil), half[1].bound(to: "node-1"), half[2], half[3]]
        let snapshot = cluster(threeNodes, pods + gang("first", of: 5, createdAt: 1, priority: 100))
        #expect(planGangs(in: snapshot, now: start).plans.map(\.gang.name) == ["half"])
    }

    @Test("after a restart the annotations of opened pods give them their room back")
    func restart() throws {
        let members = gang("g", of: 3, gpus: 2)
        let snapshot = cluster(threeNodes, [members[0].opened(on: "node-3"), members[1], members[2]])
        #expect(snapshot.claims["uid-g-0"]?.node == "node-3")
        #expect(Set(try place(snapshot.decide("g")).values) == ["node-1", "node-2"])
    }

    @Test("a replacement joins its gang without waiting for another full gang")
    func replacement() throws {
        let members = gang("g", of: 3)
        let snapshot = cluster(
            threeNodes, [members[0].bound(to: "node-1"), members[1].bound(to: "node-1"), members[2]])
        #expect(try place(snapshot.decide("g")).keys.sorted() == ["uid-g-2"])
    }

    @Test("pods beyond the minimum get room if there is some")
    func elastic() throws {
        let snapshot = cluster(threeNodes, gang("g", of: 8, minimum: 4))
        #expect(try place(snapshot.decide("g")).count == 6)
        #expect(try place(cluster(threeNodes, gang("g", of: 5, minimum: 4)).decide("g")).count == 5)
    }

    @Test("the largest pod is placed first, each on the node with least left")
    func bestFit() throws {
        var members = gang("g", of: 3)
        members[2].requests.gpus = 4
        let nodes = [node("a", gpus: 4), node("b", gpus: 1), node("c", gpus: 1)]
        #expect(
            try place(cluster(nodes, members).decide("g")) == ["uid-g-0": "b", "uid-g-1": "c", "uid-g-2": "a"])
    }

    @Test("where best fit fails a small gang is searched further")
    func search() throws {
        // Best fit by GPUs puts `any` on `a`, the only node that `picky` may use.
        var members = gang("g", of: 2)
        members[1].nodeSelector = ["kubernetes.io/hostname": "a"]
        members[0].requests.milliCPU = 200
        let nodes = [node("a", gpus: 1), node("b", gpus: 2)]
        #expect(try place(cluster(nodes, members).decide("g")) == ["uid-g-0": "b", "uid-g-1": "a"])
    }

    @Test("fragmented room is explained by what stands in the way")
    func fragmented() {
        let pods = (1...3).map { pod("x\($0)", gpus: 1).bound(to: "node-\($0)") }
        #expect(
            cluster(threeNodes, pods + gang("g", of: 1, gpus: 2)).decide("g")
                == .wait(
                    "gang ml/g needs 2 nvidia.com/gpu in 1 pod; 3 of 6 free on 3 nodes: waiting for room; "
                        + "3 nodes: insufficient nvidia.com/gpu"))
    }

    @Test("a plan that another change has overtaken is refused whole")
    func overtaken() throws {
        var snapshot = cluster(threeNodes, gang("g", of: 6))
        let plan = planGangs(in: snapshot, now: start).plans[0]
        snapshot.update(pod("x", gpus: 1).bound(to: "node-2"), now: start)
        let committed = snapshot.commit(plan, now: start)
        #expect(!committed)
        #expect(snapshot.claims.isEmpty)
    }

    @Test("an opened pod is announced once the API server shows it on its node")
    func announced() {
        let member = gang("g", of: 1)[0]
        var snapshot = cluster(threeNodes, [member])
        let plan = GangPlan(gang: GangKey(namespace: "ml", name: "g"), nodes: [member.uid: "node-2"])
        let committed = snapshot.commit(plan, now: start)
        #expect(committed)
        #expect(snapshot.unannounced.map(\.node) == ["node-2"])
        snapshot.update(member.opened(on: "node-2"), now: start)
        #expect(snapshot.unannounced.isEmpty)
        #expect(snapshot.claims[member.uid]?.source == .annotated)
    }
}
