import Extender
import JSON
import KubernetesModel
import Logging
import Placement
import Serving
import Testing

struct ServiceTests {
    let cluster: FakeCluster
    let state: ClusterState
    let service: ExtenderService

    init() throws {
        state = try makeState()
        let cluster = FakeCluster(state: state)
        self.cluster = cluster
        let binder = Binder(state: state, api: cluster, logger: Logger(label: "test"), now: { cluster.now })
        service = ExtenderService(state: state, binder: binder, registry: MetricsRegistry(), isReady: { true })
    }

    private func call(_ verb: String, _ body: JSONValue) async throws -> (status: Int, json: JSONView) {
        let response = await service.respond(
            to: ServerRequest(method: "POST", path: "/scheduler/\(verb)", body: body.bytes))
        guard case .bytes(let bytes) = response.body else { throw JSONError(.wrongType, pointer: "", "a stream") }
        return (response.status, try JSONDocument(parsing: bytes).root)
    }

    private func names(_ pod: JSONValue, _ names: [String]) -> JSONValue {
        ["Pod": pod, "Nodes": nil, "NodeNames": JSONValue(names)]
    }

    private func binding(_ name: String, _ node: String, uid: String? = nil) -> JSONValue {
        [
            "PodName": JSONValue(name), "PodNamespace": "ml", "PodUID": JSONValue(uid ?? "uid-\(name)"),
            "Node": JSONValue(node),
        ]
    }

    @Test("filter keeps the names of nodes with room and gives a reason for each other one")
    func filterNames() async throws {
        cluster.add(pod("used", gpus: 2))
        #expect(try await call("bind", binding("used", "node-1")).json["Error"]?.string == "")
        let (status, answer) = try await call("filter", names(pod("p"), ["node-1", "node-2", "node-3", "node-9"]))
        #expect(status == 200)
        #expect(answer["NodeNames"]?.strings == ["node-2", "node-3"])
        #expect(answer["Nodes"]?.isNull ?? false)
        #expect(answer["FailedNodes"]?.stringDictionary == ["node-1": "insufficient nvidia.com/gpu"])
        #expect(
            answer["FailedAndUnresolvableNodes"]?.stringDictionary == ["node-9": "node not known to the extender yet"])
        #expect(answer["Error"]?.string == "")
    }

    @Test("filter gives whole nodes back byte for byte when it got them")
    func filterNodes() async throws {
        var known = nodeObject("node-1")
        known[path: ["metadata", "annotations", "x"]] = "\u{e9} 1.0"
        let items: JSONValue = [known, nodeObject("new", gpus: 1), nodeObject("bare", gpus: 0)]
        let (_, answer) = try await call("filter", ["Pod": pod("p"), "Nodes": ["items": items], "NodeNames": nil])
        #expect(answer["NodeNames"]?.isNull ?? false)
        #expect(answer["Nodes"]?["items"]?.elements.map(\.text) == [known.text, nodeObject("new", gpus: 1).text])
        #expect(answer["FailedNodes"]?.stringDictionary == ["bare": "insufficient nvidia.com/gpu"])
    }

    @Test("a gang's pod that has no room yet is turned away from every node")
    func filterGang() async throws {
        cluster.add(pod("g-0", gang: "g", of: 2))
        let (_, answer) = try await call("filter", names(pod("g-0", gang: "g", of: 2), ["node-1"]))
        #expect(answer["NodeNames"]?.count == 0)
        #expect(
            answer["FailedAndUnresolvableNodes"]?.stringDictionary == ["node-1": "gang ml/g has no room reserved yet"])
    }

    @Test("prioritize scores each node from 0 to 10 in the order asked")
    func prioritize() async throws {
        cluster.add(pod("used"))
        _ = try await call("bind", binding("used", "node-2"))
        let (_, answer) = try await call("prioritize", names(pod("p"), ["node-1", "node-2", "node-9"]))
        #expect(answer.elements.map { $0["Host"]?.string } == ["node-1", "node-2", "node-9"])
        #expect(answer.elements.map { $0["Score"]?.int } == [5, 10, 0])
    }

    @Test("bind gives the lowest free devices, once, however often it is called")
    func bind() async throws {
        cluster.add(pod("a"))
        cluster.add(pod("b"))
        for name in ["a", "b", "a"] {
            #expect(try await call("bind", binding(name, "node-1")).json["Error"]?.string == "")
        }
        #expect(cluster["a"]?[path: "metadata", "annotations", "kubedl.io/gpu-devices"]?.string == "0")
        #expect(cluster["b"]?[path: "metadata", "annotations", "kubedl.io/gpu-devices"]?.string == "1")
        #expect(cluster["a"]?[path: "spec", "nodeName"]?.string == "node-1")
        #expect(
            try await call("bind", binding("a", "node-2")).json["Error"]?.string
                == "pod ml/a is bound to node node-1 already, not to node-2")
    }

    @Test("bindings at the same time never share a device")
    func concurrentBindings() async throws {
        let names = (0..<6).map { "p\($0)" }
        for name in names { cluster.add(pod(name)) }
        try await withThrowingTaskGroup(of: String?.self) { group in
            for (index, name) in names.enumerated() {
                let body = binding(name, "node-\(index % 3 + 1)")
                group.addTask { try await call("bind", body).json["Error"]?.string }
            }
            for try await error in group { #expect(error == "") }
        }
        let devices = names.map {
            "\(cluster[$0]?[path: "spec", "nodeName"]?.string ?? "")/"
                + "\(cluster[$0]?[path: "metadata", "annotations", "kubedl.io/gpu-devices"]?.string ?? "")"
        }
        #expect(Set(devices).count == 6)
    }

    @Test("bind refuses what does not fit, is gated, gone or another pod")
    func bindRefusals() async throws {
        cluster.add(pod("big", gpus: 3))
        cluster.add(pod("g-0", gang: "g", of: 1))
        for (body, part) in [
            (binding("big", "node-1"), "no longer fits on node node-1: insufficient nvidia.com/gpu"),
            (binding("g-0", "node-1"), "held back by a scheduling gate"),
            (binding("none", "node-1"), "is gone"), (binding("big", "node-1", uid: "other"), "is gone"),
            (binding("big", "node-9"), "not known to the extender yet"),
        ] {
            let (status, answer) = try await call("bind", body)
            #expect(status == 200)
            #expect(answer["Error"]?.string?.contains(part) ?? false, "\(answer.text)")
        }
        #expect(cluster["big"]?[path: "spec", "nodeName"] == nil)
    }

    @Test("a binding whose answer is lost is found out about")
    func bindLost() async throws {
        cluster.add(pod("a"))
        cluster.trouble = .lostAfter
        #expect(try await call("bind", binding("a", "node-1")).json["Error"]?.string == "")
        cluster.add(pod("b"))
        cluster.trouble = .lostBefore
        let lost = try await call("bind", binding("b", "node-1")).json["Error"]?.string
        #expect(lost == "cannot bind pod ml/b to node node-1: connection lost")
        #expect(state.copy.claims.isEmpty, "the room is free again")
        cluster.trouble = .none
        #expect(try await call("bind", binding("b", "node-1")).json["Error"]?.string == "")
    }

    @Test(
        "what is malformed gets 400 with its place, and the service lives on",
        arguments: ["filter", "prioritize", "bind"])
    func malformed(_ verb: String) async throws {
        let bodies: [(String, String)] = [
            ("", ""), ("{", ""), ("[]", "object"), ("{}", verb == "bind" ? "/PodNamespace" : "/Pod"),
            (#"{"Pod":{"metadata":{"uid":7}}}"#, verb == "bind" ? "/PodNamespace" : "/Pod/metadata/uid"),
            (#"{"Pod":{"metadata":{"uid":"u"},"spec":{}},"NodeNames":["a",1]}"#, verb == "bind" ? "" : "/NodeNames/1"),
            (#"{"Pod":{"metadata":{"uid":"u"},"spec":{}}}"#, verb == "bind" ? "" : "/Nodes"),
            (String(repeating: "[", count: 100_000), ""),
        ]
        for (text, part) in bodies {
            let response = await service.respond(
                to: ServerRequest(method: "POST", path: "/scheduler/\(verb)", body: Array(text.utf8)))
            #expect(response.status == 400)
            guard case .bytes(let bytes) = response.body else { continue }
            let error = try JSONDocument(parsing: bytes).root["Error"]?.string ?? ""
            #expect(error.contains(part) && error.contains(verb), "\(text.prefix(80)): \(error)")
        }
        #expect(await service.respond(to: ServerRequest(method: "GET", path: "/healthz")).status == 200)
    }

    @Test("other paths and methods are refused, and nothing is answered before all is known")
    func routing() async throws {
        #expect(await service.respond(to: ServerRequest(method: "GET", path: "/scheduler/filter")).status == 405)
        #expect(await service.respond(to: ServerRequest(method: "POST", path: "/scheduler/preempt")).status == 404)
        #expect(await service.respond(to: ServerRequest(method: "GET", path: "/readyz")).status == 200)
        let cluster = self.cluster
        let early = ExtenderService(
            state: state,
            binder: Binder(state: state, api: cluster, logger: Logger(label: "test"), now: { cluster.now }),
            registry: MetricsRegistry(), requiresPeer: true, isReady: { false })
        #expect(await early.respond(to: ServerRequest(method: "GET", path: "/readyz")).status == 503)
        #expect(await early.respond(to: ServerRequest(method: "POST", path: "/scheduler/filter")).status == 401)
        let peer = PeerIdentity(commonName: "system:kube-scheduler", organizations: [])
        #expect(
            await early.respond(to: ServerRequest(method: "POST", path: "/scheduler/filter", peer: peer)).status == 503)
    }

    @Test("the scheduler's configuration names this extender")
    func configuration() {
        #expect(
            schedulerConfiguration(url: "https://127.0.0.1:8443/scheduler", caFile: "/tmp/ca.crt", serverName: "e.svc")
                == """
                apiVersion: kubescheduler.config.k8s.io/v1
                kind: KubeSchedulerConfiguration
                extenders:
                  - urlPrefix: "https://127.0.0.1:8443/scheduler"
                    filterVerb: filter
                    prioritizeVerb: prioritize
                    bindVerb: bind
                    weight: 1
                    enableHTTPS: true
                    tlsConfig:
                      caFile: "/tmp/ca.crt"
                      serverName: "e.svc"
                    httpTimeout: 5s
                    nodeCacheCapable: true
                    managedResources:
                      - name: nvidia.com/gpu
                        ignoredByScheduler: false
                      - name: kubedl.io/gang
                        ignoredByScheduler: true
                    ignorable: false

                """)
        #expect(!schedulerConfiguration(url: "http://h/scheduler").contains("tlsConfig"))
    }
}
