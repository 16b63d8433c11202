import JSON
import Testing

private let page = "kubernetes.io: Garbage Collection"
private let cascading = "kubernetes.io: Use Cascading Deletion in a Cluster"

extension Conformance {
    @Suite("Garbage collection") struct GarbageCollectionTests {
        private func makeOwner(_ name: String = "owner") async throws -> String {
            try await api.post("configmaps", "{metadata: {name: \(name)}}").succeeds(201).uid
        }

        private func reference(_ name: String, _ uid: String) -> String {
            "{apiVersion: v1, kind: ConfigMap, name: \(name), uid: '\(uid)', blockOwnerDeletion: true}"
        }

        private func makeDependent(_ owners: String..., finalizers: String = "[]") async throws {
            try await api.post(
                "secrets",
                "{metadata: {name: dependent, finalizers: \(finalizers), ownerReferences: [\(owners.joined(separator: ", "))]}}"
            ).succeeds(201)
        }

        private func isGone(_ path: String) async throws {
            try await eventually("\(path) is gone") { try await api.get(path).status == 404 ? () : nil }
        }

        @Test("Deleting an owner deletes its dependents", .source(page))
        func byDefault() async throws {
            try api.needsControllers()
            try await makeDependent(reference("owner", try await makeOwner()))
            try await api.delete("configmaps/owner").succeeds()
            try await isGone("secrets/dependent")
        }

        @Test("Background deletion deletes the owner at once", .source(cascading))
        func background() async throws {
            try api.needsControllers()
            try await makeDependent(reference("owner", try await makeOwner()), finalizers: "[example.com/hold]")
            try await api.delete("configmaps/owner", "{propagationPolicy: Background}").succeeds()
            try await api.get("configmaps/owner").fails(404, "NotFound")
            try await eventually("the dependent is being deleted") {
                try await api.get("secrets/dependent")["metadata.deletionTimestamp"]?.string
            }
            try await api.patch("secrets/dependent", .merge, "{metadata: {finalizers: null}}").succeeds()
        }

        @Test("Foreground deletion keeps the owner until its dependents are gone", .source(cascading))
        func foreground() async throws {
            try api.needsControllers()
            try await makeDependent(reference("owner", try await makeOwner()), finalizers: "[example.com/hold]")
            let marked = try await api.delete("configmaps/owner", "{propagationPolicy: Foreground}").succeeds()
            #expect(marked["metadata.deletionTimestamp"]?.string != nil)
            #expect(marked["metadata.finalizers"]?.strings == ["foregroundDeletion"])
            try await eventually("the dependent is being deleted") {
                try await api.get("secrets/dependent")["metadata.deletionTimestamp"]?.string
            }
            try await api.get("configmaps/owner").succeeds()
            try await api.patch("secrets/dependent", .merge, "{metadata: {finalizers: null}}").succeeds()
            try await isGone("configmaps/owner")
        }

        @Test("Orphaning keeps the dependents and takes their owner off", .source(cascading))
        func orphan() async throws {
            try api.needsControllers()
            try await makeDependent(reference("owner", try await makeOwner()))
            try await api.delete("configmaps/owner", "{propagationPolicy: Orphan}").succeeds()
            try await isGone("configmaps/owner")
            #expect(try await api.get("secrets/dependent").succeeds()["metadata.ownerReferences"] == nil)
        }

        @Test("A policy can be given in the query", .source("API reference: DELETE, propagationPolicy"))
        func query() async throws {
            _ = try await makeOwner()
            let marked = try await api.delete("configmaps/owner", query: [("propagationPolicy", "Foreground")])
                .succeeds()
            #expect(marked["metadata.finalizers"]?.strings == ["foregroundDeletion"])
        }

        @Test(
            "An unknown policy answers 422",
            .source("apimachinery pkg/apis/meta/v1/validation/validation.go: ValidateDeleteOptions"))
        func unknownPolicy() async throws {
            _ = try await makeOwner()
            try await api.delete("configmaps/owner", "{propagationPolicy: Sometimes}")
                .fails(422, "Invalid", causes: ["propagationPolicy FieldValueNotSupported"])
        }

        @Test(
            "The old orphanDependents and a policy exclude each other",
            .source("apimachinery pkg/apis/meta/v1/validation/validation.go: ValidateDeleteOptions"))
        func orphanDependents() async throws {
            _ = try await makeOwner()
            try await api.delete("configmaps/owner", "{propagationPolicy: Orphan, orphanDependents: true}")
                .fails(422, "Invalid", causes: ["propagationPolicy FieldValueInvalid"])
        }

        @Test(
            "A dependent whose owner does not exist is collected",
            .source("pkg/controller/garbagecollector/garbagecollector.go: attemptToDeleteItem"))
        func dangling() async throws {
            try api.needsControllers()
            try await makeDependent(reference("nobody", "11111111-2222-3333-4444-555555555555"))
            try await isGone("secrets/dependent")
        }

        @Test(
            "A dependent of an earlier object of the same name is collected",
            .source("pkg/controller/garbagecollector/garbagecollector.go: isDangling"))
        func otherUID() async throws {
            try api.needsControllers()
            _ = try await makeOwner()
            try await makeDependent(reference("owner", "11111111-2222-3333-4444-555555555555"))
            try await isGone("secrets/dependent")
        }

        @Test("An owner in another namespace does not count", .source("\(page), Owner references and cross-namespace"))
        func crossNamespace() async throws {
            try api.needsControllers()
            try await api.post("/api/v1/namespaces", "{metadata: {name: '{ns}-other'}}").succeeds(201)
            try api.cleanUp("/api/v1/namespaces/{ns}-other")
            let owner = try await api.post("/api/v1/namespaces/{ns}-other/configmaps", "{metadata: {name: owner}}")
                .succeeds(201)
            try await makeDependent(reference("owner", owner.uid))
            try await isGone("secrets/dependent")
        }

        @Test(
            "A dependent with an owner left stays, without the one that is gone",
            .source("pkg/controller/garbagecollector/garbagecollector.go: attemptToDeleteItem"))
        func oneLeft() async throws {
            try api.needsControllers()
            let (one, two) = (try await makeOwner("one"), try await makeOwner("two"))
            try await makeDependent(reference("one", one), reference("two", two))
            try await api.delete("configmaps/one").succeeds()
            try await eventually("the reference is taken off") {
                let owners = try await api.get("secrets/dependent").succeeds()["metadata.ownerReferences"]?.array ?? []
                return owners.compactMap { $0["name"]?.string } == ["two"] ? () : nil
            }
        }

        @Test("Chains are collected to their end", .source(page))
        func chain() async throws {
            try api.needsControllers()
            let owner = try await makeOwner()
            let middle = try await api.post(
                "configmaps", "{metadata: {name: middle, ownerReferences: [\(reference("owner", owner))]}}"
            ).succeeds(201)
            try await makeDependent(reference("middle", middle.uid))
            try await api.delete("configmaps/owner").succeeds()
            try await isGone("secrets/dependent")
            try await isGone("configmaps/middle")
        }

        @Test("Custom objects own and are owned", .source(page))
        func custom() async throws {
            try api.needsControllers()
            let owner = try await api.post("widgets", "{metadata: {name: owner}}").succeeds(201)
            try await makeDependent("{apiVersion: '{group}/v1', kind: Widget, name: owner, uid: '\(owner.uid)'}")
            try await api.delete("widgets/owner").succeeds()
            try await isGone("secrets/dependent")
        }
    }
}
