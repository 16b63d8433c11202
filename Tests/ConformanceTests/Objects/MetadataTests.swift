import JSON
import Testing

private let rest = "staging/src/k8s.io/apiserver/pkg/registry/rest"
private let objectMeta = "apimachinery pkg/api/validation/objectmeta.go"
private let concurrency = "kubernetes.io: Kubernetes API Concepts, Updates to existing resources"

extension Conformance {
    @Suite("Metadata") struct MetadataTests {
        @Test("The server sets uid and creationTimestamp, whatever the client says", .source("\(rest)/meta.go"))
        func systemFields() async throws {
            let made = try await api.post(
                "configmaps",
                "{metadata: {name: a, uid: 11111111-2222-3333-4444-555555555555, creationTimestamp: '2001-01-01T00:00:00Z'}}"
            ).succeeds(201)
            #expect(made.uid.count == 36 && made.uid != "11111111-2222-3333-4444-555555555555")
            let time = try #require(made["metadata.creationTimestamp"]?.string)
            // RFC 3339 in UTC with whole seconds.
            #expect(time.count == 20 && time.hasSuffix("Z") && !time.hasPrefix("2001"))
        }

        @Test("An update cannot change creationTimestamp", .source("\(rest)/update.go: BeforeUpdate"))
        func creationTimestampStays() async throws {
            let made = try await api.post("configmaps", "{metadata: {name: a}}").succeeds(201)
            let updated = try await api.put(
                "configmaps/a", "{metadata: {name: a, creationTimestamp: '2001-01-01T00:00:00Z'}, data: {k: v}}"
            ).succeeds()
            #expect(updated["metadata.creationTimestamp"] == made["metadata.creationTimestamp"])
        }

        @Test(
            "An update with another uid answers 409 Conflict",
            .source("\(rest)/update.go: UpdatedObjectInfo.Preconditions"))
        func otherUID() async throws {
            try await api.post("configmaps", "{metadata: {name: a}}").succeeds(201)
            try await api.put("configmaps/a", "{metadata: {name: a, uid: 11111111-2222-3333-4444-555555555555}}")
                .fails(409, "Conflict", "Precondition failed: UID in precondition")
        }

        @Test("Every write gives the object a new resourceVersion", .source(concurrency))
        func versionChanges() async throws {
            let made = try await api.post("configmaps", "{metadata: {name: a}}").succeeds(201)
            let updated = try await api.put("configmaps/a", "{metadata: {name: a}, data: {k: v}}").succeeds()
            #expect(updated.resourceVersion != made.resourceVersion)
            #expect(updated.uid == made.uid)
        }

        @Test(
            "A write that changes nothing keeps the resourceVersion",
            .source(
                "staging/src/k8s.io/apiserver/pkg/storage/etcd3/store.go: GuaranteedUpdate"))
        func noChange() async throws {
            let made = try await api.post("configmaps", "{metadata: {name: a}, data: {k: v}}").succeeds(201)
            let updated = try await api.put("configmaps/a", "{metadata: {name: a}, data: {k: v}}").succeeds()
            #expect(updated.resourceVersion == made.resourceVersion)
        }

        @Test("An update with an old resourceVersion answers 409 Conflict", .source(concurrency))
        func conflict() async throws {
            let made = try await api.post("configmaps", "{metadata: {name: a}}").succeeds(201)
            try await api.put("configmaps/a", "{metadata: {name: a}, data: {k: v}}").succeeds()
            let answer = try await api.put(
                "configmaps/a", "{metadata: {name: a, resourceVersion: '\(made.resourceVersion)'}, data: {k: w}}")
            answer.fails(
                409, "Conflict", "the object has been modified; please apply your changes to the latest version")
            #expect(answer["details.name"]?.string == "a")
            #expect(answer["details.kind"]?.string == "configmaps")
        }

        @Test("An update with the current resourceVersion succeeds", .source(concurrency))
        func currentVersion() async throws {
            let made = try await api.post("configmaps", "{metadata: {name: a}}").succeeds(201)
            try await api.put(
                "configmaps/a", "{metadata: {name: a, resourceVersion: '\(made.resourceVersion)'}, data: {k: w}}"
            ).succeeds()
        }

        @Test(
            "A custom object cannot be updated without its resourceVersion",
            .source(
                "staging/src/k8s.io/apiextensions-apiserver/pkg/registry/customresource/strategy.go: AllowUnconditionalUpdate"
            ))
        func customUnconditional() async throws {
            try await api.post("widgets", "{metadata: {name: a}}").succeeds(201)
            try await api.put("widgets/a", "{metadata: {name: a}}")
                .fails(
                    422, "Invalid", "must be specified for an update",
                    causes: [
                        "metadata.resourceVersion FieldValueInvalid"
                    ])
        }

        @Test(
            "An object with a resourceVersion cannot be created",
            .source(
                "staging/src/k8s.io/apiserver/pkg/storage/errors.go: ErrResourceVersionSetOnCreate"))
        func versionOnCreate() async throws {
            let answer = try await api.post("configmaps", "{metadata: {name: a, resourceVersion: '1'}}")
            #expect(answer.status == 500 || answer.status == 400)
            #expect(answer.message.contains("resourceVersion should not be set on objects to be created"))
        }

        @Test("generation counts changes of spec, not of metadata", .source("API conventions: Metadata"))
        func generation() async throws {
            let made = try await api.post("widgets", "{metadata: {name: a}, spec: {color: red}}").succeeds(201)
            #expect(made["metadata.generation"]?.int == 1)
            let labelled = try await api.patch("widgets/a", .merge, "{metadata: {labels: {l: x}}}").succeeds()
            #expect(labelled["metadata.generation"]?.int == 1)
            let changed = try await api.patch("widgets/a", .merge, "{spec: {color: blue}}").succeeds()
            #expect(changed["metadata.generation"]?.int == 2)
        }

        @Test("A client cannot set generation", .source("\(rest)/update.go: BeforeUpdate"))
        func generationIsTheServers() async throws {
            let made = try await api.post("widgets", "{metadata: {name: a, generation: 7}}").succeeds(201)
            #expect(made["metadata.generation"]?.int == 1)
            let patched = try await api.patch("widgets/a", .merge, "{metadata: {generation: 9}}").succeeds()
            #expect(patched["metadata.generation"]?.int == 1)
        }

        @Test("Kinds without a spec have no generation", .source("API conventions: Metadata"))
        func noGeneration() async throws {
            let made = try await api.post("configmaps", "{metadata: {name: a}}").succeeds(201)
            #expect(made["metadata.generation"] == nil)
        }

        static let refusals: [Refusal] = [
            .init(
                "A label's key must be qualified", source: "kubernetes.io: Labels and Selectors", "configmaps",
                "{metadata: {name: a, labels: {'a b': x}}}", "metadata.labels FieldValueInvalid"),
            .init(
                "A label's value has at most 63 characters", source: "kubernetes.io: Labels and Selectors",
                "configmaps", "{metadata: {name: a, labels: {l: \(String(repeating: "x", count: 64))}}}",
                "metadata.labels FieldValueInvalid"),
            .init(
                "An annotation's key must be qualified", source: "kubernetes.io: Annotations", "configmaps",
                "{metadata: {name: a, annotations: {'a b': x}}}", "metadata.annotations FieldValueInvalid"),
            .init(
                "Annotations have at most 256 KiB together", source: "\(objectMeta): TotalAnnotationSizeLimitB",
                "configmaps", "{metadata: {name: a, annotations: {k: \(String(repeating: "x", count: 262_200))}}}",
                "metadata.annotations FieldValueTooLong"),
            .init(
                "An owner reference needs a uid", source: objectMeta, "configmaps",
                "{metadata: {name: a, ownerReferences: [{apiVersion: v1, kind: Secret, name: s, uid: ''}]}}",
                "metadata.ownerReferences[0].uid FieldValueRequired"),
            .init(
                "An owner reference needs a name", source: objectMeta, "configmaps",
                "{metadata: {name: a, ownerReferences: [{apiVersion: v1, kind: Secret, name: '', uid: u}]}}",
                "metadata.ownerReferences[0].name FieldValueRequired"),
            .init(
                "Only one owner is the controller", source: objectMeta, "configmaps",
                """
                {metadata: {name: a, ownerReferences: [
                  {apiVersion: v1, kind: Secret, name: s, uid: u, controller: true},
                  {apiVersion: v1, kind: Secret, name: t, uid: w, controller: true}]}}
                """, "metadata.ownerReferences FieldValueInvalid",
                words: "Only one reference can have Controller set to true"),
            .init(
                "An event owns nothing", source: "\(objectMeta): BannedOwners", "configmaps",
                "{metadata: {name: a, ownerReferences: [{apiVersion: v1, kind: Event, name: s, uid: u}]}}",
                "metadata.ownerReferences[0] FieldValueInvalid", words: "is disallowed from being an owner"),
            .init(
                "A finalizer is a qualified name", source: "\(objectMeta): ValidateFinalizerName", "widgets",
                "{metadata: {name: a, finalizers: ['a b']}}", "metadata.finalizers FieldValueInvalid"),
            .init(
                "A finalizer of a built-in kind has a domain",
                source: "pkg/apis/core/validation/validation.go: ValidateFinalizerName", "configmaps",
                "{metadata: {name: a, finalizers: [plain]}}", "metadata.finalizers FieldValueInvalid",
                words: "name is neither a standard finalizer name nor is it fully qualified"),
            .init(
                "orphan and foregroundDeletion exclude each other", source: "\(objectMeta): ValidateFinalizers",
                "configmaps", "{metadata: {name: a, finalizers: [orphan, foregroundDeletion]}}",
                "metadata.finalizers FieldValueInvalid", words: "cannot be both set"),
        ]

        @Test("Metadata that is refused", arguments: refusals)
        func refused(_ row: Refusal) async throws { try await row.check() }
    }

    @Suite("Finalizers") struct FinalizerTests {
        private func makeDeleted(_ path: String = "configmaps") async throws -> Answer {
            try await api.post(path, "{metadata: {name: a, finalizers: [example.com/f]}}").succeeds(201)
            try api.cleanUp("\(path)/a")
            return try await api.delete("\(path)/a").succeeds()
        }

        private func release(_ path: String = "configmaps") async throws {
            try await api.patch("\(path)/a", .merge, "{metadata: {finalizers: null}}").succeeds()
        }

        @Test("An object with finalizers stays, marked as being deleted", .source("kubernetes.io: Finalizers"))
        func stays() async throws {
            let answer = try await makeDeleted()
            #expect(answer["kind"]?.string == "ConfigMap")
            #expect(answer["metadata.deletionTimestamp"]?.string != nil)
            let read = try await api.get("configmaps/a").succeeds()
            #expect(read["metadata.deletionTimestamp"] == answer["metadata.deletionTimestamp"])
            #expect(read["metadata.deletionGracePeriodSeconds"]?.int == 0)
            try await release()
        }

        @Test("Removing the last finalizer deletes the object", .source("kubernetes.io: Finalizers"))
        func lastOne() async throws {
            _ = try await makeDeleted()
            try await release()
            try await api.get("configmaps/a").fails(404, "NotFound")
        }

        @Test(
            "No finalizer can be added to an object that is being deleted",
            .source("\(objectMeta): ValidateNoNewFinalizers"))
        func noneAdded() async throws {
            _ = try await makeDeleted()
            try await api.patch("configmaps/a", .merge, "{metadata: {finalizers: [example.com/f, example.com/g]}}")
                .fails(
                    422, "Invalid", "no new finalizers can be added if the object is being deleted",
                    causes: [
                        "metadata.finalizers FieldValueForbidden"
                    ])
            try await release()
        }

        @Test("An update cannot undo a deletion", .source("\(rest)/update.go: BeforeUpdate"))
        func noUndo() async throws {
            let marked = try await makeDeleted()
            let patched = try await api.patch(
                "configmaps/a", .merge, "{metadata: {deletionTimestamp: null}, data: {k: v}}"
            ).succeeds()
            #expect(patched["metadata.deletionTimestamp"] == marked["metadata.deletionTimestamp"])
            try await release()
        }

        @Test("Deleting again changes nothing", .source("kubernetes.io: Finalizers"))
        func again() async throws {
            let first = try await makeDeleted()
            let second = try await api.delete("configmaps/a").succeeds()
            #expect(second["metadata.deletionTimestamp"] == first["metadata.deletionTimestamp"])
            #expect(second.resourceVersion == first.resourceVersion)
            try await release()
        }

        @Test(
            "Being marked for deletion counts as a change of generation",
            .source(
                "staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go: markAsDeleting"))
        func generation() async throws {
            let marked = try await makeDeleted("widgets")
            #expect(marked["metadata.generation"]?.int == 2)
            try await release("widgets")
        }

        @Test("A client cannot mark an object as deleted by creating it so", .source("\(rest)/create.go: BeforeCreate"))
        func deletionTimestampOnCreate() async throws {
            let made = try await api.post(
                "configmaps", "{metadata: {name: a, deletionTimestamp: '2001-01-01T00:00:00Z'}}"
            ).succeeds(201)
            #expect(made["metadata.deletionTimestamp"] == nil)
        }
    }

    @Suite("Managed fields") struct ManagedFieldsTests {
        @Test(
            "A create is recorded under its field manager",
            .source("kubernetes.io: Server-Side Apply, Field management"))
        func create() async throws {
            let made = try await api.post(
                "configmaps", "{metadata: {name: a}, data: {k: v}}", query: [("fieldManager", "me")]
            ).succeeds(201)
            let entry = try #require(made["metadata.managedFields.0"])
            #expect(entry["manager"]?.string == "me")
            #expect(entry["operation"]?.string == "Update")
            #expect(entry["apiVersion"]?.string == "v1")
            #expect(entry["fieldsType"]?.string == "FieldsV1")
            #expect(entry["time"]?.string?.count == 20)
            #expect(entry["fieldsV1"]?["f:data"]?["f:k"] == [:])
        }

        @Test(
            "Without a field manager it is the user agent's first word",
            .source(
                "staging/src/k8s.io/apiserver/pkg/endpoints/handlers/create.go: managerOrUserAgent"))
        func userAgent() async throws {
            let made = try await api.post("configmaps", "{metadata: {name: a}, data: {k: v}}").succeeds(201)
            #expect(made["metadata.managedFields.0.manager"]?.string == "conformance")
        }

        @Test("Who changes a field takes it over", .source("kubernetes.io: Server-Side Apply, Field management"))
        func takenOver() async throws {
            try await api.post(
                "configmaps", "{metadata: {name: a}, data: {k: v, l: v}}", query: [("fieldManager", "one")]
            ).succeeds(201)
            let patched = try await api.patch(
                "configmaps/a", .merge, "{data: {k: w}}", query: [("fieldManager", "two")]
            ).succeeds()
            let entries = patched["metadata.managedFields"]?.array ?? []
            let one = entries.first { $0["manager"]?.string == "one" }
            let two = entries.first { $0["manager"]?.string == "two" }
            #expect(one?["fieldsV1"]?["f:data"]?["f:k"] == nil)
            #expect(one?["fieldsV1"]?["f:data"]?["f:l"] == [:])
            #expect(two?["fieldsV1"]?["f:data"]?["f:k"] == [:])
        }

        @Test(
            "A list with one empty entry clears managed fields",
            .source(
                "kubernetes.io: Server-Side Apply, Clearing managedFields"))
        func cleared() async throws {
            try await api.post("configmaps", "{metadata: {name: a}, data: {k: v}}").succeeds(201)
            let patched = try await api.patch("configmaps/a", .merge, "{metadata: {managedFields: [{}]}}").succeeds()
            #expect(patched["metadata.managedFields"] == nil)
        }

        @Test(
            "An update that leaves managed fields out keeps them",
            .source(
                "kubernetes.io: Server-Side Apply, Clearing managedFields"))
        func kept() async throws {
            try await api.post(
                "configmaps", "{metadata: {name: a}, data: {k: v}}", query: [("fieldManager", "one")]
            ).succeeds(201)
            let updated = try await api.put(
                "configmaps/a", "{metadata: {name: a}, data: {k: v}}", query: [("fieldManager", "two")]
            ).succeeds()
            #expect(updated["metadata.managedFields.0.manager"]?.string == "one")
        }

        @Test(
            "A field manager has at most 128 characters",
            .source(
                "apimachinery pkg/apis/meta/v1/validation/validation.go: ValidateFieldManager"))
        func tooLong() async throws {
            try await api.post(
                "configmaps", "{metadata: {name: a}}", query: [("fieldManager", String(repeating: "m", count: 129))]
            ).fails(422, "Invalid", causes: ["fieldManager FieldValueTooLong"])
        }
    }
}
