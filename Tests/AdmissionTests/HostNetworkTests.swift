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
}
