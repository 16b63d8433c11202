import Foundation
import JSON
import TestSupport
import Testing

/// What kubectl sees of pods that really run.
@Suite("pods on a local cluster", .bareCluster)
struct LocalClusterTests {
    let cluster: BareCluster

    init() throws { cluster = try #require(BareCluster.current) }

    @Test("init containers fill volumes, and containers see environment, config maps and secrets")
    func surroundings() async throws {
        try await cluster.kubectl("create", "configmap", "settings", "--from-literal=rate=0.1")
        try await cluster.kubectl("create", "secret", "generic", "login", "--from-literal=token=s3cret")
        try await cluster.create(
            "surroundings",
            #"""
            {"restartPolicy":"Never",
             "initContainers":[{"name":"fill","image":"x","command":["sh","-c","echo from-init > /data/sub/file"],
               "volumeMounts":[{"name":"data","mountPath":"/data/sub","subPath":"part"}]}],
             "containers":[{"name":"main","image":"x","workingDir":"/data",
               "command":["sh","-c","cat part/file /etc/settings/rate; echo; echo $(TOKEN) $(RATE) $(NODE) $0; pwd","$(RATE)"],
               "env":[{"name":"TOKEN","valueFrom":{"secretKeyRef":{"name":"login","key":"token"}}},
                      {"name":"RATE","valueFrom":{"configMapKeyRef":{"name":"settings","key":"rate"}}},
                      {"name":"NODE","valueFrom":{"fieldRef":{"fieldPath":"spec.nodeName"}}}],
               "volumeMounts":[{"name":"data","mountPath":"/data"},{"name":"settings","mountPath":"/etc/settings","readOnly":true}]}],
             "volumes":[{"name":"data","emptyDir":{}},{"name":"settings","configMap":{"name":"settings"}}]}
            """#)
        try await cluster.waitFor("Succeeded", of: "surroundings")
        let node = try #require(try await cluster.pod("surroundings")?[path: "spec", "nodeName"]?.string)
        let log = try await cluster.kubectl("logs", "surroundings")
        #expect(log == "from-init\n0.1\ns3cret 0.1 \(node) 0.1\n/data\n")
    }

    @Test("a container that crashes is started again, with its end, its message and its log before kept")
    func crashes() async throws {
        try await cluster.create(
            "crashes",
            #"""
            {"containers":[{"name":"main","image":"x",
              "command":["sh","-c","echo told; printf why > /dev/termination-log; exit 4"]}]}
            """#)
        let status = try await eventually("a back-off") {
            let status = try await cluster.pod("crashes")?["status"]?["containerStatuses"]?[0]
            let reason = status?[path: "state", "waiting", "reason"]?.string
            return reason == "CrashLoopBackOff" ? status : nil
        }
        #expect(status["restartCount"]?.int == 1)
        #expect(status[path: "lastState", "terminated", "exitCode"]?.int == 4)
        #expect(status[path: "lastState", "terminated", "message"]?.string == "why")
        #expect(try await cluster.kubectl("logs", "crashes", "--previous") == "told\n")
        try await cluster.kubectl("delete", "pod", "crashes")
    }

    @Test("following a log ends with the container")
    func following() async throws {
        try await cluster.create(
            "talker",
            #"{"restartPolicy":"Never","containers":[{"name":"main","image":"x","command":["sh","-c","for i in 1 2 3; do echo $i; sleep 0.2; done"]}]}"#
        )
        try await eventually("it runs") {
            try await cluster.pod("talker")?[path: "status", "phase"]?.string != "Pending" ? () : nil
        }
        #expect(try await cluster.kubectl("logs", "-f", "talker") == "1\n2\n3\n")
        #expect(try await cluster.kubectl("logs", "talker", "--tail=1") == "3\n")
    }

    @Test("deletion asks first and kills after the grace; forced deletion kills at once")
    func deletion() async throws {
        let spec =
            #"{"terminationGracePeriodSeconds":1,"containers":[{"name":"main","image":"x","command":["bash","-c","trap '' TERM; exec -a NAME sleep 1000"]}]}"#
        for (name, options) in [("graceful", [String]()), ("forced", ["--force", "--grace-period=0"])] {
            let mark = "\(name)-\(UUID().uuidString.prefix(8))"
            try await cluster.create(name, spec.replacing("NAME", with: mark))
            try await cluster.waitFor("Running", of: name)
            try await eventually("its process runs") { processes(mark).isEmpty ? nil : () }
            let result = try await cluster.tryKubectl(["delete", "pod", name] + options)
            #expect(result.status == 0, "\(result.errors)")
            #expect(try await cluster.pod(name) == nil)
            try await eventually("its process has ended") { processes(mark).isEmpty ? () : nil }
        }
    }

    @Test("pods find each other by the names of services")
    func services() async throws {
        try await cluster.kubectl("create", "service", "clusterip", "web", "--tcp=80:18099")
        try await cluster.create(
            "web", labels: #"{"app":"web"}"#,
            #"""
            {"containers":[{"name":"main","image":"x","command":["python3","-c",
              "import http.server as h\nclass H(h.BaseHTTPRequestHandler):\n def do_GET(s): s.send_response(200); s.end_headers(); s.wfile.write(b'served')\nh.HTTPServer(('', 18099), H).serve_forever()"]}]}
            """#)
        try await cluster.waitFor("Running", of: "web")
        try await cluster.create(
            "visitor",
            #"""
            {"restartPolicy":"OnFailure","containers":[{"name":"main","image":"x","command":["python3","-c",
              "import urllib.request as r; print(r.urlopen('http://web.default.svc/').read().decode())"]}]}
            """#)
        try await cluster.waitFor("Succeeded", of: "visitor")
        #expect(try await cluster.kubectl("logs", "visitor") == "served\n")
        let slices = try await cluster.kubectl("get", "endpointslices", "-o", "name")
        #expect(slices.contains("web"))
        try await cluster.kubectl("delete", "pod", "web")
    }
}

/// Where pods go, and what is said when they go nowhere.
@Suite("scheduling on a local cluster", .serialized, .bareCluster)
struct LocalSchedulingTests {
    let cluster: BareCluster

    init() throws { cluster = try #require(BareCluster.current) }

    private func sleeper(_ extra: String, pod: String = "") -> String {
        #"{\#(pod)"terminationGracePeriodSeconds":0,"containers":[{"name":"main","image":"x","command":["sleep","1000"]\#(extra)}]}"#
    }

    private func message(_ name: String) async throws -> String? {
        let conditions = try await cluster.pod(name)?["status"]?["conditions"]
        return conditions?.elements.first { $0["type"]?.string == "PodScheduled" }?["message"]?.string
    }

    @Test("a pod that does not fit says why, and starts when room appears")
    func room() async throws {
        let whole = #","resources":{"limits":{"nvidia.com/gpu":2}}"#
        for number in 1...3 { try await cluster.create("gpu-\(number)", sleeper(whole)) }
        for number in 1...3 { try await cluster.waitFor("Running", of: "gpu-\(number)") }
        try await cluster.create("gpu-4", sleeper(whole))
        let reason =
            "0/3 nodes are available: 3 Insufficient nvidia.com/gpu. preemption: 0/3 nodes are available: "
            + "3 No preemption victims found for incoming pod."
        try await eventually("the reason") { try await message("gpu-4") == reason ? () : nil }
        let events = try await eventually("the event") {
            let text = try await cluster.kubectl("describe", "pod", "gpu-4")
            return text.contains("FailedScheduling") ? text : nil
        }
        #expect(events.contains("3 Insufficient nvidia.com/gpu"))
        let nodes = try await (1...3).map { "gpu-\($0)" }.asyncMap {
            try await cluster.pod($0)?[path: "spec", "nodeName"]?.string
        }
        #expect(Set(nodes).count == 3)
        try await cluster.kubectl("delete", "pod", "gpu-2")
        try await cluster.waitFor("Running", of: "gpu-4")
        try await cluster.kubectl("delete", "pods", "--all")
    }

    @Test("host ports, cordons, selectors and gates are respected")
    func rules() async throws {
        let port = #","ports":[{"containerPort":7000,"hostPort":7000}]"#
        try await cluster.kubectl("cordon", "node-3")
        for number in 1...3 { try await cluster.create("port-\(number)", sleeper(port)) }
        let text =
            "0/3 nodes are available: 1 node(s) were unschedulable, 2 node(s) didn't have free ports for the requested pod "
            + "ports. preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption "
            + "victims found for incoming pod."
        try await eventually("one is left over") {
            for number in 1...3 where try await message("port-\(number)") == text { return () }
            return nil
        }
        try await cluster.kubectl("uncordon", "node-3")
        for number in 1...3 { try await cluster.waitFor("Running", of: "port-\(number)") }
        try await cluster.create(
            "picky", sleeper("", pod: #""nodeSelector":{"zone":"a"},"schedulingGates":[{"name":"example.com/wait"}],"#))
        try await cluster.kubectl("label", "node", "node-2", "zone=a")
        #expect(try await cluster.pod("picky")?[path: "spec", "nodeName"] == nil)
        try await cluster.kubectl(
            "patch", "pod", "picky", "--type=json", "-p", #"[{"op":"remove","path":"/spec/schedulingGates"}]"#)
        try await cluster.waitFor("Running", of: "picky")
        #expect(try await cluster.pod("picky")?[path: "spec", "nodeName"]?.string == "node-2")
    }
}

/// How a cluster ends.
@Suite("the end of a local cluster")
struct LocalClusterEndTests {
    @Test("nothing is left when a cluster ends, not even when it is killed", arguments: [SIGTERM, SIGKILL])
    func nothingIsLeft(_ signal: Int32) async throws {
        let cluster = try await BareCluster.start("--nodes", "1")
        let mark = "kubedl-end-\(UUID().uuidString.prefix(8))"
        try await cluster.create(
            "stubborn",
            #"""
            {"containers":[{"name":"main","image":"x","command":["bash","-c",
              "trap '' TERM; setsid bash -c 'exec -a \#(mark)-child sleep 1000' & exec -a \#(mark) sleep 1000"]}]}
            """#)
        try await eventually("both of its processes run") { processes(mark).count == 2 ? () : nil }
        let process = try #require(cluster.process)
        kill(process, signal)
        try await eventually("all processes have ended") { processes(mark).isEmpty ? () : nil }
        #expect(try await cluster.local(["down"]).contains("no cluster") || signal == SIGTERM)
        await #expect(throws: Program.Failed.self) { try await cluster.local(["kubeconfig"]) }
        await cluster.stop()
    }
}

/// The processes of this machine whose command starts with `name`.
func processes(_ name: String) -> [String] {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return entries.filter { entry in
        guard let bytes = FileManager.default.contents(atPath: "/proc/\(entry)/cmdline") else { return false }
        return String(decoding: bytes, as: UTF8.self).hasPrefix(name)
    }
}
