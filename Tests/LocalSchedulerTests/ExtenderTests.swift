import JSON
import KubernetesModel
import Testing

@testable import LocalScheduler

@Suite("Extenders")
struct ExtenderTests {
    static let configuration = #"""
        {"apiVersion":"kubescheduler.config.k8s.io/v1","kind":"KubeSchedulerConfiguration",
         "leaderElection":{"leaderElect":false},"profiles":[{"schedulerName":"default-scheduler"}],
         "podMaxBackoffSeconds":5,
         "extenders":[{"urlPrefix":"https://localhost:9443/scheduler/","filterVerb":"filter","prioritizeVerb":"prioritize",
           "bindVerb":"bind","weight":5,"enableHTTPS":true,"nodeCacheCapable":true,"httpTimeout":"1m0.5s","ignorable":true,
           "tlsConfig":{"caData":"Y2E=","serverName":"kubedl-extender"},
           "managedResources":[{"name":"nvidia.com/gpu","ignoredByScheduler":true}]}]}
        """#

    @Test("a configuration is read as kube-scheduler's")
    func reading() throws {
        let read = try SchedulerConfiguration(json: JSONDocument(parsing: Self.configuration).root)
        #expect(read.maximumBackoff == .seconds(5))
        let extender = try #require(read.extenders.first)
        #expect(extender.url(of: "filter") == "https://localhost:9443/scheduler/filter")
        #expect(extender.timeout == .milliseconds(60_500))
        #expect(extender.tls.authority == .data(Array("ca".utf8)))
        #expect(extender.tls.serverName == "kubedl-extender")
        #expect(extender.isNodeCacheCapable && extender.isIgnorable && extender.weight == 5)
        #expect(extender.isInterested(inResources: ["cpu", "nvidia.com/gpu"]))
        #expect(!extender.isInterested(inResources: ["cpu"]))
    }

    @Test(
        "what is wrong in a configuration is named with its field",
        arguments: [
            (#"{"filterVerb":"f"}"#, "extenders[0].urlPrefix: Required value"),
            (
                #"{"urlPrefix":"localhost"}"#,
                #"extenders[0].urlPrefix: "localhost" must start with https:// or http://"#
            ),
            (
                #"{"urlPrefix":"http://x","prioritizeVerb":"p"}"#,
                "extenders[0].weight: must be > 0 for an extender with a prioritizeVerb"
            ),
            (
                #"{"urlPrefix":"http://x","httpTimeout":"soon"}"#,
                #"extenders[0].httpTimeout: "soon" is not a duration such as 5s"#
            ),
            (
                #"{"urlPrefix":"http://x","managedResources":[{"name":"gpu"}]}"#,
                #"extenders[0].managedResources[0].name: "gpu" is not an extended resource's name"#
            ),
            (#"{"urlPrefix":"http://x","tlsConfig":{"caData":"%"}}"#, "extenders[0].tlsConfig.caData: is not base64"),
            (
                #"{"urlPrefix":"http://x","tlsConfig":{"certFile":"/x"}}"#,
                "extenders[0].tlsConfig: certificate and key must both be given, or neither"
            ),
        ])
    func problems(_ extender: String, _ problem: String) throws {
        let text =
            #"{"apiVersion":"kubescheduler.config.k8s.io/v1","kind":"KubeSchedulerConfiguration","extenders":[\#(extender)]}"#
        let json = try JSONDocument(parsing: text).root
        #expect(throws: SchedulerConfigurationError(problems: [problem])) { try SchedulerConfiguration(json: json) }
    }

    @Test(
        "durations are read as Go's",
        arguments: [
            ("5s", Duration.seconds(5)), ("1h2m3s", .seconds(3723)), ("250ms", .milliseconds(250)),
            ("1.5s", .milliseconds(1500)),
            ("0", .zero), ("", nil), ("5", nil), ("s", nil), ("-5s", nil), ("5x", nil), ("99999999h", nil),
        ])
    func durations(_ text: String, _ duration: Duration?) {
        #expect(GoDuration.parse(text) == duration)
    }

    @Test("arguments have the keys that Go writes, and names or nodes as the extender wants")
    func arguments() throws {
        let pod = try JSONDocument(parsing: #"{"metadata":{"name":"p"}}"#).root
        let node = try JSONDocument(parsing: #"{"metadata":{"name":"n"}}"#).root
        let names = ExtenderProtocol.arguments(pod: pod, nodes: [("n", node)], namesOnly: true)
        #expect(
            String(decoding: names, as: UTF8.self)
                == #"{"Pod":{"metadata":{"name":"p"}},"Nodes":null,"NodeNames":["n"]}"#)
        let full = try JSONValue(parsing: ExtenderProtocol.arguments(pod: pod, nodes: [("n", node)], namesOnly: false))
        #expect(full["Nodes"]?["items"]?[0] == ["metadata": ["name": "n"]])
        #expect(full["NodeNames"]?.isNull == true)
        let binding = ExtenderProtocol.bindingArguments(podName: "p", namespace: "ml", uid: "u", node: "n")
        #expect(
            String(decoding: binding, as: UTF8.self) == #"{"PodName":"p","PodNamespace":"ml","PodUID":"u","Node":"n"}"#)
    }

    @Test("results are read with either case of keys, names or nodes")
    func results() throws {
        func read(_ text: String, _ namesOnly: Bool) throws -> ExtenderProtocol.FilterResult {
            try .init(json: JSONDocument(parsing: text).root, namesOnly: namesOnly)
        }
        let names = try read(
            #"{"Nodes":null,"NodeNames":["a","b"],"FailedNodes":{"c":"no GPU"},"FailedAndUnresolvableNodes":{"d":"never"},"Error":""}"#,
            true)
        #expect(
            names.nodeNames == ["a", "b"] && names.failed == ["c": "no GPU"] && names.unresolvable == ["d": "never"])
        #expect(try read(#"{"nodenames":["a"],"error":"oh"}"#, true).error == "oh")
        #expect(
            try read(#"{"Nodes":{"items":[{"metadata":{"name":"a"}}]},"NodeNames":null}"#, false).nodeNames == ["a"])
        #expect(throws: JSONError.self) { try read("[]", true) }
        let scores = try ExtenderProtocol.scores(
            json: JSONDocument(parsing: #"[{"Host":"a","Score":7},{"Host":"b","Score":0}]"#).root)
        #expect(scores == ["a": 7, "b": 0])
        #expect(throws: JSONError.self) {
            try ExtenderProtocol.scores(json: JSONDocument(parsing: #"[{"Score":7}]"#).root)
        }
        #expect(try ExtenderProtocol.bindingError(json: JSONDocument(parsing: #"{"Error":"taken"}"#).root) == "taken")
        #expect(try ExtenderProtocol.bindingError(json: JSONDocument(parsing: "{}").root) == nil)
    }
}
