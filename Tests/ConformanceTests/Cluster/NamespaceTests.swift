import JSON
import Testing

private let page = "kubernetes.io: Namespaces"
private let lifecycle = "staging/src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go"
private let other = "/api/v1/namespaces/{ns}-other"

extension Conformance {
    @Suite("Namespaces") struct NamespaceTests {
        private func makeOther() async throws -> Answer {
            try api.cleanUp(other)
            return try await api.post("/api/v1/namespaces", "{metadata: {name: '{ns}-other'}}").succeeds(201)
        }

        /// Another namespace that is being deleted and cannot end.
        private func makeTerminating() async throws -> Answer {
            _ = try await makeOther()
            try await api.post("\(other)/configmaps", "{metadata: {name: held, finalizers: [example.com/hold]}}")
                .succeeds(201)
            return try await api.delete(other).succeeds()
        }

        private func release() async throws {
            try await api.patch("\(other)/configmaps/held", .merge, "{metadata: {finalizers: null}}").succeeds()
        }

        @Test("A new namespace is active, labelled with its name and kept by a finalizer", .source("KEP-2161; \(page)"))
        func create() async throws {
            let made = try await makeOther()
            #expect(made["status.phase"]?.string == "Active")
            #expect(made["spec.finalizers"]?.strings == ["kubernetes"])
            #expect(made["metadata.labels"]?["kubernetes.io/metadata.name"]?.string == made.name)
        }

        @Test("Its label cannot be changed", .source("KEP-2161"))
        func label() async throws {
            let patched = try await api.patch(
                "/api/v1/namespaces/{ns}", .merge, "{metadata: {labels: {kubernetes.io/metadata.name: other}}}"
            ).succeeds()
            #expect(patched["metadata.labels"]?["kubernetes.io/metadata.name"]?.string == (try api.namespace))
        }

        @Test("Creating in a namespace that does not exist answers 404", .source(lifecycle))
        func missing() async throws {
            try await api.post("\(other)/configmaps", "{metadata: {name: a}}")
                .fails(404, "NotFound", "namespaces \"\(try api.namespace)-other\" not found")
        }

        @Test("Reading in a namespace that does not exist finds nothing", .source(page))
        func readMissing() async throws {
            #expect(try await api.get("\(other)/configmaps").succeeds().names == [])
            try await api.get("\(other)/configmaps/a").fails(404, "NotFound")
        }

        @Test(
            "Deleting a namespace answers it as terminating",
            .source("pkg/registry/core/namespace/storage/storage.go: Delete"))
        func terminating() async throws {
            let marked = try await makeTerminating()
            #expect(marked["kind"]?.string == "Namespace")
            #expect(marked["status.phase"]?.string == "Terminating")
            #expect(marked["metadata.deletionTimestamp"]?.string != nil)
            try await release()
        }

        @Test("Nothing can be created in a terminating namespace: 403 with its cause", .source(lifecycle))
        func createInTerminating() async throws {
            _ = try await makeTerminating()
            let answer = try await api.post("\(other)/configmaps", "{metadata: {name: a}}")
            answer.fails(403, "Forbidden", "because it is being terminated")
            #expect(answer["details.causes.0.reason"]?.string == "NamespaceTerminating")
            try await release()
        }

        @Test("Objects of a terminating namespace can be changed", .source(lifecycle))
        func changeInTerminating() async throws {
            _ = try await makeTerminating()
            try await api.patch("\(other)/configmaps/held", .merge, "{data: {k: v}}").succeeds()
            try await release()
        }

        @Test("Deleting a namespace deletes what is in it", .source(page))
        func contents() async throws {
            try api.needsControllers()
            _ = try await makeOther()
            try await api.post("\(other)/secrets", "{metadata: {name: a}}").succeeds(201)
            try await api.post("/apis/{group}/v1/namespaces/{ns}-other/widgets", "{metadata: {name: a}}").succeeds(201)
            try await api.delete(other).succeeds()
            try await eventually("the namespace is gone", within: .seconds(60)) {
                try await api.get(other).status == 404 ? () : nil
            }
            #expect(try await api.get("\(other)/secrets").names == [])
            #expect(try await api.get("/apis/{group}/v1/namespaces/{ns}-other/widgets").names == [])
        }

        @Test(
            "A namespace that cannot end says why in its conditions",
            .source("KEP-5080; pkg/controller/namespace/deletion/status_condition_utils.go"))
        func conditions() async throws {
            try api.needsControllers()
            _ = try await makeTerminating()
            try await eventually("its conditions are said") {
                let conditions = try await api.get(other)["status.conditions"]?.array ?? []
                let isTrue = conditions.filter { $0["status"]?.string == "True" }.compactMap { $0["type"]?.string }
                return Set(isTrue).isSuperset(of: ["NamespaceContentRemaining", "NamespaceFinalizersRemaining"])
                    ? () : nil
            }
            try await release()
        }

        @Test("The default namespace cannot be deleted", .source(lifecycle))
        func immortal() async throws {
            try await api.delete("/api/v1/namespaces/default", query: [("dryRun", "All")])
                .fails(403, "Forbidden", "this namespace may not be deleted")
        }

        @Test("Namespaces have no collection to delete", .source("API reference: Namespace"))
        func noDeleteCollection() async throws {
            try await api.delete("/api/v1/namespaces", query: [("labelSelector", "none={suffix}")]).fails(
                405, "MethodNotAllowed")
        }

        @Test(
            "A namespace gets a service account and the authority's certificate",
            .source("kubernetes.io: Service Accounts, default service accounts"))
        func serviceAccount() async throws {
            try api.needsControllers()
            try await eventually("the service account") {
                try await api.get("serviceaccounts/default").status == 200 ? () : nil
            }
            let bundle = try await eventually("the certificate") { () -> Answer? in
                let answer = try await api.get("configmaps/kube-root-ca.crt")
                return answer.status == 200 ? answer : nil
            }
            #expect(bundle["data"]?["ca.crt"]?.string?.contains("BEGIN CERTIFICATE") == true)
        }
    }
}
