import APIMachinery
import JSON
import KubernetesModel
import Testing

@Suite("Strategic merge patch")
struct StrategicMergePatchTests {
    static func patched(_ original: String, _ patch: String, _ type: ResourceType = .pods) throws -> JSONValue {
        try StrategicMergePatch.apply(
            try JSONValue(parsing: patch), to: try JSONValue(parsing: original), schema: .core(type))
    }

    @Test(
        "merges objects and removes nulls",
        arguments: [
            ("{}", #"{"a":1}"#, #"{"a":1}"#), (#"{"a":1,"b":2}"#, #"{"a":null}"#, #"{"b":2}"#),
            (#"{"a":{"x":1,"y":2}}"#, #"{"a":{"x":null,"z":3}}"#, #"{"a":{"y":2,"z":3}}"#),
            ("{}", #"{"a":{"x":null,"y":{"z":null}}}"#, #"{"a":{"y":{}}}"#),
            (#"{"a":{"x":1}}"#, #"{"a":{"$patch":"replace","y":2}}"#, #"{"a":{"y":2}}"#),
            (#"{"a":{"x":1}}"#, #"{"a":{"$patch":"delete"}}"#, #"{"a":{}}"#),
            (#"{"a":[1,2]}"#, #"{"a":[3]}"#, #"{"a":[3]}"#), (#"{"a":1}"#, #"{"a":{"x":1}}"#, #"{"a":{"x":1}}"#),
            (
                #"{"spec":{"nodeSelector":{"a":"1"}}}"#, #"{"spec":{"nodeSelector":{"b":"2"}}}"#,
                #"{"spec":{"nodeSelector":{"a":"1","b":"2"}}}"#
            ),
        ])
    func objects(original: String, patch: String, expected: String) throws {
        #expect(try Self.patched(original, patch) == (try JSONValue(parsing: expected)))
    }

    @Test(
        "merges lists by the keys of their type",
        arguments: [
            (
                "containers and their environment by name",
                #"{"spec":{"containers":[{"name":"a","image":"1","env":[{"name":"X","value":"1"},{"name":"Y","value":"2"}]},{"name":"b"}]}}"#,
                #"{"spec":{"containers":[{"name":"a","env":[{"name":"Y","value":"3"},{"name":"Z","value":"4"}]},{"name":"c","image":"9"}]}}"#,
                #"{"spec":{"containers":[{"name":"a","image":"1","env":[{"name":"X","value":"1"},{"name":"Y","value":"3"},{"name":"Z","value":"4"}]},{"name":"b"},{"name":"c","image":"9"}]}}"#
            ),
            (
                "tolerations as a whole", #"{"spec":{"tolerations":[{"key":"a"}]}}"#,
                #"{"spec":{"tolerations":[{"key":"b"}]}}"#,
                #"{"spec":{"tolerations":[{"key":"b"}]}}"#
            ),
            (
                "an element is deleted", #"{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}"#,
                #"{"spec":{"containers":[{"name":"a","$patch":"delete"}]}}"#, #"{"spec":{"containers":[{"name":"b"}]}}"#
            ),
            (
                "a list is replaced", #"{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}"#,
                #"{"spec":{"containers":[{"$patch":"replace"},{"name":"c"}]}}"#,
                #"{"spec":{"containers":[{"name":"c"}]}}"#
            ),
            (
                "conditions by type", #"{"status":{"conditions":[{"type":"Ready","status":"False","reason":"x"}]}}"#,
                #"{"status":{"conditions":[{"type":"Ready","status":"True"},{"type":"Other","status":"True"}]}}"#,
                #"{"status":{"conditions":[{"type":"Ready","status":"True","reason":"x"},{"type":"Other","status":"True"}]}}"#
            ),
            (
                "owner references by uid and finalizers as a set",
                #"{"metadata":{"ownerReferences":[{"uid":"1","name":"a"}],"finalizers":["x","y"]}}"#,
                #"{"metadata":{"ownerReferences":[{"uid":"2","name":"b"}],"finalizers":["y","z"],"$deleteFromPrimitiveList/finalizers":["x"]}}"#,
                #"{"metadata":{"ownerReferences":[{"uid":"1","name":"a"},{"uid":"2","name":"b"}],"finalizers":["y","z"]}}"#
            ),
            (
                "ports by number", #"{"spec":{"containers":[{"name":"a","ports":[{"containerPort":1,"name":"p"}]}]}}"#,
                #"{"spec":{"containers":[{"name":"a","ports":[{"containerPort":1,"hostPort":5},{"containerPort":2}]}]}}"#,
                #"{"spec":{"containers":[{"name":"a","ports":[{"containerPort":1,"name":"p","hostPort":5},{"containerPort":2}]}]}}"#
            ),
            (
                "a volume's source is exchanged with retained keys",
                #"{"spec":{"volumes":[{"name":"v","emptyDir":{}},{"name":"w","secret":{"secretName":"s"}}]}}"#,
                #"{"spec":{"volumes":[{"$retainKeys":["name","configMap"],"name":"v","configMap":{"name":"c"}}]}}"#,
                #"{"spec":{"volumes":[{"name":"v","configMap":{"name":"c"}},{"name":"w","secret":{"secretName":"s"}}]}}"#
            ),
        ])
    func lists(name: String, original: String, patch: String, expected: String) throws {
        #expect(try Self.patched(original, patch) == (try JSONValue(parsing: expected)), "\(name)")
    }

    @Test(
        "puts elements in the order that the patch states",
        arguments: [
            (["a", "b", "c"], ["c", "a", "b"], [], ["c", "a", "b"]),
            (["a", "b", "c"], ["b", "a"], [], ["b", "a", "c"]),
            (["x", "a", "b"], ["b", "a"], [], ["x", "b", "a"]),
            (["a", "b"], ["b", "n", "a"], ["n"], ["b", "n", "a"]),
        ])
    func order(present: [String], order: [String], added: [String], expected: [String]) throws {
        func list(_ names: [String]) -> JSONValue { JSONValue(names.map { ["name": JSONValue($0)] }) }
        var spec: JSONValue = ["$setElementOrder/containers": list(order)]
        if !added.isEmpty { spec["containers"] = list(added) }
        let result = try StrategicMergePatch.apply(
            ["spec": spec], to: ["spec": ["containers": list(present)]], schema: .core(.pods))
        #expect(result[path: ["spec", "containers"]] == list(expected))
    }

    @Test("a deployment reaches into its pod template")
    func deployment() throws {
        let result = try Self.patched(
            #"{"spec":{"template":{"spec":{"containers":[{"name":"a","image":"1"}]}},"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1}}}}"#,
            #"{"spec":{"template":{"spec":{"containers":[{"name":"a","image":"2"}]}},"strategy":{"$retainKeys":["type"],"type":"Recreate"}}}"#,
            .deployments)
        #expect(
            result.text
                == #"{"spec":{"template":{"spec":{"containers":[{"name":"a","image":"2"}]}},"strategy":{"type":"Recreate"}}}"#
        )
    }

    @Test(
        "a malformed patch is refused with 400",
        arguments: [
            "[]", "1", #"{"$patch":"explode"}"#, #"{"spec":{"containers":[{"image":"x"}]}}"#,
            #"{"spec":{"containers":[1]}}"#,
            #"{"a":{"$retainKeys":["x"],"y":1}}"#, #"{"a":{"$retainKeys":1}}"#,
        ])
    func malformed(patch: String) throws {
        let error = #expect(throws: StatusBody.self) {
            try Self.patched(#"{"a":{"z":1},"spec":{"containers":[{"name":"a"}]}}"#, patch)
        }
        #expect(error?.code == 400)
    }
}
