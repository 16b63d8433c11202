import HTTPTransport
import JSON
import Testing

private let page = "kubernetes.io: The Kubernetes API, Discovery API"
private let aggregated = "KEP-3352; \(page)"
private let tables = "kubernetes.io: Kubernetes API Concepts, Receiving resources as Tables"
private let partial = "kubernetes.io: Kubernetes API Concepts, Metadata-only fetches"
private let table = "application/json;as=Table;v=v1;g=meta.k8s.io"

extension Conformance {
    @Suite("Discovery") struct DiscoveryTests {
        @Test("/api names the versions of the core group", .source(page))
        func core() async throws {
            let answer = try await api.get("/api").succeeds()
            #expect(answer["kind"]?.string == "APIVersions")
            #expect(answer["versions"]?.strings == ["v1"])
        }

        @Test("/apis names the groups with their versions", .source(page))
        func groups() async throws {
            let answer = try await api.get("/apis").succeeds()
            #expect(answer["kind"]?.string == "APIGroupList")
            let apps = try #require((answer["groups"]?.array ?? []).first { $0["name"] == "apps" })
            #expect(apps.at("preferredVersion.groupVersion")?.string == "apps/v1")
        }

        @Test("A group tells its versions, the preferred one first named", .source(page))
        func group() async throws {
            let answer = try await api.get("/apis/{group}").succeeds()
            #expect(answer["kind"]?.string == "APIGroup")
            #expect((answer["versions"]?.array ?? []).compactMap { $0["version"]?.string } == ["v1", "v1alpha1"])
            #expect(answer["preferredVersion.version"]?.string == "v1")
        }

        @Test("A version tells its resources with their verbs", .source(page))
        func resources() async throws {
            let answer = try await api.get("/api/v1").succeeds()
            #expect(answer["kind"]?.string == "APIResourceList")
            #expect(answer["groupVersion"]?.string == "v1")
            let resources = answer["resources"]?.array ?? []
            let pods = try #require(resources.first { $0["name"] == "pods" })
            #expect(pods["singularName"]?.string == "pod")
            #expect(pods["namespaced"]?.bool == true)
            #expect(pods["shortNames"]?.strings == ["po"])
            #expect(pods["categories"]?.strings == ["all"])
            #expect(
                Set(pods["verbs"]?.strings ?? []) == [
                    "create", "delete", "deletecollection", "get", "list", "patch", "update", "watch",
                ])
            let names = Set(resources.compactMap { $0["name"]?.string })
            #expect(
                names.isSuperset(of: [
                    "pods/status", "pods/binding", "pods/eviction", "pods/log", "configmaps", "nodes", "services",
                ]))
            let eviction = resources.first { $0["name"] == "pods/eviction" }
            #expect(eviction?["group"]?.string == "policy")
            #expect(eviction?["kind"]?.string == "Eviction")
        }

        @Test("A group or version that does not exist answers 404", .source(page))
        func missing() async throws {
            #expect(try await api.get("/apis/none.example.com").status == 404)
            #expect(try await api.get("/apis/apps/v9").status == 404)
        }

        @Test("Who accepts it gets all groups at once", .source(aggregated))
        func aggregatedGroups() async throws {
            let accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
            let answer = try await api.get("/apis", accept: accept).succeeds()
            #expect(answer["kind"]?.string == "APIGroupDiscoveryList")
            #expect(answer["apiVersion"]?.string == "apidiscovery.k8s.io/v2")
            #expect(answer.headers["Content-Type"]?.contains("as=APIGroupDiscoveryList") == true)
            let apps = try #require(answer.items.first { $0.at("metadata.name") == "apps" })
            let resources = apps.at("versions.0.resources")?.array ?? []
            let deployments = try #require(resources.first { $0["resource"] == "deployments" })
            #expect(deployments["scope"]?.string == "Namespaced")
            #expect(deployments.at("responseKind.kind")?.string == "Deployment")
            #expect(deployments["singularResource"]?.string == "deployment")
            let subresources = (deployments["subresources"]?.array ?? []).compactMap { $0["subresource"]?.string }
            #expect(Set(subresources) == ["status", "scale"])
        }

        @Test("/api can be had so as well", .source(aggregated))
        func aggregatedCore() async throws {
            let accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"
            let answer = try await api.get("/api", accept: accept).succeeds()
            #expect(answer["kind"]?.string == "APIGroupDiscoveryList")
            #expect((answer["items.0.versions.0.resources"]?.array ?? []).contains { $0["resource"] == "pods" })
        }

        @Test("A definition's resource comes into the list of all groups", .source(aggregated))
        func aggregatedCustom() async throws {
            let accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
            let group = try api.cluster.group
            let found = try await eventually("the group is listed") { () -> JSONValue? in
                try await api.get("/apis", accept: accept).items.first { $0.at("metadata.name")?.string == group }
            }
            let widgets = try #require(found.at("versions.0.resources.0"))
            #expect(widgets["shortNames"]?.strings == ["wdg"])
            #expect(widgets["categories"]?.strings == ["conformance"])
        }

        @Test("/version tells the version", .source("kubernetes.io: Kubernetes version and version skew"))
        func version() async throws {
            let answer = try await api.get("/version").succeeds()
            #expect(answer["major"]?.string == "1")
            #expect(answer["gitVersion"]?.string?.hasPrefix("v1.") == true)
        }

        @Test(
            "A healthy server says ok", .source("kubernetes.io: Kubernetes API health endpoints"),
            arguments: ["/healthz", "/livez", "/readyz"])
        func health(_ path: String) async throws {
            #expect(try await api.get(path, accept: "*/*").succeeds().text == "ok")
        }

        @Test("Verbose health lists its checks", .source("kubernetes.io: Kubernetes API health endpoints"))
        func verboseHealth() async throws {
            let text = try await api.get("/readyz", query: [("verbose", "")], accept: "*/*").succeeds().text
            #expect(text.contains("[+]ping ok") && text.contains("readyz check passed"))
        }

        @Test(
            "OpenAPI documents are served", .source("kubernetes.io: The Kubernetes API, OpenAPI interface definition"))
        func openAPI() async throws {
            let second = try await api.get("/openapi/v2").succeeds()
            #expect(second["swagger"]?.string == "2.0")
            let third = try await api.get("/openapi/v3").succeeds()
            let path = try #require(third["paths"]?["apis/apps/v1"]?["serverRelativeURL"]?.string)
            #expect(path.hasPrefix("/openapi/v3/apis/apps/v1?hash="))
            let document = try await api.get("/openapi/v3/apis/apps/v1").succeeds()
            #expect(document["openapi"]?.string?.hasPrefix("3.") == true)
            #expect(document["components"]?["schemas"]?["io.k8s.api.apps.v1.Deployment"] != nil)
        }
    }

    @Suite("Tables and metadata") struct FormTests {
        @Test("A list can be had as a table", .source(tables))
        func list() async throws {
            try await api.post("secrets", "{metadata: {name: a, labels: {l: x}}, data: {k: dg==}}").succeeds(201)
            let answer = try await api.get("secrets", accept: table).succeeds()
            #expect(answer["kind"]?.string == "Table")
            #expect(answer["apiVersion"]?.string == "meta.k8s.io/v1")
            #expect(!answer.resourceVersion.isEmpty)
            #expect(
                (answer["columnDefinitions"]?.array ?? []).compactMap { $0["name"]?.string } == [
                    "Name", "Type", "Data", "Age",
                ])
            #expect(answer["rows.0.cells"]?.array?.prefix(3) == ["a", "Opaque", 1])
            #expect(answer["rows.0.object.kind"]?.string == "PartialObjectMetadata")
            #expect(answer["rows.0.object.metadata.labels.l"]?.string == "x")
            #expect(answer["rows.0.object.data"] == nil)
        }

        @Test("An object can be had as a table of one row", .source(tables))
        func object() async throws {
            try await api.post("secrets", "{metadata: {name: a}}").succeeds(201)
            let answer = try await api.get("secrets/a", accept: table).succeeds()
            #expect(answer["kind"]?.string == "Table")
            #expect(answer["rows"]?.array?.count == 1)
        }

        @Test("includeObject says how much of the objects comes along", .source(tables))
        func includeObject() async throws {
            try await api.post("secrets", "{metadata: {name: a}, data: {k: dg==}}").succeeds(201)
            let none = try await api.get("secrets", query: [("includeObject", "None")], accept: table).succeeds()
            #expect(none["rows.0.object"]?.isNull ?? true)
            let whole = try await api.get("secrets", query: [("includeObject", "Object")], accept: table).succeeds()
            #expect(whole["rows.0.object.data.k"]?.string == "dg==")
        }

        @Test("Pods have their well-known columns", .source("pkg/printers/internalversion/printers.go"))
        func podColumns() async throws {
            try await api.allowPods()
            try await api.post("pods", Pods.plain("a")).succeeds(201)
            let answer = try await api.get("pods", accept: table).succeeds()
            #expect(
                (answer["columnDefinitions"]?.array ?? []).compactMap { $0["name"]?.string } == [
                    "Name", "Ready", "Status", "Restarts", "Age", "IP", "Node", "Nominated Node", "Readiness Gates",
                ])
            #expect(answer["rows.0.cells"]?.array?.prefix(3) == ["a", "0/1", "Pending"])
        }

        @Test("Who accepts a table or JSON gets what there is", .source(tables))
        func fallback() async throws {
            let answer = try await api.get("/api/v1", accept: "\(table),application/json").succeeds()
            #expect(answer["kind"]?.string == "APIResourceList")
        }

        @Test("A table's chunks continue", .source(tables))
        func chunks() async throws {
            for name in ["a", "b"] { try await api.post("secrets", "{metadata: {name: \(name)}}").succeeds(201) }
            let answer = try await api.get("secrets", query: [("limit", "1")], accept: table).succeeds()
            #expect(answer["rows"]?.array?.count == 1)
            #expect(answer["metadata.continue"]?.string?.isEmpty == false)
            #expect(answer["metadata.remainingItemCount"]?.int == 1)
        }

        @Test("An object's metadata can be had alone", .source(partial))
        func metadata() async throws {
            let made = try await api.post("secrets", "{metadata: {name: a, labels: {l: x}}, data: {k: dg==}}").succeeds(
                201)
            let answer = try await api.get(
                "secrets/a", accept: "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"
            ).succeeds()
            #expect(answer["kind"]?.string == "PartialObjectMetadata")
            #expect(answer["apiVersion"]?.string == "meta.k8s.io/v1")
            #expect(answer["metadata"] == made["metadata"])
            #expect(answer["data"] == nil && answer["type"] == nil)
        }

        @Test("A list of metadata alone", .source(partial))
        func metadataList() async throws {
            try await api.post("secrets", "{metadata: {name: a}}").succeeds(201)
            let answer = try await api.get(
                "secrets", accept: "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"
            ).succeeds()
            #expect(answer["kind"]?.string == "PartialObjectMetadataList")
            #expect(answer["items.0.metadata.name"]?.string == "a")
            #expect(answer["items.0.type"] == nil)
        }
    }

    @Suite("Access") struct AccessTests {
        private let reviews = "/apis/authorization.k8s.io/v1"

        @Test("Who may do everything is told so", .source("kubernetes.io: Authorization, Checking API access"))
        func selfReview() async throws {
            let answer = try await api.post(
                "\(reviews)/selfsubjectaccessreviews",
                "{spec: {resourceAttributes: {namespace: '{ns}', verb: create, resource: pods}}}"
            ).succeeds(201)
            #expect(answer["kind"]?.string == "SelfSubjectAccessReview")
            #expect(answer["status.allowed"]?.bool == true)
        }

        @Test(
            "A review of others tells what they may not do",
            .source("kubernetes.io: Authorization, Checking API access"))
        func review() async throws {
            try await api.needsAuthorization()
            let answer = try await api.post(
                "\(reviews)/subjectaccessreviews",
                "{spec: {user: 'nobody-{suffix}', resourceAttributes: {namespace: '{ns}', verb: create, resource: pods}}}"
            ).succeeds(201)
            #expect(answer["status.allowed"]?.bool == false)
        }

        @Test("Who one is can be asked", .source("KEP-3325"))
        func whoAmI() async throws {
            let answer = try await api.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}").succeeds(201)
            #expect(answer["status.userInfo.username"]?.string?.isEmpty == false)
            #expect(answer["status.userInfo.groups"]?.strings.contains("system:authenticated") == true)
        }

        @Test("Who has no rights is told what he lacks: 403", .source("kubernetes.io: Using RBAC Authorization"))
        func forbidden() async throws {
            try await api.needsAuthorization()
            let stranger = try api.acting(as: "stranger")
            let answer = try await stranger.get("secrets")
            answer.fails(
                403, "Forbidden",
                #"secrets is forbidden: User "stranger" cannot list resource "secrets" in API group "" in the namespace"#
            )
            #expect(answer["details.kind"]?.string == "secrets")
        }

        @Test(
            "A role bound to a user gives him its rights and no more",
            .source("kubernetes.io: Using RBAC Authorization"))
        func role() async throws {
            try await api.needsAuthorization()
            try await api.post(
                "rbac.authorization.k8s.io/v1/roles",
                "{metadata: {name: r}, rules: [{apiGroups: [''], resources: [secrets], verbs: [get, list]}]}"
            ).succeeds(201)
            try await api.post(
                "rbac.authorization.k8s.io/v1/rolebindings",
                """
                {metadata: {name: r}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r},
                 subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: 'friend-{suffix}'}]}
                """
            ).succeeds(201)
            let friend = try api.acting(as: "friend-\(try api.suffix)")
            try await eventually("the binding is used") { try await friend.get("secrets").status == 200 ? () : nil }
            try await friend.post("secrets", "{metadata: {name: a}}").fails(403, "Forbidden")
            try await friend.get("configmaps").fails(403, "Forbidden")
            try await friend.get("/api/v1/secrets").fails(403, "Forbidden", "at the cluster scope")
        }

        @Test(
            "A role bound to a service account's group gives it its rights",
            .source("kubernetes.io: Using RBAC Authorization, Referring to subjects"))
        func serviceAccountGroup() async throws {
            try await api.needsAuthorization()
            try await api.post(
                "rbac.authorization.k8s.io/v1/roles",
                "{metadata: {name: r}, rules: [{apiGroups: [''], resources: [secrets], resourceNames: [a], verbs: [get]}]}"
            ).succeeds(201)
            try await api.post(
                "rbac.authorization.k8s.io/v1/rolebindings",
                """
                {metadata: {name: r}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r},
                 subjects: [{kind: ServiceAccount, name: worker, namespace: '{ns}'}]}
                """
            ).succeeds(201)
            let namespace = try api.namespace
            let worker = try api.acting(
                as: "system:serviceaccount:\(namespace):worker",
                groups: ["system:serviceaccounts", "system:authenticated"])
            try await eventually("the binding is used") { try await worker.get("secrets/a").status == 404 ? () : nil }
            try await worker.get("secrets/b").fails(403, "Forbidden", #"secrets "b" is forbidden"#)
        }

        @Test("What a binding refers to cannot be changed", .source("pkg/apis/rbac/validation/validation.go"))
        func roleRef() async throws {
            try await api.post(
                "rbac.authorization.k8s.io/v1/rolebindings",
                "{metadata: {name: r}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}, subjects: []}"
            ).succeeds(201)
            try await api.patch("rbac.authorization.k8s.io/v1/rolebindings/r", .merge, "{roleRef: {name: s}}")
                .fails(422, "Invalid", "cannot change roleRef", causes: ["roleRef FieldValueInvalid"])
        }
    }
}
