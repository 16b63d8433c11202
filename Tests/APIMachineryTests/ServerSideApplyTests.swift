import APIMachinery
import JSON
import KubernetesModel
import Testing

@Suite("Server-side apply")
struct ServerSideApplyTests {
    /// An object on a server, changed by several managers in turn.
    struct Server {
        var object: JSONValue?
        var schema = MergeSchema.core(.deployments)
        var seconds: Int64 = 0

        mutating func manager(_ name: String, _ subresource: String = "") -> FieldManager {
            seconds += 1
            return FieldManager(
                name: name, apiVersion: "apps/v1", subresource: subresource, now: Timestamp(seconds: seconds))
        }

        mutating func apply(_ name: String, _ text: String, force: Bool = false) throws {
            object = try ServerSideApply.apply(
                try JSONValue(parsing: text), to: object, manager: manager(name), force: force, schema: schema)
        }

        mutating func update(_ name: String, subresource: String = "", _ change: (inout JSONValue) -> Void) {
            var new = object ?? [:]
            change(&new)
            object = ServerSideApply.recordUpdate(
                from: object, to: new, manager: manager(name, subresource), schema: schema)
        }

        /// The object without its managed fields.
        var content: JSONValue? {
            var copy = object
            copy?[path: ["metadata", "managedFields"]] = nil
            return copy
        }

        func fields(_ name: String, _ operation: String = "Apply") -> JSONValue? {
            object?[path: ["metadata", "managedFields"]]?.array?.first {
                $0["manager"]?.string == name && $0["operation"]?.string == operation
            }?["fieldsV1"]
        }
    }

    static let deployment =
        #"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d","labels":{"a":"1"}},"spec":{"replicas":1,"selector":{"matchLabels":{"a":"1"}},"template":{"spec":{"containers":[{"name":"c","image":"i","ports":[{"containerPort":80}]}]}}}}"#

    @Test("creation records what was applied")
    func creation() throws {
        var server = Server()
        try server.apply("kubectl", Self.deployment)
        #expect(server.content == (try JSONValue(parsing: Self.deployment)))
        #expect(
            server.fields("kubectl")
                == (try JSONValue(
                    parsing:
                        #"{"f:metadata":{"f:labels":{"f:a":{}}},"f:spec":{"f:replicas":{},"f:selector":{},"f:template":{"f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:image":{},"f:name":{},"f:ports":{"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{}}}}}}}}}"#
                )))
        let entry = server.object?[path: ["metadata", "managedFields"]]?[0]
        #expect(entry?["time"]?.string == "1970-01-01T00:00:01Z")
        #expect(entry?["operation"]?.string == "Apply")
        #expect(entry?["fieldsType"]?.string == "FieldsV1")
    }

    @Test("applying the same again changes nothing, not even the time")
    func idempotence() throws {
        var server = Server()
        try server.apply("kubectl", Self.deployment)
        let before = server.object
        try server.apply("kubectl", Self.deployment)
        #expect(server.object?.text == before?.text)
        server.update("other") { _ in }
        #expect(server.object?.text == before?.text)
    }

    @Test("what a manager leaves out goes, unless another one owns it")
    func removal() throws {
        var server = Server()
        try server.apply(
            "a", #"{"metadata":{"name":"d","labels":{"x":"1","y":"2"}},"spec":{"replicas":3,"paused":true}}"#)
        try server.apply("b", #"{"metadata":{"name":"d","labels":{"y":"2"}}}"#)
        try server.apply("a", #"{"metadata":{"name":"d"},"spec":{"replicas":3}}"#)
        #expect(
            server.content
                == (try JSONValue(parsing: #"{"metadata":{"name":"d","labels":{"y":"2"}},"spec":{"replicas":3}}"#)))
        try server.apply("b", #"{"metadata":{"name":"d"}}"#)
        #expect(server.content == (try JSONValue(parsing: #"{"metadata":{"name":"d"},"spec":{"replicas":3}}"#)))
        #expect(server.fields("b") == nil)
    }

    @Test("an element that is left out goes with what the server added to it")
    func elementRemoval() throws {
        var server = Server()
        try server.apply(
            "a",
            #"{"metadata":{"name":"d"},"spec":{"template":{"spec":{"containers":[{"name":"x","image":"1"},{"name":"y","image":"2"}]}}}}"#
        )
        server.object?[path: ["spec", "template", "spec"]]?["containers"]?[1]?["terminationMessagePath"] = "/dev/log"
        try server.apply(
            "a", #"{"metadata":{"name":"d"},"spec":{"template":{"spec":{"containers":[{"name":"x","image":"1"}]}}}}"#)
        #expect(server.content?[path: ["spec", "template", "spec", "containers"]] == [["name": "x", "image": "1"]])
    }

    @Test("another manager's field is a conflict, in the server's words")
    func conflict() throws {
        var server = Server()
        try server.apply("kubectl", Self.deployment)
        server.update("autoscaler", subresource: "scale") { $0[path: ["spec", "replicas"]] = 5 }
        let error = #expect(throws: StatusBody.self) { try server.apply("kubectl", Self.deployment) }
        #expect(error?.code == 409)
        #expect(
            error?.message
                == #"Apply failed with 1 conflict: conflict with "autoscaler" with subresource "scale" using apps/v1 at 1970-01-01T00:00:02Z: .spec.replicas"#
        )
        #expect(
            error?.details?.causes == [
                .init(
                    field: ".spec.replicas", reason: "FieldManagerConflict",
                    message:
                        #"conflict with "autoscaler" with subresource "scale" using apps/v1 at 1970-01-01T00:00:02Z"#)
            ])
        let several = #expect(throws: StatusBody.self) {
            try server.apply(
                "other",
                #"{"metadata":{"labels":{"a":"2"}},"spec":{"replicas":9,"template":{"spec":{"containers":[{"name":"c","image":"j"}]}}}}"#
            )
        }
        #expect(
            several?.message == #"""
                Apply failed with 3 conflicts: conflicts with "kubectl":
                - .metadata.labels.a
                - .spec.template.spec.containers[name="c"].image
                conflicts with "autoscaler" with subresource "scale" using apps/v1 at 1970-01-01T00:00:02Z:
                - .spec.replicas
                """#)
    }

    @Test("the same value is shared, and force takes a field over")
    func ownership() throws {
        var server = Server()
        try server.apply("a", #"{"metadata":{"name":"d"},"spec":{"replicas":1}}"#)
        try server.apply("b", #"{"metadata":{"name":"d"},"spec":{"replicas":1}}"#)
        #expect(server.fields("a") == server.fields("b"))
        try server.apply("b", #"{"metadata":{"name":"d"},"spec":{"replicas":2}}"#, force: true)
        #expect(server.fields("a") == nil)
        #expect(server.content?[path: ["spec", "replicas"]] == 2)
    }

    @Test("an update owns what it changes and gives up what it removes")
    func update() throws {
        var server = Server()
        server.update("creator") {
            $0 = ["metadata": ["name": "d", "labels": ["x": "1"]], "spec": ["replicas": 1, "paused": true]]
        }
        server.update("editor") {
            $0[path: ["spec", "replicas"]] = 2
            $0[path: ["spec", "paused"]] = nil
        }
        #expect(server.fields("creator", "Update") == ["f:metadata": ["f:labels": ["f:x": [:]]]])
        #expect(server.fields("editor", "Update") == ["f:spec": ["f:replicas": [:]]])
        server.update("editor") { $0[path: ["metadata", "managedFields"]] = [[:]] }
        #expect(server.object?[path: ["metadata", "managedFields"]] == nil)
    }

    @Test("a client that sends no managed fields keeps those of the server")
    func missingManagedFields() throws {
        var server = Server()
        try server.apply("a", #"{"metadata":{"name":"d"},"spec":{"replicas":1}}"#)
        server.update("b") { $0 = ["metadata": ["name": "d"], "spec": ["replicas": 1, "paused": true]] }
        #expect(server.fields("a") == ["f:spec": ["f:replicas": [:]]])
        #expect(server.fields("b", "Update") == ["f:spec": ["f:paused": [:]]])
    }

    @Test("sets hold values, atomic objects are owned as a whole")
    func setsAndAtomics() throws {
        var server = Server()
        try server.apply("a", #"{"metadata":{"finalizers":["x"]},"spec":{"selector":{"matchLabels":{"a":"1"}}}}"#)
        try server.apply("b", #"{"metadata":{"finalizers":["y"]}}"#)
        #expect(server.content?[path: ["metadata", "finalizers"]] == ["x", "y"])
        try server.apply("a", #"{"spec":{"selector":{"matchLabels":{"b":"2"}}}}"#)
        #expect(
            server.content
                == (try JSONValue(
                    parsing: #"{"metadata":{"finalizers":["y"]},"spec":{"selector":{"matchLabels":{"b":"2"}}}}"#)))
        #expect(throws: StatusBody.self) { try server.apply("b", #"{"spec":{"selector":{"matchLabels":{"c":"3"}}}}"#) }
    }

    @Test("a custom resource merges as its schema says")
    func customResource() throws {
        let schema = try StructuralSchema(
            try JSONDocument(
                parsing:
                    #"{"type":"object","properties":{"spec":{"type":"object","properties":{"map":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["id"],"items":{"type":"object","properties":{"id":{"type":"integer"}}}},"plain":{"type":"array","items":{"type":"string"}}}}}}"#
            ).root)
        var server = Server(schema: MergeSchema(schema))
        try server.apply("a", #"{"metadata":{"name":"r"},"spec":{"map":[{"id":1,"v":1}],"plain":["x"]}}"#)
        try server.apply("b", #"{"spec":{"map":[{"id":2}]}}"#)
        #expect(
            server.content
                == (try JSONValue(
                    parsing: #"{"metadata":{"name":"r"},"spec":{"map":[{"id":1,"v":1},{"id":2}],"plain":["x"]}}"#)))
        #expect(throws: StatusBody.self) { try server.apply("b", #"{"spec":{"plain":["y"]}}"#) }
    }

    @Test("null in what is applied means absence; a managed-fields member is refused")
    func malformed() throws {
        var server = Server()
        try server.apply(
            "a", #"{"metadata":{"name":"d","creationTimestamp":null},"spec":{"replicas":null,"paused":true}}"#)
        #expect(server.content == (try JSONValue(parsing: #"{"metadata":{"name":"d"},"spec":{"paused":true}}"#)))
        #expect(throws: StatusBody.self) { try server.apply("a", "[]") }
        #expect(throws: StatusBody.self) { try server.apply("a", #"{"metadata":{"managedFields":[{}]}}"#) }
    }
}
