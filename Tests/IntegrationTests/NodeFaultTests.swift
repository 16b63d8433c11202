import Foundation
import JSON
import TestSupport
import Testing

/// What becomes of pods when their node or their containers fail, as kubectl shows it.
/// Source: Kubernetes documentation, "Node heartbeats", "Taint-based evictions", "Pod disruption conditions".
@Suite(
    "faults of nodes and containers",
    .bareCluster(
        "--node-lease-duration-seconds", "8", "--node-monitor-grace-period", "10",
        "--default-unreachable-toleration-seconds", "2"))
struct NodeFaultTests {
    let cluster: BareCluster
    /// For pods that must not suffer from what happens to the other two nodes.
    private let onSafeNode = #""nodeSelector":{"kubernetes.io/hostname":"node-1"}"#

    init() throws { cluster = try #require(BareCluster.current) }

    private func node(_ name: String) async throws -> JSONView {
        try await cluster.get("node", name, namespace: "default")
    }

    private func waitForNode(_ name: String, ready: String) async throws {
        try await eventually("\(name) has Ready=\(ready)") {
            let conditions = try await node(name)[path: "status", "conditions"]
            return conditions?.elements.first { $0["type"]?.string == "Ready" }?["status"]?.string == ready ? () : nil
        }
    }

    /// The states of this machine's processes with a word among their arguments. Source: proc_pid_stat(5).
    private func states(ofProcessesWith word: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.filter { Int($0) != nil }.compactMap { name in
            func text(_ file: String) -> String? {
                FileManager.default.contents(atPath: "/proc/\(name)/\(file)").map {
                    String(decoding: $0, as: UTF8.self)
                }
            }
            guard text("cmdline")?.split(separator: "\0").contains(Substring(word)) == true else { return nil }
            return text("stat")?.split(separator: ")").last?.split(separator: " ").first.map(String.init)
        }
    }

    @Test(
        "a node that hangs is not ready and tainted, its pods go elsewhere; healed, it is ready and their processes end"
    )
    func freeze() async throws {
        let word = "86\(UInt16.random(in: 10_000...60_000))"
        try await cluster.create(
            "hung",
            #"{"nodeSelector":{"kubernetes.io/hostname":"node-2"},"terminationGracePeriodSeconds":1,"#
                + #""containers":[{"name":"main","image":"x","command":["sleep","\#(word)"]}]}"#)
        try await cluster.waitFor("Running", of: "hung")
        try await cluster.local(["fault", "freeze", "node-2"])
        // A signal takes effect when the process is next scheduled.
        try await eventually("its processes are stopped") {
            let states = states(ofProcessesWith: word)
            return !states.isEmpty && states.allSatisfy { $0 == "T" } ? () : nil
        }
        try await waitForNode("node-2", ready: "Unknown")
        let evicted = try await eventually("the pod is told to go") {
            let pod = try await cluster.pod("hung")
            return pod?[path: "metadata", "deletionTimestamp"] == nil ? nil : pod
        }
        let taints = try await node("node-2")[path: "spec", "taints"]?.elements.map {
            "\($0["key"]?.string ?? ""):\($0["effect"]?.string ?? "")"
        }
        let unreachable = "node.kubernetes.io/unreachable"
        #expect(Set(taints ?? []) == ["\(unreachable):NoSchedule", "\(unreachable):NoExecute"])
        let conditions = evicted[path: "status", "conditions"]?.elements.map { $0 } ?? []
        #expect(conditions.first { $0["type"]?.string == "Ready" }?["status"]?.string == "False")
        let disruption = conditions.first { $0["type"]?.string == "DisruptionTarget" }
        #expect(disruption?["reason"]?.string == "DeletionByTaintManager")
        #expect(!states(ofProcessesWith: word).isEmpty, "nobody could tell the node")

        try await cluster.local(["fault", "heal", "node-2"])
        try await waitForNode("node-2", ready: "True")
        try await eventually("the pod and its processes are gone") {
            try await cluster.pod("hung") == nil && states(ofProcessesWith: word).isEmpty ? () : nil
        }
        try await eventually("the taints are gone") {
            try await node("node-2")[path: "spec", "taints"]?.elements.first { _ in true } == nil ? () : nil
        }
    }

    @Test("a node that is cut off is not ready while its pods go on, unreachable; healed, they are ready again")
    func cut() async throws {
        try await cluster.create(
            "server",
            #"{"nodeSelector":{"kubernetes.io/hostname":"node-3"},"tolerations":[{"operator":"Exists"}],"#
                + #""containers":[{"name":"main","image":"x","command":["python3","-m","http.server","8000"],"#
                + #""readinessProbe":{"httpGet":{"port":8000},"periodSeconds":1}}]}"#)
        try await cluster.kubectl("wait", "--for=condition=Ready", "pod/server", "--timeout=60s")
        let address = try #require(try await cluster.pod("server")?[path: "status", "podIP"]?.string)
        func answers() async throws -> Bool {
            try await Program.run(["curl", "-s", "-m", "2", "http://\(address):8000/"]).status == 0
        }
        #expect(try await answers())
        try await cluster.local(["fault", "cut", "node-3"])
        if address.hasPrefix("10.") { #expect(try await !answers()) }
        try await waitForNode("node-3", ready: "Unknown")
        try await cluster.kubectl("wait", "--for=condition=Ready=false", "pod/server", "--timeout=60s")
        try await cluster.local(["fault", "heal", "node-3"])
        try await waitForNode("node-3", ready: "True")
        try await cluster.kubectl("wait", "--for=condition=Ready", "pod/server", "--timeout=60s")
        #expect(try await answers())
        #expect(try await cluster.pod("server")?[path: "status", "containerStatuses"]?[0]?["restartCount"]?.int == 0)
    }

    @Test("a container that is killed ends with 137 and is started again")
    func kill() async throws {
        try await cluster.create(
            "killed", #"{\#(onSafeNode),"containers":[{"name":"main","image":"x","command":["sleep","600"]}]}"#)
        try await cluster.waitFor("Running", of: "killed")
        try await cluster.local(["fault", "kill", "killed", "--container", "main"])
        let status = try await eventually("it runs again") {
            let status = try await cluster.pod("killed")?[path: "status", "containerStatuses"]?[0]
            let isBack = status?["restartCount"]?.int == 1 && status?[path: "state", "running"] != nil
            return isBack ? status : nil
        }
        #expect(status[path: "lastState", "terminated", "exitCode"]?.int == 137)
        #expect(status[path: "lastState", "terminated", "reason"]?.string == "Error")
    }

    @Test("what is wrong with a request for a fault is said")
    func unknown() async throws {
        for arguments in [["freeze", "node-9"], ["kill", "nobody"]] {
            let error = await #expect(throws: Program.Failed.self) { try await cluster.local(["fault"] + arguments) }
            #expect("\(error as Any)".contains("no node"))
        }
    }

    /// A pod whose container may take 64 MiB.
    private func createLimited(_ name: String, _ command: String) async throws {
        if cluster.log.contains("memory limits are not enforced") {
            try Test.cancel("this machine lets nobody limit memory: no control group can be made")
        }
        try await cluster.create(
            name,
            #"{\#(onSafeNode),"restartPolicy":"Never","containers":[{"name":"main","image":"x","#
                + #""resources":{"limits":{"memory":"64Mi"}},"command":\#(command)}]}"#)
    }

    /// A Python program that takes 256 MiB.
    private let greed = "x = b'x' * (256 << 20); print('survived')"

    @Test("a command in a container has the container's limit of memory")
    func memoryOfCommands() async throws {
        try await createLimited("modest", #"["sleep","600"]"#)
        try await cluster.waitFor("Running", of: "modest")
        let result = try await cluster.tryKubectl(["exec", "modest", "--", "python3", "-c", greed])
        #expect(result.status == 137 && !result.output.contains("survived"))
    }

    @Test("a container that takes more memory than its limit is OOMKilled with 137")
    func memory() async throws {
        try await createLimited("greedy", #"["python3","-c","\#(greed)"]"#)
        try await cluster.waitFor("Failed", of: "greedy")
        let end = try await cluster.pod("greedy")?[path: "status", "containerStatuses"]?[0]?[
            path: "state", "terminated"]
        #expect(end?["exitCode"]?.int == 137 && end?["reason"]?.string == "OOMKilled")
    }
}
