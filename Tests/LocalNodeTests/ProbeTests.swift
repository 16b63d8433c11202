import JSON
import KubernetesModel
import Testing

@testable import LocalNode

@Suite("Probes and hooks")
struct ProbeTests {
    static func pod(_ container: String, _ rest: String = #""restartPolicy":"Always""#) throws -> PodSimulation {
        var pod = try PodSimulation(#"{\#(rest),"containers":[{"name":"c",\#(container)}]}"#)
        pod.settle()
        return pod
    }

    @Test(
        "handlers are read with their defaults",
        arguments: [
            (#"{"exec":{"command":["a","b"]}}"#, ContainerHandler.exec(["a", "b"])),
            (
                #"{"httpGet":{"port":"web"}}"#,
                .http(.init(scheme: "http", host: "", port: 8080, path: "/", headers: []))
            ),
            (
                #"{"httpGet":{"port":"81","scheme":"HTTPS","path":"x?y","host":"h","httpHeaders":[{"name":"A","value":"b"}]}}"#,
                .http(
                    .init(scheme: "https", host: "h", port: 81, path: "/x?y", headers: [.init(name: "A", value: "b")]))
            ),
            (#"{"tcpSocket":{"port":9}}"#, .tcp(host: "", port: 9)),
            (#"{"sleep":{"seconds":3}}"#, .sleep(seconds: 3)),
            (#"{"tcpSocket":{"port":"no"}}"#, .impossible(#"couldn't find port: "no" in the container"#)),
            (#"{"tcpSocket":{"port":70000}}"#, .impossible("couldn't find port: 70000 in the container")),
        ])
    func handlers(_ text: String, _ handler: ContainerHandler) throws {
        let container = try JSONDocument(parsing: #"{"name":"c","ports":[{"name":"web","containerPort":8080}]}"#)
        let json = try JSONDocument(parsing: text)
        #expect(ContainerHandler(json.root, of: Container(json: container.root)) == handler)
    }

    @Test(
        "a result counts once as many equal answers came in a row as its threshold asks for",
        arguments: [
            ("+", 1, true), ("-", 1, nil), ("--", 1, nil), ("---", 1, false), ("--+--", 1, true), ("---+", 1, true),
            ("---+", 2, false), ("---++", 2, true), ("+---", 1, false), ("+", 2, nil), ("+-+", 2, nil),
        ] as [(String, Int, Bool?)])
    func thresholds(_ answers: String, _ good: Int, _ expected: Bool?) throws {
        let json = try JSONDocument(parsing: #"{"tcpSocket":{"port":1},"successThreshold":\#(good)}"#)
        let probe = try #require(ContainerProbe(json.root, of: Container(json: json.root)))
        var progress = ProbeProgress()
        for answer in answers { progress.take(answer == "+", probe) }
        #expect(progress.result == expected)
    }

    @Test("a container is ready once its readiness probe passes, and not any more when it fails")
    func readiness() throws {
        var pod = try Self.pod(
            #""readinessProbe":{"tcpSocket":{"port":1},"initialDelaySeconds":5,"periodSeconds":4,"failureThreshold":2}"#
        )
        #expect(pod.condition("Ready") == "False")
        #expect(pod.status["containerStatuses"]?[0]?["started"]?.bool == true)
        pod.pass(4)
        #expect(pod.log.last == "start c")
        pod.pass(1)
        #expect(pod.log.last == "probe c readiness")
        pod.answer("c", .readiness, true)
        #expect(pod.condition("Ready") == "True")
        pod.pass(4)
        pod.answer("c", .readiness, false)
        #expect(pod.condition("Ready") == "True")
        pod.pass(4)
        pod.answer("c", .readiness, false)
        #expect(pod.condition("Ready") == "False")
        #expect(pod.condition("ContainersReady") == "False")
        #expect(pod.log.filter { $0 == "probe c readiness" }.count == 3)
        #expect(pod.runtime["c"].restartCount == 0)
    }

    @Test("no question is asked while an answer is awaited")
    func oneAtATime() throws {
        var pod = try Self.pod(#""livenessProbe":{"exec":{"command":["x"]},"periodSeconds":1}"#)
        pod.pass(10)
        #expect(pod.log.filter { $0 == "probe c liveness" }.count == 1)
    }

    @Test("the other probes wait for the startup probe")
    func startup() throws {
        var pod = try Self.pod(
            #"""
            "startupProbe":{"exec":{"command":["x"]},"periodSeconds":1},"livenessProbe":{"exec":{"command":["y"]}},
            "readinessProbe":{"exec":{"command":["z"]}}
            """#)
        #expect(pod.log.suffix(2) == ["start c", "probe c startup"])
        pod.answer("c", .startup, false)
        #expect(pod.status["containerStatuses"]?[0]?["started"]?.bool == false)
        pod.pass(1)
        pod.answer("c", .startup, true)
        #expect(pod.log.suffix(3) == ["probe c startup", "probe c liveness", "probe c readiness"])
        #expect(pod.status["containerStatuses"]?[0]?["started"]?.bool == true)
        pod.answer("c", .readiness, true)
        #expect(pod.condition("Ready") == "True")
        pod.pass(100)
        #expect(pod.log.filter { $0 == "probe c startup" }.count == 2)
    }

    @Test(
        "a container that fails its liveness probe is stopped and started again, unless its pod never restarts",
        arguments: [("Always", 143, true), ("OnFailure", 0, true), ("OnFailure", 137, true), ("Never", 0, false)])
    func liveness(_ policy: String, _ code: Int, _ restarts: Bool) throws {
        var pod = try Self.pod(
            #""livenessProbe":{"exec":{"command":["x"]},"failureThreshold":1,"terminationGracePeriodSeconds":7}"#,
            #""restartPolicy":"\#(policy)","terminationGracePeriodSeconds":60"#)
        pod.answer("c", .liveness, false)
        #expect(pod.log.last == "unhealthy c liveness 7")
        pod.pass(100)
        #expect(pod.log.last == "unhealthy c liveness 7")
        pod.end("c", code)
        #expect(pod.runtime["c"].restartCount == (restarts ? 1 : 0))
        #expect(
            pod.log.suffix(2) == (restarts ? ["start c", "probe c liveness"] : ["unhealthy c liveness 7", "end c 0"]))
    }

    @Test("what follows a sidecar waits for its startup probe")
    func sidecar() throws {
        var pod = try PodSimulation(
            #"""
            {"initContainers":[{"name":"s","restartPolicy":"Always","startupProbe":{"tcpSocket":{"port":1}}}],
             "containers":[{"name":"c"}]}
            """#)
        pod.settle()
        #expect(pod.log == ["prepare", "start s", "probe s startup"])
        #expect(pod.condition("Initialized") == "False")
        pod.answer("s", .startup, true)
        #expect(pod.log.last == "start c")
        #expect(pod.condition("Initialized") == "True")
        pod.end("s", 1)
        #expect(pod.condition("Initialized") == "True")
    }

    @Test("a pod is told where the API server is in the words of Kubernetes")
    func variables() {
        let found = ServiceVariables.variables("my-api", address: "10.0.0.1", portName: "https", port: 443)
        #expect(
            found.map { "\($0.0)=\($0.1)" } == [
                "MY_API_SERVICE_HOST=10.0.0.1", "MY_API_SERVICE_PORT=443", "MY_API_SERVICE_PORT_HTTPS=443",
                "MY_API_PORT=tcp://10.0.0.1:443", "MY_API_PORT_443_TCP=tcp://10.0.0.1:443",
                "MY_API_PORT_443_TCP_PROTO=tcp", "MY_API_PORT_443_TCP_PORT=443", "MY_API_PORT_443_TCP_ADDR=10.0.0.1",
            ])
    }
}
