import Admission
import JSON
import KubernetesModel
import Testing
import Workloads

@Suite("Host network")
struct HostNetworkTests {
    @Test("the pod uses its node's network, its port gets a number there, and it is told")
    func assignsPort() throws {
        let pod = try SamplePod().annotated("kubedl.io/network-mode", "host").admitted()
        #expect(pod.json[path: ["spec", "hostNetwork"]] == true)
        #expect(pod.json[path: ["spec", "dnsPolicy"]] == "ClusterFirstWithHostNet")
        let port = pod.container()?["ports"]?[0]
        let number = try #require(port?["hostPort"]?.int)
        #expect((20000..<30000).contains(number))
        #expect(port?["containerPort"]?.int == number && port?["name"] == "pytorchjob-port")
        let environment = pod.container()?["env"]?.array ?? []
        #expect(
            environment.map { $0["name"]?.string } == [
                "KUBEDL_HOST_PORT", "KUBEDL_HOST_PORT_PYTORCHJOB_PORT", "MASTER_PORT",
            ])
        #expect(environment.prefix(2).allSatisfy { $0["value"]?.string == String(number) })
        #expect(pod.annotation("kubedl.io/host-ports") == "{\"pytorchjob-port\":\(number)}")
        #expect(pod.annotation("kubedl.io/mutations")?.contains("host port \(number)") == true)
        #expect(pod.json[path: ["spec", "unknownField"]]?.text == #"{"kept": [1.50, "x"]}"#)
    }

    @Test("the number follows from job, role, index and restart, so that others can foresee it")
    func isForeseeable() throws {
        func number(_ role: String, _ index: Int, restart: Int = 0) throws -> Int? {
            try SamplePod(role: role, index: index).annotated("kubedl.io/network-mode", "host")
                .annotated("kubedl.io/restart-count", String(restart)).admitted(uid: "\(role)\(restart)")
                .container()?["ports"]?[0]?["hostPort"]?.int
        }
        #expect(try number("worker", 1) == number("worker", 1))
        let all = [
            try number("master", 0), try number("worker", 0), try number("worker", 1),
            try number("worker", 1, restart: 1),
        ]
        #expect(Set(all).count == 4)
        let foreseen = HostPorts.port(
            owner: "4f1c2a60", role: 1, of: 2, index: 1, restart: 1, port: 0, in: HostPorts.defaultRange)
        #expect(all[3] == foreseen)
    }

    @Test("pods without an index differ by name, and before they have one by request")
    func spreadsForeignPods() throws {
        let pod = try SamplePod().annotated("kubedl.io/network-mode", "host")
            .setting("metadata", "labels", to: nil).setting("metadata", "name", to: nil)
            .setting("metadata", "generateName", to: "train-")
        func number(_ pod: SamplePod) -> Int? { pod.container()?["ports"]?[0]?["hostPort"]?.int }
        let first = try pod.admitted(uid: "a")
        let second = try pod.admitted(uid: "b")
        #expect(number(first) != number(second))
        // The API server may ask again, with another request uid, after other webhooks.
        #expect(try first.decide(uid: "c").patch == nil)
    }

    @Test("several named ports of several containers all get their own; unnamed ones stay")
    func assignsSeveral() throws {
        let containers = try JSONValue(
            parsing: """
                [{"name": "a", "ports": [{"containerPort": 80}, {"name": "x-y", "containerPort": 81}]},
                 {"name": "b", "ports": [{"name": "x-y", "containerPort": 82}, {"name": "z", "containerPort": 83}]}]
                """)
        let pod = try SamplePod().annotated("kubedl.io/network-mode", "host")
            .setting("spec", "containers", to: containers).admitted()
        #expect(pod.container(0)?["ports"]?[0] == ["containerPort": 80])
        let ports = try JSONValue(parsing: pod.annotation("kubedl.io/host-ports") ?? "")
        #expect(ports.keys == ["x-y", "b/x-y", "z"])
        #expect(Set((ports.members ?? []).map(\.value)).count == 3)
        let names = pod.container(1)?["env"]?.array?.compactMap { $0["name"]?.string }
        #expect(names == ["KUBEDL_HOST_PORT", "KUBEDL_HOST_PORT_X_Y", "KUBEDL_HOST_PORT_Z"])
    }

    @Test("an own DNS policy stays")
    func keepsDNSPolicy() throws {
        let pod = try SamplePod().annotated("kubedl.io/network-mode", "host").setting("spec", "dnsPolicy", to: "None")
        #expect(try pod.admitted().json[path: ["spec", "dnsPolicy"]] == "None")
    }

    private func pod(_ containers: String, _ more: String = "") throws -> SamplePod {
        var pod = try SamplePod().annotated("kubedl.io/network-mode", "host")
        pod.json["spec"] = try JSONValue(parsing: #"{"containers": \#(containers)\#(more)}"#)
        return pod
    }

    @Test("init containers and sidecars get numbers for their named ports; other init containers stay as they are")
    func numbersInitContainers() throws {
        let pod = try pod(
            #"[{"name": "main", "ports": [{"name": "http", "containerPort": 80}]}]"#,
            """
            , "initContainers": [{"name": "plain", "image": "x"},
              {"name": "proxy", "restartPolicy": "Always", "args": ["$(KUBEDL_HOST_PORT)"],
               "ports": [{"name": "admin", "containerPort": 81}]}]
            """
        ).configured { $0.pods.terminationMessagePolicy = nil }.admitted()
        let list = try #require(pod.json[path: ["spec", "initContainers"]])
        #expect(list[0] == ["name": "plain", "image": "x"])
        let admin = list[1]?["ports"]?[0]?["hostPort"]?.int
        #expect(list[1]?["env"]?[0]?["value"]?.string == admin.map { String($0) })
        #expect(pod.container()?["env"]?[0]?["value"]?.string != admin.map { String($0) })
        #expect(try pod.decide(uid: "again").patch == nil)
    }

    @Test("ports that share a number over different protocols share their new one; of one protocol they do not")
    func keepsProtocolsTogether() throws {
        let ports = """
            [{"name": "a", "ports": [{"name": "dns", "containerPort": 53}, {"name": "dns-udp", "containerPort": 53, "protocol": "UDP"},
              {"name": "other", "containerPort": 53}]}]
            """
        let numbers = try pod(ports).admitted().container()?["ports"]?.array?.compactMap { $0["hostPort"]?.int } ?? []
        #expect(numbers.count == 3 && numbers[0] == numbers[1] && numbers[0] != numbers[2])
    }

    @Test("a port that has a host port keeps it, and no other port gets its number")
    func keepsHostPorts() throws {
        let first = try #require(
            try pod(#"[{"name": "a", "ports": [{"name": "x", "containerPort": 1}]}]"#).admitted()
                .container()?["ports"]?[0]?["hostPort"]?.int)
        let pod = try pod(
            """
            [{"name": "a", "ports": [{"name": "x", "containerPort": 1}, {"name": "fixed", "containerPort": \(first), "hostPort": \(first)}]}]
            """
        ).admitted()
        let ports = pod.container()?["ports"]
        #expect(ports?[1]?["hostPort"]?.int == first && ports?[0]?["hostPort"]?.int == first + 1)
        #expect(pod.annotation("kubedl.io/host-ports") == "{\"x\":\(first + 1),\"fixed\":\(first)}")
    }

    @Test("another webhook's container in between keeps its port, and ours keep their numbers")
    func survivesOtherWebhooks() throws {
        var pod = try SamplePod().annotated("kubedl.io/network-mode", "host").admitted()
        let before = pod.container()
        let sidecar = try JSONValue(
            parsing: #"{"name": "mesh", "ports": [{"name": "stats", "containerPort": 15090, "hostPort": 15090}]}"#)
        pod.json[path: ["spec", "containers"]] = JSONValue([sidecar] + (before.map { [$0] } ?? []))
        let again = try pod.admitted(uid: "second")
        #expect(again.container(1)?["ports"] == before?["ports"])
        #expect(again.container(0)?["ports"] == sidecar["ports"])
        #expect(again.container(0)?["env"]?[0]?["value"] == "15090")
        #expect(again.container(1)?["env"]?[0]?["value"] == before?["env"]?[0]?["value"])
        #expect(try again.decide(uid: "third").patch == nil)
    }

    @Test("probes and handlers follow: placeholders and old numbers are replaced, names stay")
    func rewritesProbes() throws {
        let pod = try pod(
            """
            [{"name": "a", "ports": [{"name": "http", "containerPort": 8080}, {"name": "rpc", "containerPort": 9090}],
              "livenessProbe": {"httpGet": {"port": "http", "path": "/x"}}, "readinessProbe": {"grpc": {"port": 9090}},
              "startupProbe": {"tcpSocket": {"port": "$(KUBEDL_HOST_PORT_RPC)"}},
              "lifecycle": {"preStop": {"exec": {"command": ["sh", "-c", "curl localhost:$(KUBEDL_HOST_PORT)/$(KUBEDL_HOST_PORT_RPC)"]}},
                            "postStart": {"httpGet": {"port": 8080}}}}]
            """
        ).admitted()
        let container = try #require(pod.container())
        let http = try #require(container["ports"]?[0]?["hostPort"]?.int)
        let rpc = try #require(container["ports"]?[1]?["hostPort"]?.int)
        #expect(container[path: ["livenessProbe", "httpGet", "port"]] == "http")
        #expect(container[path: ["readinessProbe", "grpc", "port"]]?.int == rpc)
        #expect(container[path: ["startupProbe", "tcpSocket", "port"]]?.int == rpc)
        #expect(container[path: ["lifecycle", "postStart", "httpGet", "port"]]?.int == http)
        #expect(
            container[path: ["lifecycle", "preStop", "exec", "command"]]?[2]?.string == "curl localhost:\(http)/\(rpc)")
        #expect(try pod.decide(uid: "again").patch == nil)
    }

    @Test(
        "what cannot work is refused with its field and what to write instead",
        arguments: [
            (#"[{"name": "a"}]"#, #", "os": {"name": "windows"}"#, "spec.os.name: Forbidden"),
            (
                #"[{"name": "a"}]"#, #", "nodeSelector": {"kubernetes.io/os": "windows"}"#,
                "spec.nodeSelector[kubernetes.io/os]: Forbidden"
            ),
            (#"[{"name": "a"}]"#, #", "hostUsers": false"#, "spec.hostUsers: Forbidden"),
            (
                #"[{"name": "a", "ports": [{"containerPort": 80, "hostPort": 8080}]}]"#, "",
                "spec.containers[0].ports[0].hostPort: Invalid value: 8080"
            ),
            (
                #"[{"name": "a", "ports": [{"name": "x", "containerPort": 80}], "livenessProbe": {"httpGet": {"port": "$(KUBEDL_HOST_PORT_Y)"}}}]"#,
                "", "spec.containers[0].livenessProbe.httpGet.port: Invalid value"
            ),
            (
                "[{\"name\": \"a\", \"ports\": ["
                    + (0..<33).map { "{\"name\": \"p\($0)\", \"containerPort\": \($0 + 1)}" }.joined(separator: ",")
                    + "]}]", "", "spec.containers: Too many: 33"
            ),
        ])
    func refuses(containers: String, more: String, expected: String) throws {
        let decision = try pod(containers, more).decide()
        #expect(!decision.allowed && decision.patch == nil)
        #expect(decision.problems.count == 1 && decision.message.contains(expected), "\(decision.message)")
    }

    @Test("all problems of pod and annotations come in one answer")
    func refusesAtOnce() throws {
        let decision = try pod(
            #"[{"name": "a", "ports": [{"containerPort": 80, "hostPort": 8080}]}]"#, #", "hostUsers": false"#
        )
        .annotated("kubedl.io/defaults", "yes").annotated("kubedl.io/git-sync-config", "{}")
        .setting("metadata", "labels", to: ["kubedl.io/gang-name": ""]).decide()
        #expect(decision.problems.count >= 5, "\(decision.message)")
    }

    @Test("thirty-two named ports get thirty-two numbers")
    func numbersMany() throws {
        let ports = (0..<32).map { "{\"name\": \"p\($0)\", \"containerPort\": \($0 + 1)}" }.joined(separator: ",")
        let numbers =
            try pod("[{\"name\": \"a\", \"ports\": [\(ports)]}]").admitted().container()?["ports"]?.array?
            .compactMap { $0["hostPort"]?.int } ?? []
        #expect(Set(numbers).count == 32 && numbers.allSatisfy { (20000..<30000).contains($0) })
    }

    @Test("what has no effect is said as a warning")
    func warns() throws {
        #expect(try pod(#"[{"name": "a"}]"#).decide().warnings.first?.contains("no container has a named port") == true)
        let own = try pod(
            #"[{"name": "a", "ports": [{"name": "x", "containerPort": 80, "hostPort": 80}]}]"#,
            #", "hostNetwork": true"#)
        #expect(try own.decide().warnings.first?.contains("ports keep their numbers") == true)
        #expect(try own.admitted().decide().warnings.isEmpty)
        #expect(try (own.decide().warnings + pod("[]").decide().warnings).allSatisfy { $0.count <= 120 })
    }
}
