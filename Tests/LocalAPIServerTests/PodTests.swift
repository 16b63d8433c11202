import HTTPTransport
import JSON
import KubernetesModel
import Synchronization
import Testing

@testable import LocalAPIServer

@Suite("Pods")
struct PodTests {
    private let pods = "/api/v1/namespaces/default/pods"

    private func binding(_ node: String) -> JSONValue {
        [
            "apiVersion": "v1", "kind": "Binding",
            "metadata": ["name": "p", "annotations": ["example.com/device": "0"]],
            "target": ["kind": "Node", "name": JSONValue(node)],
        ]
    }

    @Test("a gated pod waits, is bound once its gates are gone, and leaves when its node agent says so")
    func lifeOfAPod() async throws {
        try await RunningAPIServer.with { server in
            let made = try await server.expect("POST", pods, Sample.pod("p", gate: "example.com/hold"))
            #expect(made[path: "status", "phase"]?.string == "Pending")
            #expect(made[path: "status", "conditions"]?[0]?["reason"]?.string == "SchedulingGated")
            #expect(try await server.call("POST", pods + "/p/binding", binding("n")).status == 409)
            let more = try await server.call(
                "PATCH", pods + "/p", ["spec": ["schedulingGates": [["name": "example.com/other"]]]],
                type: "application/merge-patch+json")
            #expect(more.message.contains("only deletion is allowed"))
            try await server.expect(
                "PATCH", pods + "/p", [["op": "remove", "path": "/spec/schedulingGates"]],
                type: "application/json-patch+json")
            try await server.expect("POST", pods + "/p/binding", binding("n"))
            #expect(try await server.call("POST", pods + "/p/binding", binding("m")).status == 409)
            let bound = try await server.expect("GET", pods + "/p")
            #expect(bound[path: "spec", "nodeName"]?.string == "n")
            #expect(bound[path: "metadata", "annotations", "example.com/device"]?.string == "0")
            #expect(bound.condition("PodScheduled") == "True")
            let leaving = try await server.expect("DELETE", pods + "/p")
            #expect(leaving[path: "metadata", "deletionGracePeriodSeconds"]?.int == 30)
            let other = try await server.call(
                "DELETE", pods + "/p", ["gracePeriodSeconds": 0, "preconditions": ["uid": "another"]])
            #expect(other.status == 409)
            try await server.expect("DELETE", pods + "/p", ["gracePeriodSeconds": 0])
            #expect(try await server.call("GET", pods + "/p").status == 404)
        }
    }

    @Test("a pod that runs nowhere is deleted at once")
    func unboundDeletion() async throws {
        try await RunningAPIServer.with { server in
            try await server.expect("POST", pods, Sample.pod("p"))
            try await server.expect("DELETE", pods + "/p")
            #expect(try await server.call("GET", pods + "/p").status == 404)
        }
    }

    @Test("a pod's spec may change in its images and little else")
    func immutableSpec() async throws {
        try await RunningAPIServer.with { server in
            try await server.expect("POST", pods, Sample.pod("p"))
            try await server.expect(
                "PATCH", pods + "/p", ["spec": ["containers": [["name": "main", "image": "busybox:2"]]]],
                type: "application/strategic-merge-patch+json")
            let refused = try await server.call(
                "PATCH", pods + "/p", ["spec": ["hostNetwork": true]], type: "application/merge-patch+json")
            #expect(refused.status == 422)
            #expect(refused.message.contains("pod updates may not change fields other than"))
        }
    }

    @Test("defaults are those of Kubernetes")
    func defaults() throws {
        var pod = Sample.pod("p")
        pod[path: ["spec", "hostNetwork"]] = true
        pod[path: ["spec", "containers", "0", "ports"]] = [["containerPort": 80]]
        pod[path: ["spec", "containers", "0", "resources"]] = ["limits": ["nvidia.com/gpu": 1, "cpu": "0.1"]]
        pod[path: ["spec", "volumes"]] = [["name": "v"], ["name": "s", "secret": ["secretName": "x"]]]
        let behavior = PodBehavior()
        behavior.normalize(&pod)
        behavior.setDefaults(&pod)
        let expected: [([String], JSONValue)] = [
            (["restartPolicy"], "Always"), (["dnsPolicy"], "ClusterFirst"), (["terminationGracePeriodSeconds"], 30),
            (["schedulerName"], "default-scheduler"), (["enableServiceLinks"], true),
            (["containers", "0", "imagePullPolicy"], "IfNotPresent"),
            (["containers", "0", "ports"], [["containerPort": 80, "protocol": "TCP", "hostPort": 80]]),
            (
                ["containers", "0", "resources"],
                [
                    "limits": ["nvidia.com/gpu": "1", "cpu": "100m"],
                    "requests": ["nvidia.com/gpu": "1", "cpu": "100m"],
                ]
            ),
            (
                ["volumes"],
                [["name": "v", "emptyDir": [:]], ["name": "s", "secret": ["secretName": "x", "defaultMode": 420]]]
            ),
        ]
        for (path, value) in expected { #expect(pod[path: ["spec"] + path] == value, "\(path)") }
        #expect(behavior.validate(pod).isEmpty)
    }

    @Test(
        "an invalid pod is refused with the field that is wrong",
        arguments: [
            (#"{"containers":[]}"#, "spec.containers: Required value"),
            (
                #"{"containers":[{"name":"a","image":"x"},{"name":"a","image":"x"}]}"#,
                "spec.containers[1].name: Duplicate value: \"a\""
            ),
            (#"{"containers":[{"name":"a"}]}"#, "spec.containers[0].image: Required value"),
            (
                #"{"hostNetwork":true,"containers":[{"name":"a","image":"x","ports":[{"containerPort":80,"hostPort":81}]}]}"#,
                "spec.containers[0].ports[0].hostPort: Invalid value: 81: must match `containerPort` when `hostNetwork` is true"
            ),
            (
                #"{"containers":[{"name":"a","image":"x","resources":{"requests":{"cpu":"a"}}}]}"#,
                "spec.containers[0].resources.requests[cpu]: Invalid value: \"a\": quantities must match"
            ),
            (
                #"{"containers":[{"name":"a","image":"x","resources":{"requests":{"nvidia.com/gpu":"1"}}}]}"#,
                "spec.containers[0].resources.limits: Required value"
            ),
            (
                #"{"containers":[{"name":"a","image":"x","volumeMounts":[{"name":"v","mountPath":"/v"}]}]}"#,
                "spec.containers[0].volumeMounts[0].name: Not found: \"v\""
            ),
            (
                #"{"restartPolicy":"Sometimes","containers":[{"name":"a","image":"x"}]}"#,
                "spec.restartPolicy: Unsupported value: \"Sometimes\""
            ),
        ])
    func invalid(spec: String, problem: String) throws {
        var pod: JSONValue = ["spec": try JSONValue(parsing: spec)]
        PodBehavior().setDefaults(&pod)
        let problems = PodBehavior().validate(pod).map(\.description)
        #expect(problems.count == 1 && problems.first?.hasPrefix(problem) == true, "\(problems)")
    }

    @Test(
        "what a deletion does depends on where the pod is",
        arguments: [
            (#"{}"#, nil, "removed"), (#"{"spec":{"nodeName":"n"}}"#, nil, "30"),
            (#"{"spec":{"nodeName":"n","terminationGracePeriodSeconds":5}}"#, nil, "5"),
            (#"{"spec":{"nodeName":"n"}}"#, 7, "7"), (#"{"spec":{"nodeName":"n"}}"#, 0, "removed"),
            (#"{"spec":{"nodeName":"n"},"status":{"phase":"Succeeded"}}"#, nil, "removed"),
            (#"{"metadata":{"finalizers":["a/b"]}}"#, nil, "0"),
            (
                #"{"metadata":{"deletionTimestamp":"2026-01-01T00:00:30Z","deletionGracePeriodSeconds":30},"spec":{"nodeName":"n"}}"#,
                nil, "unchanged"
            ),
            (
                #"{"metadata":{"deletionTimestamp":"2026-01-01T00:00:30Z","deletionGracePeriodSeconds":30},"spec":{"nodeName":"n"}}"#,
                3, "3"
            ),
        ] as [(String, Int?, String)])
    func deletionPlans(pod: String, grace: Int?, expected: String) throws {
        var options = DeletionOptions()
        options.gracePeriodSeconds = grace
        let now = Timestamp(seconds: 1_767_225_600)
        let plan = DeletionPlan.make(for: try JSONValue(parsing: pod), resource: .pods, options: options, now: now)
        switch plan {
        case .remove: #expect(expected == "removed")
        case .unchanged: #expect(expected == "unchanged")
        case .mark(let marked):
            #expect(marked[path: "metadata", "deletionGracePeriodSeconds"]?.int.map { "\($0)" } == expected)
        }
    }

    @Test("logs come from the node agent, of the right container, with the options of the request")
    func logs() async throws {
        let agent = RecordingLogs()
        try await RunningAPIServer.with(podLogs: agent) { server in
            var pod = Sample.pod("p")
            pod[path: ["spec", "containers"]] = [["name": "a", "image": "x"], ["name": "b", "image": "x"]]
            try await server.expect("POST", pods, pod)
            let ambiguous = try await server.call("GET", pods + "/p/log")
            #expect(ambiguous.message.contains("choose one of: [a b]"))
            try await server.expect("POST", pods + "/p/binding", binding("n"))
            func state(_ name: JSONValue, _ state: JSONValue) async throws {
                try await server.expect(
                    "PATCH", pods + "/p/status",
                    [
                        "status": [
                            "containerStatuses": [
                                [
                                    "name": name, "ready": false, "restartCount": 0, "image": "x", "imageID": "",
                                    "state": state,
                                ]
                            ]
                        ]
                    ],
                    type: "application/merge-patch+json")
            }
            try await state("b", ["waiting": ["reason": "ContainerCreating"]])
            let early = try await server.call("GET", pods + "/p/log?container=b")
            #expect(early.status == 400)
            #expect(early.message == #"container "b" in pod "p" is waiting to start: ContainerCreating"#)
            try await state("b", ["running": [:]])
            let text = try await server.client.send(
                .init(url: server.address + pods + "/p/log?container=b&tailLines=2&follow=true"))
            #expect(String(decoding: text.body, as: UTF8.self) == "one\ntwo\n")
            #expect(agent.asked?.container == "b")
            #expect(agent.asked?.nodeName == "n")
            #expect(agent.options?.tailLines == 2)
            #expect(agent.options?.follow == true)
        }
    }
}

private final class RecordingLogs: PodLogSource {
    private let state = Mutex<(ContainerLogReference, PodLogOptions)?>(nil)
    var asked: ContainerLogReference? { state.withLock { $0?.0 } }
    var options: PodLogOptions? { state.withLock { $0?.1 } }

    func streamLogs(
        of container: ContainerLogReference, options: PodLogOptions,
        to write: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws {
        state.withLock { $0 = (container, options) }
        try await write(Array("one\n".utf8))
        try await write(Array("two\n".utf8))
    }
}
