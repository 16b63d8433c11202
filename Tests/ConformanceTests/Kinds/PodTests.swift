import HTTPTransport
import JSON
import Testing

private let defaulting = "pkg/apis/core/v1/defaults.go"
private let validation = "pkg/apis/core/validation/validation.go"
private let lifecycle = "kubernetes.io: Pod Lifecycle"

extension Conformance {
    @Suite("Pod defaults") struct PodDefaultTests {
        private func dryPod(_ spec: String = "", container: String = "") async throws -> Answer {
            try await api.allowPods()
            return try await api.post("pods", Pods.with(spec, container: container), query: [("dryRun", "All")])
                .succeeds(201)
        }

        @Test("A pod's spec is completed", .source(defaulting))
        func spec() async throws {
            let pod = try await dryPod()
            #expect(pod["spec.restartPolicy"]?.string == "Always")
            #expect(pod["spec.dnsPolicy"]?.string == "ClusterFirst")
            #expect(pod["spec.terminationGracePeriodSeconds"]?.int == 30)
            #expect(pod["spec.enableServiceLinks"]?.bool == true)
            #expect(pod["spec.securityContext"] == [:])
            #expect(pod["spec.serviceAccountName"]?.string == "default")
            #expect(pod["spec.schedulerName"]?.string == "conformance.example.com")
        }

        @Test("The default scheduler is named", .source(defaulting))
        func scheduler() async throws {
            try await api.allowPods()
            let pod = try await api.post(
                "pods", "{metadata: {name: a}, spec: {containers: [{name: main, image: 'example.com/none:1'}]}}",
                query: [("dryRun", "All")]
            ).succeeds(201)
            #expect(pod["spec.schedulerName"]?.string == "default-scheduler")
        }

        @Test("A container is completed", .source(defaulting))
        func container() async throws {
            let container = try #require(
                try await dryPod(container: "ports: [{containerPort: 80}]")["spec.containers.0"])
            #expect(container["terminationMessagePath"]?.string == "/dev/termination-log")
            #expect(container["terminationMessagePolicy"]?.string == "File")
            #expect(container["resources"] == [:])
            #expect(container.at("ports.0.protocol")?.string == "TCP")
        }

        @Test(
            "An image without a tag, or latest, is always pulled", .source(defaulting),
            arguments: [
                ("example.com/a", "Always"), ("example.com/a:latest", "Always"), ("example.com/a:1", "IfNotPresent"),
                ("example.com:5000/a", "Always"),
                (
                    "example.com/a@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                    "IfNotPresent"
                ),
            ])
        func pullPolicy(_ image: String, _ policy: String) async throws {
            try await api.allowPods()
            let pod = try await api.post(
                "pods", "{metadata: {name: a}, spec: {containers: [{name: main, image: '\(image)'}]}}",
                query: [("dryRun", "All")]
            ).succeeds(201)
            #expect(pod["spec.containers.0.imagePullPolicy"]?.string == policy)
        }

        @Test("Requests follow from limits", .source(defaulting))
        func requests() async throws {
            let pod = try await dryPod(container: "resources: {limits: {cpu: '1', memory: 1Gi}, requests: {cpu: 500m}}")
            #expect(pod["spec.containers.0.resources.requests"] == ["cpu": "500m", "memory": "1Gi"])
        }

        @Test("Quantities are written in their canonical form", .source("apimachinery pkg/api/resource/quantity.go"))
        func quantities() async throws {
            let pod = try await dryPod(container: "resources: {limits: {cpu: '1.5', memory: 1024Mi}}")
            #expect(pod["spec.containers.0.resources.limits"] == ["cpu": "1500m", "memory": "1Gi"])
        }

        @Test("A probe is completed", .source(defaulting))
        func probe() async throws {
            let probe = try #require(
                try await dryPod(container: "livenessProbe: {httpGet: {port: 80}}")["spec.containers.0.livenessProbe"])
            #expect(probe["timeoutSeconds"]?.int == 1)
            #expect(probe["periodSeconds"]?.int == 10)
            #expect(probe["successThreshold"]?.int == 1)
            #expect(probe["failureThreshold"]?.int == 3)
            #expect(probe["httpGet"] == ["path": "/", "port": 80, "scheme": "HTTP"])
        }

        @Test("Volumes are completed", .source(defaulting))
        func volumes() async throws {
            let pod = try await dryPod(
                "volumes: [{name: c, configMap: {name: x}}, {name: s, secret: {secretName: x}}, {name: e}]")
            let volumes = pod["spec.volumes"]?.array ?? []
            #expect(volumes.first { $0["name"] == "c" }?["configMap"]?["defaultMode"]?.int == 420)
            #expect(volumes.first { $0["name"] == "s" }?["secret"]?["defaultMode"]?.int == 420)
            #expect(volumes.first { $0["name"] == "e" }?["emptyDir"] == [:])
        }

        @Test("A field reference names its version", .source(defaulting))
        func fieldRef() async throws {
            let pod = try await dryPod(
                container: "env: [{name: NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]")
            #expect(pod["spec.containers.0.env.0.valueFrom.fieldRef.apiVersion"]?.string == "v1")
        }

        @Test("On the host's network a host port follows from the container port", .source(defaulting))
        func hostPort() async throws {
            let pod = try await dryPod("hostNetwork: true", container: "ports: [{containerPort: 8080}]")
            #expect(pod["spec.containers.0.ports.0.hostPort"]?.int == 8080)
        }

        @Test(
            "A new pod is pending, with its class of service",
            .source("\(lifecycle); kubernetes.io: Pod Quality of Service Classes"),
            arguments: [
                ("", "BestEffort"), ("resources: {requests: {cpu: 1m}}", "Burstable"),
                ("resources: {limits: {cpu: 1m, memory: 1Mi}}", "Guaranteed"),
                ("resources: {limits: {cpu: 1m}}", "Burstable"),
            ])
        func status(_ container: String, _ qualityOfService: String) async throws {
            let pod = try await dryPod(container: container)
            #expect(pod["status.phase"]?.string == "Pending")
            #expect(pod["status.qosClass"]?.string == qualityOfService)
        }

        @Test(
            "A client cannot create a pod with a status", .source("pkg/registry/core/pod/strategy.go: PrepareForCreate")
        )
        func noStatus() async throws {
            try await api.allowPods()
            let body = Pods.plain("a").replacing(
                "{metadata:", with: "{status: {phase: Running, podIP: 192.0.2.1}, metadata:")
            let pod = try await api.post("pods", body, query: [("dryRun", "All")]).succeeds(201)
            #expect(pod["status.phase"]?.string == "Pending")
            #expect(pod["status.podIP"] == nil)
        }

        @Test(
            "Every pod tolerates for a while nodes that are not ready",
            .source("plugin/pkg/admission/defaulttolerationseconds"))
        func tolerations() async throws {
            let tolerations = try await dryPod()["spec.tolerations"]?.array ?? []
            for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
                let toleration = tolerations.first { $0["key"]?.string == key }
                #expect(toleration?["effect"]?.string == "NoExecute")
                #expect(toleration?["operator"]?.string == "Exists")
                #expect(toleration?["tolerationSeconds"]?.int == 300)
            }
        }

        @Test("A pod has a priority", .source("kubernetes.io: Pod Priority and Preemption"))
        func priority() async throws {
            let pod = try await dryPod("priorityClassName: system-cluster-critical")
            #expect(pod["spec.priority"]?.int == 2_000_000_000)
            #expect(pod["spec.preemptionPolicy"]?.string == "PreemptLowerPriority")
            #expect(try await dryPod()["spec.priority"]?.int == 0)
        }

        @Test("A priority class that does not exist is refused", .source("plugin/pkg/admission/priority/admission.go"))
        func noPriorityClass() async throws {
            try await api.allowPods()
            try await api.post("pods", Pods.with("priorityClassName: none-{suffix}"))
                .fails(403, "Forbidden", "no PriorityClass with name none-\(try api.suffix) was found")
        }

        @Test(
            "A pod gets its service account's token",
            .source("KEP-542; plugin/pkg/admission/serviceaccount/admission.go"))
        func token() async throws {
            let pod = try await dryPod()
            let volume = try #require(
                (pod["spec.volumes"]?.array ?? []).first { $0["name"]?.string?.hasPrefix("kube-api-access-") == true })
            #expect(volume.at("projected.sources.0.serviceAccountToken.path")?.string == "token")
            let mounts = pod["spec.containers.0.volumeMounts"]?.array ?? []
            #expect(
                mounts.contains {
                    $0["mountPath"]?.string == "/var/run/secrets/kubernetes.io/serviceaccount"
                        && $0["readOnly"]?.bool == true
                })
        }

        @Test("A pod that wants no token gets none", .source("plugin/pkg/admission/serviceaccount/admission.go"))
        func noToken() async throws {
            let pod = try await dryPod("automountServiceAccountToken: false")
            #expect(pod["spec.volumes"] == nil)
        }

        @Test(
            "A service account that does not exist is refused",
            .source("plugin/pkg/admission/serviceaccount/admission.go"))
        func noServiceAccount() async throws {
            try await api.post("pods", Pods.with("serviceAccountName: none"))
                .fails(403, "Forbidden", #"serviceaccount "none" not found"#)
        }
    }

    @Suite("Pod validation") struct PodValidationTests {
        private static func spec(
            _ name: String, _ spec: String, _ causes: String..., words: String = "", source: String = validation
        ) -> Refusal {
            var row = Refusal(name, source: source, "pods", Pods.with(spec), words: words)
            row.causes = causes
            return row
        }

        private static func container(
            _ name: String, _ container: String, _ causes: String..., words: String = "", spec: String = "",
            source: String = validation
        ) -> Refusal {
            var row = Refusal(name, source: source, "pods", Pods.with(spec, container: container), words: words)
            row.causes = causes.map { $0.hasPrefix("spec.") ? $0 : "spec.containers[0].\($0)" }
            return row
        }

        private static func containers(_ name: String, _ containers: String, _ causes: String...) -> Refusal {
            var row = Refusal(
                name, source: validation, "pods", "{metadata: {name: a}, spec: {containers: \(containers)}}")
            row.causes = causes
            return row
        }

        static let refusals: [Refusal] = [
            containers("A pod has a container", "[]", "spec.containers FieldValueRequired"),
            containers(
                "A container has a name", "[{image: 'example.com/a:1'}]", "spec.containers[0].name FieldValueRequired"),
            containers("A container has an image", "[{name: c}]", "spec.containers[0].image FieldValueRequired"),
            containers(
                "A container's name is a label", "[{name: A_b, image: 'example.com/a:1'}]",
                "spec.containers[0].name FieldValueInvalid"),
            containers(
                "Names of containers differ",
                "[{name: c, image: 'example.com/a:1'}, {name: c, image: 'example.com/a:1'}]",
                "spec.containers[1].name FieldValueDuplicate"),
            containers(
                "Two containers do not take one host port",
                "[{name: c, image: 'example.com/a:1', ports: [{containerPort: 80, hostPort: 8080}]}, {name: d, image: 'example.com/a:1', ports: [{containerPort: 81, hostPort: 8080}]}]",
                "spec.containers[1].ports[0].hostPort FieldValueDuplicate"),
            container("A port has a number", "ports: [{name: http}]", "ports[0].containerPort FieldValueRequired"),
            container(
                "A port is at most 65535", "ports: [{containerPort: 65536}]",
                "ports[0].containerPort FieldValueInvalid", words: "must be between 1 and 65535, inclusive"),
            container(
                "A host port is at most 65535", "ports: [{containerPort: 80, hostPort: 65536}]",
                "ports[0].hostPort FieldValueInvalid"),
            container(
                "A protocol is TCP, UDP or SCTP", "ports: [{containerPort: 80, protocol: HTTP}]",
                "ports[0].protocol FieldValueNotSupported"),
            container(
                "A port's name is a service name", "ports: [{containerPort: 80, name: HTTP!}]",
                "ports[0].name FieldValueInvalid"),
            container(
                "Names of ports differ", "ports: [{containerPort: 80, name: p}, {containerPort: 81, name: p}]",
                "ports[1].name FieldValueDuplicate"),
            container(
                "On the host's network host port and container port are one",
                "ports: [{containerPort: 80, hostPort: 8080}]",
                "ports[0].hostPort FieldValueInvalid", words: "when `hostNetwork` is true", spec: "hostNetwork: true"),
            container(
                "A pull policy is one of three", "imagePullPolicy: Perhaps", "imagePullPolicy FieldValueNotSupported"),
            container(
                "A request does not exceed its limit", "resources: {limits: {cpu: '1'}, requests: {cpu: '2'}}",
                "resources.requests FieldValueInvalid", words: "must be less than or equal to cpu limit"),
            container(
                "A quantity is not negative", "resources: {requests: {cpu: '-1'}}",
                "resources.requests[cpu] FieldValueInvalid", words: "must be greater than or equal to 0"),
            container(
                "A resource of no domain is one of Kubernetes'", "resources: {limits: {gpus: '1'}}",
                "resources.limits[gpus] FieldValueInvalid"),
            container(
                "A device comes in whole numbers", "resources: {limits: {example.com/gpu: 500m}}",
                "resources.limits[example.com/gpu] FieldValueInvalid", words: "must be an integer"),
            container(
                "A device has a limit", "resources: {requests: {example.com/gpu: '1'}}",
                "resources.limits FieldValueRequired", words: "Limit must be set for non overcommitable resources"),
            container(
                "A device's request is its limit",
                "resources: {limits: {example.com/gpu: '2'}, requests: {example.com/gpu: '1'}}",
                "resources.requests FieldValueInvalid", words: "must be equal to example.com/gpu limit"),
            container(
                "A mount's volume exists", "volumeMounts: [{name: v, mountPath: /v}]",
                "volumeMounts[0].name FieldValueNotFound"),
            container(
                "A mount has a path", "volumeMounts: [{name: v, mountPath: ''}]",
                "volumeMounts[0].mountPath FieldValueRequired", spec: "volumes: [{name: v, emptyDir: {}}]"),
            container(
                "Paths of mounts differ", "volumeMounts: [{name: v, mountPath: /v}, {name: v, mountPath: /v}]",
                "volumeMounts[1].mountPath FieldValueInvalid", words: "must be unique",
                spec: "volumes: [{name: v, emptyDir: {}}]"),
            container("A variable has a name", "env: [{name: '', value: v}]", "env[0].name FieldValueRequired"),
            container(
                "A variable's name has no equals sign", "env: [{name: A=B, value: v}]", "env[0].name FieldValueInvalid"),
            container(
                "A variable has one source",
                "env: [{name: A, value: v, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]",
                "env[0].valueFrom FieldValueInvalid", words: "may not be specified when `value` is not empty"),
            container(
                "A probe has a handler", "livenessProbe: {periodSeconds: 1}", "livenessProbe FieldValueRequired",
                words: "must specify a handler type"),
            container(
                "A liveness probe succeeds at once", "livenessProbe: {successThreshold: 2, tcpSocket: {port: 80}}",
                "livenessProbe.successThreshold FieldValueInvalid", words: "must be 1"),
            spec(
                "A restart policy is one of three", "restartPolicy: Sometimes",
                "spec.restartPolicy FieldValueNotSupported"),
            spec("A DNS policy is one of four", "dnsPolicy: Mine", "spec.dnsPolicy FieldValueNotSupported"),
            spec(
                "Names of volumes differ", "volumes: [{name: v, emptyDir: {}}, {name: v, emptyDir: {}}]",
                "spec.volumes[1].name FieldValueDuplicate"),
            spec(
                "A volume is of one kind", "volumes: [{name: v, emptyDir: {}, hostPath: {path: /x}}]",
                "spec.volumes[0].hostPath FieldValueForbidden", words: "may not specify more than 1 volume type"),
            spec("A deadline is positive", "activeDeadlineSeconds: 0", "spec.activeDeadlineSeconds FieldValueInvalid"),
            spec("A host's name is a label", "hostname: A_b", "spec.hostname FieldValueInvalid"),
            spec("A node selector is of labels", "nodeSelector: {'a b': x}", "spec.nodeSelector FieldValueInvalid"),
            spec(
                "A toleration's effect is one of three", "tolerations: [{key: k, operator: Exists, effect: Sometimes}]",
                "spec.tolerations[0].effect FieldValueNotSupported"),
            spec(
                "A toleration of everything has the operator Exists", "tolerations: [{value: v}]",
                "spec.tolerations[0].operator FieldValueInvalid"),
            spec(
                "A node affinity's operator is known",
                "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: k, operator: Near, values: [v]}]}]}}}",
                "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].operator FieldValueInvalid"
            ),
            spec(
                "A gated pod has no node", "nodeName: somewhere, schedulingGates: [{name: example.com/g}]",
                "spec.nodeName FieldValueForbidden", source: "KEP-3521"),
            spec(
                "A scheduling gate is a qualified name", "schedulingGates: [{name: 'a b'}]",
                words: "name part must consist of", source: "KEP-3521"),
        ]

        @Test("Pods that are refused", arguments: refusals)
        func refused(_ row: Refusal) async throws {
            try await api.allowPods()
            try await row.check()
        }

        @Test(
            "A quantity that is none answers 400", .source("apimachinery pkg/api/resource/quantity.go: UnmarshalJSON"))
        func badQuantity() async throws {
            try await api.allowPods()
            try await api.post("pods", Pods.with("", container: "resources: {limits: {cpu: much}}"))
                .fails(400, "BadRequest", "quantities must match the regular expression")
        }
    }

    @Suite("Pods") struct PodTests {
        private func make(_ spec: String = "") async throws -> Answer {
            try await api.allowPods()
            return try await api.post("pods", Pods.with(spec)).succeeds(201)
        }

        private func bind() async throws {
            try await api.post("pods/a/binding", "{metadata: {name: a}, target: {kind: Node, name: node-of-nowhere}}")
                .succeeds(201)
        }

        @Test("An image can be changed", .source("\(validation): ValidatePodUpdate"))
        func image() async throws {
            _ = try await make()
            let patched = try await api.patch(
                "pods/a", .strategic, "{spec: {containers: [{name: main, image: 'example.com/none:2'}]}}"
            ).succeeds()
            #expect(patched["spec.containers.0.image"]?.string == "example.com/none:2")
        }

        @Test(
            "Most of a pod's spec cannot be changed", .source("\(validation): ValidatePodUpdate"),
            arguments: [
                "{restartPolicy: Never}", "{hostNetwork: true}", "{nodeSelector: {a: b}}", "{schedulerName: other}",
                "{containers: [{name: main, image: 'example.com/none:1', command: [x]}]}",
            ])
        func immutable(_ change: String) async throws {
            _ = try await make()
            try await api.patch("pods/a", .merge, "{spec: \(change)}")
                .fails(
                    422, "Invalid", "pod updates may not change fields other than", causes: ["spec FieldValueForbidden"]
                )
        }

        @Test("Containers can be neither added nor removed", .source("\(validation): ValidatePodUpdate"))
        func containers() async throws {
            _ = try await make()
            try await api.patch(
                "pods/a", .strategic, "{spec: {containers: [{name: more, image: 'example.com/none:1'}]}}"
            )
            .fails(422, "Invalid", causes: ["spec.containers FieldValueForbidden"])
        }

        @Test("Tolerations can be added, not removed", .source("\(validation): validateOnlyAddedTolerations"))
        func tolerations() async throws {
            let pod = try await make()
            let count = pod["spec.tolerations"]?.array?.count ?? 0
            let added = try await api.patch(
                "pods/a", .json, "[{op: add, path: /spec/tolerations/-, value: {key: k, operator: Exists}}]"
            ).succeeds()
            #expect(added["spec.tolerations"]?.array?.count == count + 1)
            try await api.patch("pods/a", .merge, "{spec: {tolerations: []}}")
                .fails(422, "Invalid", causes: ["spec.tolerations FieldValueForbidden"])
        }

        @Test("A change of spec counts in generation", .source("KEP-5067"))
        func generation() async throws {
            #expect(try await make()["metadata.generation"]?.int == 1)
            let patched = try await api.patch(
                "pods/a", .strategic, "{spec: {containers: [{name: main, image: 'example.com/none:2'}]}}"
            ).succeeds()
            #expect(patched["metadata.generation"]?.int == 2)
            let labelled = try await api.patch("pods/a", .merge, "{metadata: {labels: {l: x}}}").succeeds()
            #expect(labelled["metadata.generation"]?.int == 2)
        }

        @Test("A gated pod says so in its condition", .source("KEP-3521; kubernetes.io: Pod Scheduling Readiness"))
        func gated() async throws {
            let pod = try await make("schedulingGates: [{name: example.com/g}]")
            let condition = try #require((pod["status.conditions"]?.array ?? []).first { $0["type"] == "PodScheduled" })
            #expect(condition["status"]?.string == "False")
            #expect(condition["reason"]?.string == "SchedulingGated")
        }

        @Test("Scheduling gates can be removed, in any order", .source("KEP-3521"))
        func gatesRemoved() async throws {
            _ = try await make("schedulingGates: [{name: example.com/g}, {name: example.com/h}]")
            let one = try await api.patch("pods/a", .json, "[{op: remove, path: /spec/schedulingGates/1}]").succeeds()
            #expect(one["spec.schedulingGates"] == [["name": "example.com/g"]])
            let none = try await api.patch("pods/a", .merge, "{spec: {schedulingGates: null}}").succeeds()
            #expect(none["spec.schedulingGates"] == nil)
        }

        @Test("Scheduling gates cannot be added", .source("KEP-3521"))
        func gatesAdded() async throws {
            _ = try await make("schedulingGates: [{name: example.com/g}]")
            try await api.patch(
                "pods/a", .json, "[{op: add, path: /spec/schedulingGates/-, value: {name: example.com/h}}]"
            )
            .fails(422, "Invalid", "only deletion is allowed, but found new scheduling gate 'example.com/h'")
        }

        @Test("A gated pod's node selector can be narrowed", .source("KEP-3838"))
        func gatedSelector() async throws {
            _ = try await make("schedulingGates: [{name: example.com/g}]")
            let patched = try await api.patch("pods/a", .merge, "{spec: {nodeSelector: {disk: fast}}}").succeeds()
            #expect(patched["spec.nodeSelector"] == ["disk": "fast"])
            try await api.patch("pods/a", .merge, "{spec: {nodeSelector: {disk: slow}}}")
                .fails(422, "Invalid", causes: ["spec.nodeSelector FieldValueInvalid"])
        }

        @Test(
            "A pod without a node is deleted at once, and answered",
            .source("pkg/registry/core/pod/strategy.go: CheckGracefulDelete"))
        func deleteUnbound() async throws {
            _ = try await make()
            let answer = try await api.delete("pods/a").succeeds()
            #expect(answer["kind"]?.string == "Pod")
            try await api.get("pods/a").fails(404, "NotFound")
        }

        @Test("A pod on a node gets its grace", .source("\(lifecycle), Termination of Pods"))
        func deleteBound() async throws {
            _ = try await make("terminationGracePeriodSeconds: 20")
            try await bind()
            let answer = try await api.delete("pods/a").succeeds()
            #expect(answer["metadata.deletionGracePeriodSeconds"]?.int == 20)
            #expect(answer["metadata.deletionTimestamp"]?.string != nil)
            try await api.get("pods/a").succeeds()
            try await api.delete("pods/a", "{gracePeriodSeconds: 0}").succeeds()
        }

        @Test(
            "A second delete can only shorten the grace",
            .source("staging/src/k8s.io/apiserver/pkg/registry/rest/delete.go: BeforeDelete"))
        func shortened() async throws {
            _ = try await make()
            try await bind()
            try await api.delete("pods/a").succeeds()
            #expect(
                try await api.delete("pods/a", "{gracePeriodSeconds: 100}").succeeds()[
                    "metadata.deletionGracePeriodSeconds"]?.int == 30)
            #expect(
                try await api.delete("pods/a", "{gracePeriodSeconds: 5}").succeeds()[
                    "metadata.deletionGracePeriodSeconds"]?.int == 5)
            try await api.delete("pods/a", "{gracePeriodSeconds: 0}").succeeds()
            try await api.get("pods/a").fails(404, "NotFound")
        }

        @Test("A finished pod is deleted at once", .source("pkg/registry/core/pod/strategy.go: CheckGracefulDelete"))
        func deleteFinished() async throws {
            _ = try await make()
            try await bind()
            try await api.patch("pods/a/status", .merge, "{status: {phase: Succeeded}}").succeeds()
            try await api.delete("pods/a").succeeds()
            try await api.get("pods/a").fails(404, "NotFound")
        }
    }
}
