import JSON
import KubernetesModel
import Testing

@testable import LocalScheduler

func pod(_ spec: String, name: String = "p", extra: String = "") throws -> SchedulablePod {
    SchedulablePod(
        json: try JSONDocument(
            parsing: #"{"metadata":{"namespace":"ml","name":"\#(name)","uid":"u-\#(name)"\#(extra)},"spec":\#(spec)}"#
        ).root)
}

func requesting(_ requests: String, name: String = "p") throws -> SchedulablePod {
    try pod(#"{"containers":[{"name":"c","resources":{"requests":\#(requests)}}]}"#, name: name)
}

func node(
    _ name: String, spec: String = "{}", labels: String = "{}",
    room: String = #"{"cpu":"4","memory":"8Gi","pods":"3","nvidia.com/gpu":"2"}"#
) throws -> Node {
    Node(
        json: try JSONDocument(
            parsing:
                #"{"metadata":{"name":"\#(name)","labels":\#(labels)},"spec":\#(spec),"status":{"allocatable":\#(room)}}"#
        ).root)
}

@Suite("Which nodes can take a pod")
struct FilterTests {
    @Test(
        "nodes are refused in the words of kube-scheduler",
        arguments: [
            ("{}", "{}", nil),
            (#"{"unschedulable":true}"#, "{}", "node(s) were unschedulable"),
            (#"{"unschedulable":true}"#, #"{"tolerations":[{"operator":"Exists"}]}"#, nil),
            (
                #"{"unschedulable":true}"#,
                #"{"tolerations":[{"key":"node.kubernetes.io/unschedulable","operator":"Exists","effect":"NoSchedule"}]}"#,
                nil
            ),
            (
                #"{"taints":[{"key":"gpu","value":"a","effect":"NoSchedule"}]}"#, "{}",
                "node(s) had untolerated taint {gpu: a}"
            ),
            (#"{"taints":[{"key":"gpu","value":"a","effect":"PreferNoSchedule"}]}"#, "{}", nil),
            (
                #"{"taints":[{"key":"gpu","value":"a","effect":"NoExecute"}]}"#,
                #"{"tolerations":[{"key":"gpu","value":"a"}]}"#, nil
            ),
            (
                #"{"taints":[{"key":"gpu","value":"a","effect":"NoExecute"}]}"#,
                #"{"tolerations":[{"key":"gpu","value":"b"}]}"#, "node(s) had untolerated taint {gpu: a}"
            ),
            ("{}", #"{"nodeSelector":{"zone":"z1"}}"#, nil),
            ("{}", #"{"nodeSelector":{"zone":"z2"}}"#, "node(s) didn't match Pod's node affinity/selector"),
        ])
    func verdicts(_ nodeSpec: String, _ podSpec: String, _ reason: String?) throws {
        let state = NodeState(node: try node("n", spec: nodeSpec, labels: #"{"zone":"z1"}"#))
        #expect(NodeFilters.rejection(of: try pod(podSpec), on: state)?.reasons == reason.map { [$0] })
    }

    @Test(
        "required node affinity: any term, all of its requirements",
        arguments: [
            (#"[{"matchExpressions":[{"key":"zone","operator":"In","values":["z0","z1"]}]}]"#, true),
            (#"[{"matchExpressions":[{"key":"zone","operator":"NotIn","values":["z1"]}]}]"#, false),
            (#"[{"matchExpressions":[{"key":"other","operator":"NotIn","values":["z1"]}]}]"#, true),
            (#"[{"matchExpressions":[{"key":"zone","operator":"Exists"},{"key":"x","operator":"Exists"}]}]"#, false),
            (
                #"[{"matchExpressions":[{"key":"x","operator":"Exists"}]},{"matchExpressions":[{"key":"zone","operator":"Exists"}]}]"#,
                true
            ),
            (#"[{"matchExpressions":[{"key":"x","operator":"DoesNotExist"}]}]"#, true),
            (#"[{"matchExpressions":[{"key":"gen","operator":"Gt","values":["6"]}]}]"#, true),
            (#"[{"matchExpressions":[{"key":"gen","operator":"Lt","values":["7"]}]}]"#, false),
            (#"[{"matchFields":[{"key":"metadata.name","operator":"In","values":["n"]}]}]"#, true),
            (#"[{"matchFields":[{"key":"metadata.name","operator":"In","values":["m"]}]}]"#, false),
            ("[{}]", false), ("[]", false),
        ])
    func affinity(_ terms: String, _ matches: Bool) throws {
        let spec =
            #"{"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":\#(terms)}}}}"#
        let found = try NodeAffinity.matches(
            try pod(spec).pod.spec, node("n", labels: #"{"zone":"z1","gen":"7"}"#))
        #expect(found == matches)
    }

    @Test("resources and pod counts are kept, and what an extender manages may be left to it")
    func resources() throws {
        var state = NodeState(node: try node("n"))
        state.add(try requesting(#"{"cpu":"3","nvidia.com/gpu":"2"}"#))
        func reasons(_ requests: String, ignoring: Set<String> = []) throws -> [String]? {
            NodeFilters.rejection(of: try requesting(requests), on: state, ignoring: ignoring)?.reasons
        }
        #expect(try reasons(#"{"cpu":"1"}"#) == nil)
        #expect(try reasons(#"{"cpu":"1001m","memory":"9Gi"}"#) == ["Insufficient cpu", "Insufficient memory"])
        #expect(try reasons(#"{"nvidia.com/gpu":"1"}"#) == ["Insufficient nvidia.com/gpu"])
        #expect(try reasons(#"{"nvidia.com/gpu":"1"}"#, ignoring: ["nvidia.com/gpu"]) == nil)
        #expect(try reasons(#"{"amd.com/gpu":"1"}"#) == ["Insufficient amd.com/gpu"])
        state.add(try requesting("{}"))
        state.add(try requesting("{}"))
        #expect(try reasons("{}") == ["Too many pods"])
    }

    @Test(
        "host ports conflict on the same protocol and port, unless on two different addresses",
        arguments: [
            (HostPort(port: 80), HostPort(port: 80), true), (HostPort(port: 80), HostPort(port: 81), false),
            (HostPort(networkProtocol: "UDP", port: 80), HostPort(port: 80), false),
            (HostPort(address: "127.0.0.1", port: 80), HostPort(port: 80), true),
            (HostPort(address: "127.0.0.1", port: 80), HostPort(address: "127.0.0.2", port: 80), false),
            (HostPort(address: "127.0.0.1", port: 80), HostPort(address: "127.0.0.1", port: 80), true),
        ])
    func ports(_ left: HostPort, _ right: HostPort, _ conflict: Bool) {
        #expect(left.conflicts(with: right) == conflict)
        #expect(right.conflicts(with: left) == conflict)
    }

    @Test("the message counts reasons over nodes")
    func message() {
        let text = FitMessage.text(
            nodes: 3,
            rejections: [
                "a": ["Insufficient cpu", "Insufficient memory"], "b": ["Insufficient cpu"],
                "c": ["node(s) were unschedulable"],
            ])
        #expect(
            text == "0/3 nodes are available: 1 Insufficient memory, 1 node(s) were unschedulable, 2 Insufficient cpu.")
        #expect(FitMessage.text(nodes: 0, rejections: [:]) == "no nodes available to schedule pods")
    }

    @Test("pods spread to the emptiest node, and an extender's score can outweigh that")
    func scores() throws {
        var full = NodeState(node: try node("a"))
        full.add(try requesting(#"{"cpu":"3","memory":"4Gi"}"#))
        let empty = NodeState(node: try node("b"))
        let wanted = try requesting(#"{"cpu":"1","memory":"2Gi"}"#)
        let scores = [full, empty].map { NodeScores.leastAllocated(wanted, on: $0) }
        #expect(scores == [12, 75])
        #expect(NodeScores.best([full, empty], scores: ["a": 12, "b": 75])?.node.name == "b")
        #expect(NodeScores.best([full, empty], scores: ["a": 112, "b": 75])?.node.name == "a")
        #expect(NodeScores.best([full, empty], scores: [:])?.node.name == "b")
        #expect(NodeScores.best([], scores: [:]) == nil)
    }
}

@Suite("Pods on nodes, bound and assumed")
struct ClusterStateTests {
    @Test("a pod counts from the moment its binding begins, once, until it ends or goes")
    func assumed() throws {
        var cluster = ClusterState()
        cluster.update(node: try node("n"))
        let pod = try requesting(#"{"cpu":"1"}"#)
        func used() -> Int64 { cluster.snapshot()[0].requested.amount(of: "cpu").roundedUpValue }
        cluster.assume(pod, on: "n")
        #expect(used() == 1)
        cluster.forget(pod)
        #expect(used() == 0)
        cluster.assume(pod, on: "n")
        var bound = pod
        bound.nodeName = "n"
        cluster.update(pod: bound)
        #expect(used() == 1 && cluster.holds(pod.key, uid: pod.uid))
        bound.isFinished = true
        cluster.update(pod: bound)
        #expect(used() == 0 && !cluster.holds(pod.key, uid: pod.uid))
        cluster.assume(pod, on: "n")
        cluster.remove(pod: pod.key, uid: "another")
        #expect(used() == 1)
        cluster.remove(pod: pod.key, uid: pod.uid)
        #expect(used() == 0)
    }
}
