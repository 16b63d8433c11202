import JSON
import Testing

private let deployments = "pkg/apis/apps/validation/validation.go: ValidateDeployment"
private let template =
    "template: {metadata: {labels: {app: a}}, spec: {containers: [{name: main, image: 'example.com/none:1'}]}}"
private let dryRun = [("dryRun", "All")]

extension Conformance {
    @Suite("Workloads") struct WorkloadTests {
        @Test("A deployment is completed", .source("pkg/apis/apps/v1/defaults.go"))
        func deploymentDefaults() async throws {
            let made = try await api.post(
                "apps/v1/deployments", "{metadata: {name: a}, spec: {selector: {matchLabels: {app: a}}, \(template)}}",
                query: dryRun
            ).succeeds(201)
            #expect(made["spec.replicas"]?.int == 1)
            #expect(
                made["spec.strategy"] == [
                    "type": "RollingUpdate", "rollingUpdate": ["maxSurge": "25%", "maxUnavailable": "25%"],
                ])
            #expect(made["spec.revisionHistoryLimit"]?.int == 10)
            #expect(made["spec.progressDeadlineSeconds"]?.int == 600)
            #expect(made["spec.template.spec.restartPolicy"]?.string == "Always")
            #expect(made["spec.template.spec.containers.0.imagePullPolicy"]?.string == "IfNotPresent")
            #expect(made["metadata.generation"]?.int == 1)
        }

        @Test("A stateful set is completed", .source("pkg/apis/apps/v1/defaults.go"))
        func statefulSetDefaults() async throws {
            let made = try await api.post(
                "apps/v1/statefulsets",
                "{metadata: {name: a}, spec: {serviceName: a, selector: {matchLabels: {app: a}}, \(template)}}",
                query: dryRun
            ).succeeds(201)
            #expect(made["spec.podManagementPolicy"]?.string == "OrderedReady")
            #expect(made["spec.updateStrategy"] == ["type": "RollingUpdate", "rollingUpdate": ["partition": 0]])
        }

        @Test("A job is completed", .source("pkg/apis/batch/v1/defaults.go"))
        func jobDefaults() async throws {
            let made = try await api.post(
                "batch/v1/jobs",
                "{metadata: {name: a}, spec: {template: {spec: {restartPolicy: Never, containers: [{name: main, image: 'example.com/none:1'}]}}}}",
                query: dryRun
            ).succeeds(201)
            #expect(made["spec.completions"]?.int == 1)
            #expect(made["spec.parallelism"]?.int == 1)
            #expect(made["spec.backoffLimit"]?.int == 6)
            #expect(made["spec.completionMode"]?.string == "NonIndexed")
            #expect(made["spec.suspend"]?.bool == false)
            #expect(made["spec.selector.matchLabels"]?["batch.kubernetes.io/controller-uid"]?.string == made.uid)
            #expect(made["spec.template.metadata.labels"]?["job-name"]?.string == "a")
        }

        @Test("A selector cannot be changed", .source(deployments))
        func selectorStays() async throws {
            try await api.post("apps/v1/deployments", deployment).succeeds(201)
            try await api.patch(
                "apps/v1/deployments/a", .merge,
                "{spec: {selector: {matchLabels: {app: b}}, template: {metadata: {labels: {app: b}}}}}"
            ).fails(422, "Invalid", "field is immutable", causes: ["spec.selector FieldValueInvalid"])
        }

        static let refusals: [Refusal] = [
            .init(
                "A deployment has a selector", source: deployments, "apps/v1/deployments",
                "{metadata: {name: a}, spec: {\(template)}}",
                "spec.selector FieldValueRequired"),
            .init(
                "A selector matches its template", source: deployments, "apps/v1/deployments",
                "{metadata: {name: a}, spec: {selector: {matchLabels: {app: b}}, \(template)}}",
                "spec.template.metadata.labels FieldValueInvalid", words: "`selector` does not match template `labels`"),
            .init(
                "Replicas are not negative", source: deployments, "apps/v1/deployments",
                "{metadata: {name: a}, spec: {replicas: -1, selector: {matchLabels: {app: a}}, \(template)}}",
                "spec.replicas FieldValueInvalid"),
            .init(
                "A deployment's pods start again", source: deployments, "apps/v1/deployments",
                "{metadata: {name: a}, spec: {selector: {matchLabels: {app: a}}, \(template.replacing("containers:", with: "restartPolicy: Never, containers:"))}}",
                "spec.template.spec.restartPolicy FieldValueNotSupported"),
            .init(
                "A template is validated as a pod", source: deployments, "apps/v1/deployments",
                "{metadata: {name: a}, spec: {selector: {matchLabels: {app: a}}, template: {metadata: {labels: {app: a}}, spec: {containers: [{name: A_b, image: x}]}}}}",
                "spec.template.spec.containers[0].name FieldValueInvalid"),
            .init(
                "A job's retries are not negative", source: "pkg/apis/batch/validation/validation.go", "batch/v1/jobs",
                "{metadata: {name: a}, spec: {backoffLimit: -1, template: {spec: {restartPolicy: Never, containers: [{name: c, image: x}]}}}}",
                "spec.backoffLimit FieldValueInvalid"),
            .init(
                "A budget says one of two numbers", source: "pkg/apis/policy/validation/validation.go",
                "policy/v1/poddisruptionbudgets",
                "{metadata: {name: a}, spec: {minAvailable: 1, maxUnavailable: 1, selector: {}}}",
                "spec FieldValueInvalid",
                words: "minAvailable and maxUnavailable cannot be both set"),
        ]

        @Test("Workloads that are refused", arguments: refusals)
        func refused(_ row: Refusal) async throws { try await row.check() }
    }

    @Suite("Leases, events and priority classes") struct SmallKindTests {
        @Test("A lease keeps times to the microsecond", .source("k8s.io/api/coordination/v1: LeaseSpec"))
        func microTime() async throws {
            let made = try await api.post(
                "coordination.k8s.io/v1/leases",
                "{metadata: {name: a}, spec: {holderIdentity: me, leaseDurationSeconds: 15, acquireTime: '2026-01-02T03:04:05.678901Z', renewTime: '2026-01-02T03:04:05Z'}}"
            ).succeeds(201)
            #expect(made["spec.acquireTime"]?.string == "2026-01-02T03:04:05.678901Z")
            #expect(made["spec.renewTime"]?.string == "2026-01-02T03:04:05.000000Z")
        }

        @Test("Of two who renew one lease with one version, one succeeds", .source("kubernetes.io: Leases"))
        func race() async throws {
            let made = try await api.post("coordination.k8s.io/v1/leases", "{metadata: {name: a}}").succeeds(201)
            let scope = try api
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for holder in 0..<5 {
                    group.addTask {
                        try await scope.put(
                            "coordination.k8s.io/v1/leases/a",
                            "{metadata: {name: a, resourceVersion: '\(made.resourceVersion)'}, spec: {holderIdentity: h\(holder)}}"
                        ).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [200, 409, 409, 409, 409])
        }

        static let refusals: [Refusal] = [
            .init(
                "A lease lasts longer than nothing", source: "pkg/apis/coordination/validation/validation.go",
                "coordination.k8s.io/v1/leases",
                "{metadata: {name: a}, spec: {leaseDurationSeconds: 0}}", "spec.leaseDurationSeconds FieldValueInvalid"),
            .init(
                "A lease is not handed over a negative number of times",
                source: "pkg/apis/coordination/validation/validation.go", "coordination.k8s.io/v1/leases",
                "{metadata: {name: a}, spec: {leaseTransitions: -1}}", "spec.leaseTransitions FieldValueInvalid"),
            .init(
                "A priority of users is at most a billion", source: "pkg/apis/scheduling/validation/validation.go",
                "/apis/scheduling.k8s.io/v1/priorityclasses", "{metadata: {name: 'c-{suffix}'}, value: 1000000001}",
                "value FieldValueForbidden"),
            .init(
                "Names of priority classes that begin with system- are Kubernetes'",
                source: "pkg/apis/scheduling/validation/validation.go",
                "/apis/scheduling.k8s.io/v1/priorityclasses", "{metadata: {name: 'system-{suffix}'}, value: 1}",
                "metadata.name FieldValueForbidden"),
            .init(
                "A role's rule has verbs", source: "pkg/apis/rbac/validation/validation.go",
                "rbac.authorization.k8s.io/v1/roles",
                "{metadata: {name: a}, rules: [{apiGroups: [''], resources: [pods]}]}",
                "rules[0].verbs FieldValueRequired"),
            .init(
                "A role's rule has resources", source: "pkg/apis/rbac/validation/validation.go",
                "rbac.authorization.k8s.io/v1/roles",
                "{metadata: {name: a}, rules: [{apiGroups: [''], verbs: [get]}]}",
                "rules[0].resources FieldValueRequired"),
        ]

        @Test("Objects that are refused", arguments: refusals)
        func refused(_ row: Refusal) async throws { try await row.check() }

        @Test("A priority class's value cannot be changed", .source("pkg/apis/scheduling/validation/validation.go"))
        func priorityStays() async throws {
            let path = "/apis/scheduling.k8s.io/v1/priorityclasses"
            let made = try await api.post(path, "{metadata: {name: 'conformance-{suffix}'}, value: 5}").succeeds(201)
            try api.cleanUp("\(path)/conformance-{suffix}")
            #expect(made["preemptionPolicy"]?.string == "PreemptLowerPriority")
            try await api.patch("\(path)/conformance-{suffix}", .merge, "{value: 6}")
                .fails(422, "Invalid")
        }

        @Test("An event of one group is an event of the other", .source("KEP-383; pkg/apis/core/v1/conversion.go"))
        func event() async throws {
            try await api.post(
                "events",
                """
                {metadata: {name: a}, involvedObject: {kind: Pod, namespace: '{ns}', name: p, apiVersion: v1}, reason: Why, message: so it is,
                 type: Normal, source: {component: test}, count: 2}
                """
            ).succeeds(201)
            let other = try await api.get("events.k8s.io/v1/events/a").succeeds()
            #expect(other["apiVersion"]?.string == "events.k8s.io/v1")
            #expect(other["regarding.name"]?.string == "p")
            #expect(other["note"]?.string == "so it is")
            #expect(other["deprecatedCount"]?.int == 2)
            #expect(other["deprecatedSource.component"]?.string == "test")
        }

        @Test("Events can be selected by what they are about", .source("pkg/registry/core/event/strategy.go"))
        func eventFields() async throws {
            for name in ["p", "q"] {
                try await api.post(
                    "events",
                    "{metadata: {name: \(name)}, involvedObject: {kind: Pod, namespace: '{ns}', name: \(name)}, reason: Why, type: Warning}"
                ).succeeds(201)
            }
            #expect(
                try await api.get("events", query: [("fieldSelector", "involvedObject.name=p,type=Warning")]).names == [
                    "p"
                ])
            #expect(try await api.get("events", query: [("fieldSelector", "reason!=Why")]).names == [])
        }

        @Test("An event is in the namespace of what it is about", .source("pkg/apis/core/validation/events.go"))
        func eventNamespace() async throws {
            try await api.post(
                "events", "{metadata: {name: a}, involvedObject: {kind: Pod, namespace: other, name: p}, reason: Why}"
            )
            .fails(
                422, "Invalid", "does not match event.namespace", causes: ["involvedObject.namespace FieldValueInvalid"]
            )
        }

        @Test("A quota holds pods back: 403", .source("kubernetes.io: Resource Quotas"))
        func quota() async throws {
            try api.needsControllers()
            try await api.allowPods()
            try await api.post("resourcequotas", "{metadata: {name: few}, spec: {hard: {pods: '0'}}}").succeeds(201)
            let answer = try await eventually("the quota is used") { () -> Answer? in
                let answer = try await api.post("pods", Pods.plain("a"), query: [("dryRun", "All")])
                return answer.status == 201 ? nil : answer
            }
            answer.fails(403, "Forbidden", "exceeded quota: few, requested: pods=1, used: pods=0, limited: pods=0")
        }
    }
}
