import JSON
import KubernetesModel
import Testing

@testable import LocalNode

@Suite("Environments of containers")
struct EnvironmentTests {
    @Test(
        "$(NAME) is replaced as Kubernetes does",
        arguments: [
            ("", ""), ("plain", "plain"), ("$(A)", "1"), ("x$(A)y$(B)", "x1y2"), ("$(C)", "$(C)"), ("$$(A)", "$(A)"),
            ("$$$(A)", "$1"), ("$A", "$A"), ("$(A", "$(A"), ("a$", "a$"), ("$$", "$"), ("$()", "$()"),
            ("$(A)$(A)", "11"),
        ])
    func expansion(_ text: String, _ expected: String) {
        #expect(VariableExpansion.expand(text, ["A": "1", "B": "2"]) == expected)
    }

    static let pod = #"""
        {"metadata":{"name":"p","namespace":"ml","uid":"u-1","labels":{"job":"j"},"annotations":{"kubedl.io/x":"y"}},
         "spec":{"serviceAccountName":"sa"}}
        """#

    static func facts() throws -> PodFacts {
        PodFacts(
            pod: Pod(json: try JSONDocument(parsing: pod).root), nodeName: "node-2", hostIP: "127.0.1.2",
            podIP: "127.0.1.2", allocatable: ResourceList(["cpu": Quantity(4), "memory": Quantity(bytes: 8 << 30)]))
    }

    static let sources = PodSources(
        configMaps: ["cm": ["a": Array("1".utf8), "b": Array("2".utf8)]], secrets: ["s": ["k": Array("pw".utf8)]],
        namespace: "ml")

    static func environment(_ container: String) throws -> ContainerEnvironment {
        var environment = ContainerEnvironment(defaults: [("PATH", "/bin")])
        try environment.add(
            Container(json: try JSONDocument(parsing: container).root), facts: try facts(), sources: sources)
        return environment
    }

    @Test(
        "values come from where valueFrom says",
        arguments: [
            (#""fieldRef":{"fieldPath":"metadata.name"}"#, "p"),
            (#""fieldRef":{"fieldPath":"metadata.namespace"}"#, "ml"),
            (#""fieldRef":{"fieldPath":"metadata.uid"}"#, "u-1"),
            (#""fieldRef":{"fieldPath":"status.podIP"}"#, "127.0.1.2"),
            (#""fieldRef":{"fieldPath":"status.hostIP"}"#, "127.0.1.2"),
            (#""fieldRef":{"fieldPath":"spec.nodeName"}"#, "node-2"),
            (#""fieldRef":{"fieldPath":"spec.serviceAccountName"}"#, "sa"),
            (#""fieldRef":{"fieldPath":"metadata.labels['job']"}"#, "j"),
            (#""fieldRef":{"fieldPath":"metadata.annotations['kubedl.io/x']"}"#, "y"),
            (#""fieldRef":{"fieldPath":"metadata.annotations['none']"}"#, ""),
            (#""resourceFieldRef":{"resource":"limits.cpu"}"#, "2"),
            (#""resourceFieldRef":{"resource":"requests.cpu","divisor":"1m"}"#, "1500"),
            (#""resourceFieldRef":{"resource":"requests.cpu"}"#, "2"),
            (#""resourceFieldRef":{"resource":"limits.memory","divisor":"1Gi"}"#, "8"),
            (#""configMapKeyRef":{"name":"cm","key":"a"}"#, "1"), (#""secretKeyRef":{"name":"s","key":"k"}"#, "pw"),
        ])
    func valueFrom(_ source: String, _ expected: String) throws {
        let environment = try Self.environment(
            #"{"name":"c","resources":{"requests":{"cpu":"1500m"},"limits":{"cpu":"2"}},"env":[{"name":"V","valueFrom":{\#(source)}}]}"#
        )
        #expect(environment["V"] == expected)
    }

    @Test(
        "what is not there is named",
        arguments: [
            (#""configMapKeyRef":{"name":"no","key":"a"}"#, #"configmap "no" not found"#),
            (#""configMapKeyRef":{"name":"cm","key":"z"}"#, "couldn't find key z in ConfigMap ml/cm"),
            (#""secretKeyRef":{"name":"no","key":"a"}"#, #"secret "no" not found"#),
            (#""fieldRef":{"fieldPath":"status.phase"}"#, "unsupported fieldPath: status.phase"),
        ])
    func missing(_ source: String, _ message: String) {
        #expect(throws: SourceProblem(message)) {
            try Self.environment(#"{"name":"c","env":[{"name":"V","valueFrom":{\#(source)}}]}"#)
        }
    }

    @Test("envFrom comes first, env overrules it and may refer to all before it; optional references may lack")
    func order() throws {
        let environment = try Self.environment(
            #"""
            {"name":"c","command":["run","$(X)"],"args":["$(LATER)"],
             "envFrom":[{"configMapRef":{"name":"cm"}},{"prefix":"P_","secretRef":{"name":"s"}},
                        {"configMapRef":{"name":"no","optional":true}}],
             "env":[{"name":"a","value":"over"},{"name":"X","value":"$(a)-$(P_k)-$(LATER)"},{"name":"LATER","value":"l"},
                    {"name":"O","valueFrom":{"secretKeyRef":{"name":"no","key":"k","optional":true}}}]}
            """#)
        #expect(environment.variables == ["PATH=/bin", "a=over", "b=2", "P_k=pw", "X=over-pw-$(LATER)", "LATER=l"])
        let container = Container(
            json: try JSONDocument(parsing: #"{"command":["run","$(X)"],"args":["$(LATER)"]}"#).root)
        #expect(environment.command(of: container) == ["run", "over-pw-$(LATER)", "l"])
    }

    @Test(
        "volumes with contents become files",
        arguments: [
            (#"{"name":"v","configMap":{"name":"cm"}}"#, ["a 1 644", "b 2 644"]),
            (
                #"{"name":"v","configMap":{"name":"cm","defaultMode":256,"items":[{"key":"b","path":"x/y"}]}}"#,
                ["x/y 2 400"]
            ),
            (#"{"name":"v","configMap":{"name":"no","optional":true}}"#, []),
            (#"{"name":"v","secret":{"secretName":"s","items":[{"key":"k","path":"p","mode":384}]}}"#, ["p pw 600"]),
            (
                #"{"name":"v","downwardAPI":{"items":[{"path":"l","fieldRef":{"fieldPath":"metadata.labels"}}]}}"#,
                [#"l job="j" 644"#]
            ),
            (
                #"{"name":"v","projected":{"sources":[{"secret":{"name":"s"}},{"configMap":{"name":"cm"}}]}}"#,
                ["k pw 644", "a 1 644", "b 2 644"]
            ),
        ])
    func volumes(_ volume: String, _ files: [String]) throws {
        let plan = try VolumePlan(
            Volume(json: try JSONDocument(parsing: volume).root), facts: try Self.facts(), sources: Self.sources)
        let found = if case .files(let files) = plan { files } else { [VolumeFile]() }
        #expect(
            found.map { "\($0.path) \(String(decoding: $0.bytes, as: UTF8.self)) \(String($0.mode, radix: 8))" }
                == files)
    }

    @Test(
        "volumes that cannot be are refused with words",
        arguments: [
            (#"{"name":"v","configMap":{"name":"no"}}"#, #"configmap "no" not found"#),
            (
                #"{"name":"v","configMap":{"name":"cm","items":[{"key":"q","path":"p"}]}}"#,
                "references non-existent config key: q"
            ),
            (
                #"{"name":"v","configMap":{"name":"cm","items":[{"key":"a","path":"../p"}]}}"#,
                #"the path "../p" must be inside its volume"#
            ),
        ])
    func refusedVolumes(_ volume: String, _ message: String) {
        #expect(throws: SourceProblem(message)) {
            try VolumePlan(
                Volume(json: try JSONDocument(parsing: volume).root), facts: try Self.facts(), sources: Self.sources)
        }
    }
}
