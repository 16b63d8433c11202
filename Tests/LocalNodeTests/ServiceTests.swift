import JSON
import KubernetesModel
import Testing

@testable import LocalNode

@Suite("What stands behind services")
struct ServiceTests {
    static func service(_ spec: String, name: String = "s") throws -> Service {
        Service(
            json: try JSONDocument(
                parsing: #"{"metadata":{"namespace":"ml","name":"\#(name)","uid":"su"},"spec":\#(spec)}"#
            ).root)
    }

    static func pod(
        _ name: String, namespace: String = "ml", labels: String = #"{"app":"a"}"#, ip: String = "127.0.1.1",
        ready: Bool = true, deleting: Bool = false, phase: String = "Running", spec: String = "{}"
    ) throws -> EndpointPod? {
        let deletion = deleting ? #","deletionTimestamp":"2026-01-01T00:00:00Z""# : ""
        let address = ip.isEmpty ? "" : #""podIP":"\#(ip)","#
        var object = try JSONValue(
            parsing: #"""
                {"metadata":{"namespace":"\#(namespace)","name":"\#(name)","uid":"u-\#(name)","labels":\#(labels)\#(deletion)},
                 "spec":\#(spec),"status":{\#(address)"phase":"\#(phase)","conditions":[{"type":"Ready","status":"\#(ready ? "True" : "False")"}]}}
                """#)
        object[path: "spec", "nodeName"] = "node-1"
        return EndpointPod(json: try object.document().root)
    }

    static let web =
        #"{"selector":{"app":"a"},"ports":[{"name":"web","port":80,"targetPort":"http"},{"name":"raw","port":90,"targetPort":9000}]}"#
    static let ports = #"{"containers":[{"name":"c","ports":[{"name":"http","containerPort":8080}]}]}"#

    @Test("ready pods of the namespace that the selector matches are endpoints, at the numbers that they have")
    func endpoints() throws {
        let pods = [
            try Self.pod("b", ip: "127.0.1.2", spec: Self.ports), try Self.pod("a", spec: Self.ports),
            try Self.pod("other", labels: #"{"app":"b"}"#, spec: Self.ports),
            try Self.pod("far", namespace: "x", spec: Self.ports),
            try Self.pod("unready", ready: false, spec: Self.ports),
            try Self.pod("going", deleting: true, spec: Self.ports),
            try Self.pod("ended", phase: "Succeeded", spec: Self.ports),
            try Self.pod("new", ip: "", spec: Self.ports),
        ].compactMap { $0 }
        let plan = EndpointPlan(try Self.service(Self.web), pods: pods)
        #expect(
            plan.backends(ofServicePort: 80) == [
                Backend(address: "127.0.1.1", port: 8080), Backend(address: "127.0.1.2", port: 8080),
            ])
        #expect(plan.backends(ofServicePort: 90).map(\.port) == [9000, 9000])
        #expect(plan.backends(ofServicePort: 81).isEmpty)
        #expect(plan.groups.flatMap(\.endpoints).map(\.pod.name) == ["a", "b", "going", "unready"])
    }

    @Test("pods that are not ready count where the service says so")
    func notReady() throws {
        let pods = [try Self.pod("a", ready: false, spec: Self.ports)].compactMap { $0 }
        let spec = #"{"selector":{"app":"a"},"publishNotReadyAddresses":true,"ports":[{"port":80}]}"#
        #expect(EndpointPlan(try Self.service(spec), pods: pods).backends(ofServicePort: 80).map(\.port) == [80])
    }

    @Test("pods whose named port has another number are apart in a slice of their own")
    func groups() throws {
        let other = #"{"containers":[{"name":"c","ports":[{"name":"http","containerPort":9090}]}]}"#
        let pods = [try Self.pod("a", spec: Self.ports), try Self.pod("b", spec: other)].compactMap { $0 }
        let plan = EndpointPlan(try Self.service(Self.web), pods: pods)
        let slices = plan.slices(of: try Self.service(Self.web))
        #expect(slices.map { $0[path: "metadata", "name"]?.string } == ["s-kubedl", "s-kubedl-1"])
        let first = slices[0]
        #expect(
            first["ports"] == [
                ["name": "web", "port": 8080, "protocol": "TCP"], ["name": "raw", "port": 9000, "protocol": "TCP"],
            ])
        #expect(first["endpoints"]?[0]?["targetRef"]?["name"]?.string == "a")
        #expect(first["endpoints"]?[0]?["conditions"] == ["ready": true, "serving": true, "terminating": false])
    }

    /// Source: kubernetes pkg/controller/endpoint.
    @Test("Endpoints have ready pods apart from others, and none that end")
    func endpointsObject() throws {
        let service = try Self.service(Self.web)
        let pods = [try Self.pod("a", spec: Self.ports), try Self.pod("b", ready: false, spec: Self.ports)]
        let object = EndpointPlan(service, pods: pods.compactMap { $0 }).endpoints(of: service)
        let subsets = try #require(object["subsets"]?.elements)
        #expect(subsets.count == 1)
        #expect(subsets[0]["addresses"]?[0]?[path: "targetRef", "name"] == "a")
        #expect(subsets[0]["notReadyAddresses"]?[0]?[path: "targetRef", "name"] == "b")
        #expect(subsets[0]["ports"]?[0] == ["name": "web", "port": 8080, "protocol": "TCP"])
        #expect(EndpointPlan(service, pods: []).endpoints(of: service)["subsets"] == [])
    }

    @Test("a service without a selector has no endpoints of ours")
    func noSelector() throws {
        let pods = [try Self.pod("a", spec: Self.ports)].compactMap { $0 }
        #expect(EndpointPlan(try Self.service(#"{"ports":[{"port":80}]}"#), pods: pods).groups.isEmpty)
    }

    @Test("the hosts file has the names that DNS would have, the short one only for the own namespace")
    func hosts() {
        let text = HostsFile.text(
            namespace: "ml", hostname: "p", address: "127.0.1.1",
            services: [
                .init(namespace: "x", name: "far", addresses: ["127.96.0.9"]),
                .init(
                    namespace: "ml", name: "job", addresses: ["127.0.1.1", "127.0.1.2"],
                    members: [.init(hostname: "w-0", address: "127.0.1.2")]),
            ],
            nodes: [("node-1", "127.0.1.1"), ("node-2", "127.0.1.2")], aliases: [("10.0.0.1", ["a", "b"])])
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
        #expect(
            lines == [
                "127.0.0.1\tlocalhost", "::1\tlocalhost ip6-localhost ip6-loopback", "10.0.0.1\ta b", "127.0.1.1\tp",
                "127.0.1.1\tnode-1", "127.0.1.2\tnode-2",
                "127.0.1.1\tjob.ml.svc.cluster.local job.ml.svc job.ml job",
                "127.0.1.2\tjob.ml.svc.cluster.local job.ml.svc job.ml job",
                "127.0.1.2\tw-0.job.ml.svc.cluster.local w-0.job.ml.svc w-0.job.ml w-0.job",
                "127.96.0.9\tfar.x.svc.cluster.local far.x.svc far.x",
            ])
    }

    @Test(
        "an image is found without its tag or digest",
        arguments: [
            ("pytorch/pytorch:2.1", "/t"), ("pytorch/pytorch", "/t"), ("pytorch/pytorch@sha256:ab", "/t"),
            ("localhost:5000/x", "/x"), ("localhost:5000/x:1", "/x"), ("unknown", nil), ("exact:1", "/e"),
            ("exact:2", nil),
        ])
    func images(_ image: String, _ folder: String?) {
        let configuration = NodeFleetConfiguration(
            folder: "/f", nodes: [], images: ["pytorch/pytorch": "/t", "localhost:5000/x": "/x", "exact:1": "/e"])
        #expect(configuration.imageFolder(image) == folder)
    }

    @Test("ports of a node lead to pods that have a network of their own")
    func hostPorts() throws {
        let spec = #"""
            {"containers":[{"name":"c","ports":[{"containerPort":80,"hostPort":8080},{"containerPort":81},
              {"containerPort":82,"hostPort":8082,"hostIP":"127.0.0.9"},{"containerPort":83,"hostPort":83,"protocol":"UDP"}]}]}
            """#
        func pod(_ ip: String) throws -> EndpointPod {
            var pod = try #require(try Self.pod("p", ip: ip, spec: spec))
            pod.hostAddress = "10.0.0.1"
            return pod
        }
        let fronts = EndpointPod.hostPorts(of: [try pod("10.0.0.1"), try pod("10.0.1.7")])
        #expect(
            fronts == [
                .init(address: "10.0.0.1", port: 8080): [Backend(address: "10.0.1.7", port: 80)],
                .init(address: "127.0.0.9", port: 8082): [Backend(address: "10.0.1.7", port: 82)],
            ])
    }
}
