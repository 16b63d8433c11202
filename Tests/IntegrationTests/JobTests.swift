import JSON
import TestSupport
import Testing

/// The suite as its users meet it: kubectl against a cluster whose webhook, extender and controllers are processes.
@Suite("jobs on a local cluster", .serialized, .cluster)
struct JobTests {
    let cluster: TestCluster

    init() throws { cluster = try #require(TestCluster.current) }

    @Test("a job runs to Succeeded; its pods got ports, gates and devices from the suite")
    func jobSucceeds() async throws {
        let namespace = try await makeNamespace("simple")
        try await apply(JobManifest("simple").workers(2).onHostNetwork(), in: namespace)
        try await waitFor("Succeeded", of: "simple", in: namespace)

        let pods = try await pods(of: "simple", in: namespace)
        #expect(pods.count == 3)
        let ports = pods.compactMap { $0[path: "metadata", "annotations", "kubedl.io/host-ports"]?.string }
        #expect(Set(ports).count >= 1 && !ports.isEmpty)
        for pod in pods {
            #expect(pod[path: "spec", "hostNetwork"]?.bool == true)
            #expect(pod[path: "spec", "nodeName"]?.string != nil)
            #expect(pod[path: "metadata", "annotations", "kubedl.io/gpu-devices"]?.string != nil)
            #expect(pod[path: "metadata", "annotations", "kubedl.io/mutations"]?.string?.isEmpty == false)
        }
    }

    @Test("the suite has the rights of the chart's roles and no others")
    func rights() async throws {
        let rows: [(TestCluster.Part, [String], Bool)] = [
            (.controllers, ["create", "pods"], true), (.controllers, ["get", "secrets"], false),
            (.controllers, ["delete", "nodes"], false), (.extender, ["create", "pods", "--subresource=binding"], true),
            (.extender, ["delete", "pods"], false), (.extender, ["get", "secrets"], false),
        ]
        for (part, question, expected) in rows {
            let answer = try await cluster.tryKubectl(
                ["auth", "can-i", "--kubeconfig", cluster.kubeconfig(of: part), "-n", "default"] + question)
            #expect((answer.status == 0) == expected, "\(part) \(question): \(answer.output)\(answer.errors)")
        }
        for part in TestCluster.Part.allCases {
            #expect(!cluster.log(part.rawValue).contains("forbidden"), "\(part) was refused something it asked for")
        }
    }

    @Test("an invalid job is refused with every problem and its field path")
    func invalidJob() async throws {
        let namespace = try await makeNamespace("invalid")
        let manifest = """
            {"apiVersion":"training.kubedl.io/v1alpha1","kind":"PyTorchJob","metadata":{"name":"wrong"},"spec":{
            "pytorchReplicaSpecs":{"Master":{"replicas":2,"template":{"spec":{"containers":[{"name":"main","image":"x"}]}}},
            "Boss":{"replicas":1,"template":{"spec":{"containers":[]}}}}}}
            """
        let result = try await cluster.tryKubectl("apply", "-n", namespace, "-f", "-", input: manifest)
        #expect(result.status != 0)
        for path in [
            "spec.pytorchReplicaSpecs[Master].replicas", "spec.pytorchReplicaSpecs: Unsupported value: \"Boss\"",
            "spec.pytorchReplicaSpecs[Master].template.spec.containers",
        ] {
            #expect(result.errors.contains(path), "\(path) is not named in: \(result.errors)")
        }
    }

    @Test("a gang of 7 GPUs on 6 stays wholly pending, says why, and starts when room appears")
    func gangWaits() async throws {
        let namespace = try await makeNamespace("waiting")
        try await apply(JobManifest("big").workers(6), in: namespace)
        _ = try await eventually("all 7 pods exist") { try await pods(of: "big", in: namespace).count == 7 ? () : nil }
        _ = try await eventually("kubectl describe gives the reason") {
            let text = try await cluster.kubectl("describe", "pod", "big-master-0", "-n", namespace)
            return text.contains("7") && text.contains("nvidia.com/gpu") && text.contains("GangUnschedulable")
                ? () : nil
        }
        let described = try await eventually("kubectl describe of the job gives the reason") {
            let text = try await cluster.kubectl("describe", "pytorchjob", "big", "-n", namespace)
            return text.contains("GangUnschedulable") ? text : nil
        }
        #expect(described.contains("nvidia.com/gpu"))
        for pod in try await pods(of: "big", in: namespace) {
            #expect(pod[path: "spec", "nodeName"] == nil, "a pod of a gang that does not fit is bound")
        }
        let room = #"{"status":{"capacity":{"nvidia.com/gpu":"4"},"allocatable":{"nvidia.com/gpu":"4"}}}"#
        try await cluster.kubectl("patch", "node", "node-1", "--subresource=status", "--type=merge", "-p", room)
        try await waitFor("Succeeded", of: "big", in: namespace)
        let back = #"{"status":{"capacity":{"nvidia.com/gpu":"2"},"allocatable":{"nvidia.com/gpu":"2"}}}"#
        try await cluster.kubectl("patch", "node", "node-1", "--subresource=status", "--type=merge", "-p", back)
    }

    @Test("two gangs that fit only one at a time never both hold a part")
    func twoGangs() async throws {
        let namespace = try await makeNamespace("rivals")
        for name in ["red", "blue"] {
            try await apply(JobManifest(name).workers(3).running("sleep 2"), in: namespace)
        }
        var sawOneWaiting = false
        _ = try await eventually("both jobs succeed", within: .seconds(90)) { () async throws -> Void? in
            // One list is one moment.
            let all = try await cluster.get("pods", namespace: namespace)["items"].map { Array($0.elements) } ?? []
            let gangs = ["red", "blue"].map { name in
                Hold(all.filter { $0[path: "metadata", "labels", "job-name"]?.string == name })
            }
            for (gang, other) in [(gangs[0], gangs[1]), (gangs[1], gangs[0])] where (1...3).contains(gang.bound) {
                #expect(other.running + 4 <= 6, "a gang is being bound beside one that leaves no room for all of it")
            }
            #expect(gangs[0].running + gangs[1].running <= 6)
            sawOneWaiting = sawOneWaiting || gangs.map(\.bound).sorted() == [0, 4]
            let jobs = try await cluster.get("pytorchjobs", namespace: namespace)["items"]
            let done = jobs?.elements.filter { has("Succeeded", $0) }.count
            return done == 2 ? () : nil
        }
        #expect(sawOneWaiting, "no observation fell into the time when one gang ran")
    }

    /// What a gang holds at one moment.
    struct Hold {
        /// Pods that got a node, also those that have ended.
        var bound = 0
        /// Pods that hold a GPU.
        var running = 0

        init(_ pods: [JSONView]) {
            for pod in pods where pod[path: "spec", "nodeName"]?.string != nil {
                bound += 1
                let phase = pod[path: "status", "phase"]?.string
                if phase != "Succeeded", phase != "Failed" { running += 1 }
            }
        }
    }

    @Test("the suite survives SIGKILL of any process at any moment", arguments: TestCluster.Part.allCases)
    func killed(part: TestCluster.Part) async throws {
        let namespace = try await makeNamespace("kill-\(part)")
        for (number, moment) in KillMoment.allCases.enumerated() {
            let name = "job\(number)"
            if moment == .beforeApply { await cluster.kill(part) }
            // A job applied while the webhook is away is refused (failurePolicy Fail): the user applies it again.
            if moment == .beforeApply, part == .webhook {
                let refused = try await cluster.tryKubectl(
                    "apply", "-n", namespace, "-f", "-", input: JobManifest(name).text)
                #expect(refused.status != 0)
                try cluster.start(part)
                try await cluster.waitUntilReady(part)
            }
            try await apply(JobManifest(name).workers(2).running("sleep 2").onHostNetwork(), in: namespace)
            if moment != .beforeApply {
                _ = try await eventually("\(moment) of \(name)") {
                    try await reached(moment, name, namespace) ? () : nil
                }
                await cluster.kill(part)
            }
            if !(moment == .beforeApply && part == .webhook) { try cluster.start(part) }
            try await waitFor("Succeeded", of: name, in: namespace, within: .seconds(120))
            let pods = try await pods(of: name, in: namespace)
            let names = pods.compactMap { $0[path: "metadata", "name"]?.string }
            #expect(names.sorted() == ["\(name)-master-0", "\(name)-worker-0", "\(name)-worker-1"])
        }
    }

    enum KillMoment: CaseIterable { case beforeApply, firstPod, running }

    private func reached(_ moment: KillMoment, _ job: String, _ namespace: String) async throws -> Bool {
        let pods = try await pods(of: job, in: namespace)
        switch moment {
        case .beforeApply: return true
        case .firstPod: return !pods.isEmpty
        case .running: return pods.contains { $0[path: "status", "phase"]?.string == "Running" }
        }
    }

    // MARK: steps

    private func makeNamespace(_ name: String) async throws -> String {
        try await cluster.kubectl("create", "namespace", name)
        return name
    }

    private func apply(_ job: JobManifest, in namespace: String) async throws {
        try await cluster.kubectl("apply", "-n", namespace, "-f", "-", input: job.text)
    }

    private func pods(of job: String, in namespace: String) async throws -> [JSONView] {
        let list = try await cluster.get("pods", "-l", "job-name=\(job)", namespace: namespace)
        return list["items"].map { Array($0.elements) } ?? []
    }

    private func has(_ type: String, _ job: JSONView) -> Bool {
        job[path: "status", "conditions"]?.elements.contains {
            $0["type"]?.string == type && $0["status"]?.string == "True"
        } ?? false
    }

    private func waitFor(
        _ condition: String, of job: String, in namespace: String, within patience: Duration = .seconds(90)
    ) async throws {
        do {
            _ = try await eventually("\(job) is \(condition)", within: patience) {
                has(condition, try await cluster.get("pytorchjob", job, namespace: namespace)) ? () : nil
            }
        } catch {
            let state = try await cluster.tryKubectl("describe", "pytorchjobs,pods", "-n", namespace)
            let logs = ["cluster", "webhook", "extender", "controllers"].map {
                "--- \($0)\n\(cluster.log($0).suffix(3000))"
            }
            Issue.record("\(error)\n\(state.output.suffix(6000))\n\(logs.joined(separator: "\n"))")
            throw error
        }
    }
}

extension Array {
    /// The elements' images, one after the other.
    func asyncMap<Result>(_ transform: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
