import Placement
import Testing

struct FitTests {
    struct Case: CustomTestStringConvertible {
        var what: String
        var change: @Sendable (inout PodProjection, inout NodeProjection) -> Void
        var misfit: Misfit?
        var testDescription: String { what }
    }

    static let cases: [Case] = [
        Case(what: "an empty node takes a pod", change: { _, _ in }, misfit: nil),
        Case(what: "a cordoned node takes nothing", change: { _, node in node.isCordoned = true }, misfit: .cordoned),
        Case(
            what: "a cordoned node takes a pod that tolerates it",
            change: { pod, node in
                node.isCordoned = true
                pod.tolerations = [PodToleration(key: "node.kubernetes.io/unschedulable", exists: true)]
            }, misfit: nil),
        Case(
            what: "a taint keeps off", change: { _, node in node.taints = [NodeTaint(key: "a", effect: .noSchedule)] },
            misfit: .untoleratedTaint("a")),
        Case(
            what: "a soft taint does not",
            change: { _, node in node.taints = [NodeTaint(key: "a", effect: .preferNoSchedule)] }, misfit: nil),
        Case(
            what: "a toleration of another value does not help",
            change: { pod, node in
                node.taints = [NodeTaint(key: "a", value: "x", effect: .noExecute)]
                pod.tolerations = [PodToleration(key: "a", value: "y")]
            }, misfit: .untoleratedTaint("a")),
        Case(
            what: "an empty key tolerates everything",
            change: { pod, node in
                node.taints = [NodeTaint(key: "a", value: "x", effect: .noExecute)]
                pod.tolerations = [PodToleration(key: "", exists: true)]
            }, misfit: nil),
        Case(
            what: "a label that the node lacks", change: { pod, _ in pod.nodeSelector = ["disk": "ssd"] },
            misfit: .nodeSelector),
        Case(
            what: "one affinity term is enough",
            change: { pod, _ in
                pod.affinityTerms = [
                    NodeSelectorTerm(labels: [NodeRequirement("disk", .exists)]),
                    NodeSelectorTerm(fields: [NodeRequirement("metadata.name", .isIn, ["n"])]),
                ]
            }, misfit: nil),
        Case(
            what: "an empty affinity term matches nothing",
            change: { pod, _ in pod.affinityTerms = [NodeSelectorTerm()] },
            misfit: .nodeAffinity),
        Case(
            what: "more GPUs than there are", change: { pod, _ in pod.requests.gpus = 3 },
            misfit: .insufficient("nvidia.com/gpu")),
        Case(
            what: "a resource that the node does not offer", change: { pod, _ in pod.requests.others["x/y"] = 1 },
            misfit: .insufficient("x/y")),
        Case(what: "no room for another pod", change: { _, node in node.maximumPods = 0 }, misfit: .tooManyPods),
    ]

    @Test("a pod fits or the first obstacle is named", arguments: cases)
    func fits(_ test: Case) {
        var subject = pod("p", gpus: 1)
        var place = node("n")
        test.change(&subject, &place)
        #expect(NodeState(place).misfit(of: subject) == test.misfit)
    }

    @Test(
        "requirements compare as Kubernetes does",
        arguments: [
            (NodeRequirement("k", .notIn, ["a"]), nil, true), (NodeRequirement("k", .notIn, ["a"]), "a", false),
            (NodeRequirement("k", .isIn, ["a"]), nil, false), (NodeRequirement("k", .doesNotExist), "a", false),
            (NodeRequirement("k", .greaterThan, ["9"]), "10", true),
            (NodeRequirement("k", .lessThan, ["9"]), "x", false),
            (NodeRequirement("k", .lessThan, ["9"]), "8", true),
        ] as [(NodeRequirement, String?, Bool)])
    func requirements(_ requirement: NodeRequirement, _ value: String?, _ matches: Bool) {
        #expect(requirement.matches(value) == matches)
    }

    @Test("a host port is held once per node and address")
    func hostPorts() {
        var first = pod("a")
        first.hostPorts = [HostPort(20000, address: "0.0.0.0"), HostPort(20001, address: "10.0.0.1")]
        var state = NodeState(node("n"))
        state.hold(first, devices: [])
        for (port, misfit) in [
            (HostPort(20000), Misfit.hostPort(20000)), (HostPort(20000, transport: "UDP"), nil),
            (HostPort(20001, address: "10.0.0.2"), nil), (HostPort(20001), .hostPort(20001)),
        ] {
            var second = pod("b")
            second.hostPorts = [port]
            #expect(state.misfit(of: second) == misfit)
        }
        state.release(first, devices: [])
        #expect(state.hostPorts.isEmpty)
    }

    @Test("GPU devices are given lowest first and come back")
    func devices() {
        var state = NodeState(node("n", gpus: 4))
        let first = pod("a", gpus: 2)
        state.hold(first, devices: [0, 1])
        state.hold(pod("b", gpus: 1), devices: [2])
        state.release(first, devices: [0, 1])
        #expect(state.lowestFreeDevices(3) == [0, 1, 3])
        #expect(state.lowestFreeDevices(4) == nil)
    }
}
