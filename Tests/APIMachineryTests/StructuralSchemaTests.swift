import APIMachinery
import JSON
import KubernetesModel
import Testing

@Suite("Structural schema")
struct StructuralSchemaTests {
    static func schema(_ spec: String) throws -> StructuralSchema {
        try StructuralSchema(
            try JSONDocument(parsing: #"{"type":"object","properties":{"spec":\#(spec)}}"#).root)
    }

    static func problems(_ spec: String, _ value: String) throws -> [String] {
        let document = try JSONDocument(parsing: #"{"spec":\#(value)}"#)
        return try schema(spec).validate(document.root).map(\.description)
    }

    @Test(
        "problems read as the API server writes them",
        arguments: [
            (
                #"{"type":"object","required":["a"],"properties":{"a":{"type":"string"}}}"#, "{}",
                ["spec.a: Required value"]
            ),
            (
                #"{"type":"object","properties":{"replicas":{"type":"integer","format":"int32","minimum":0}}}"#,
                #"{"replicas":-1}"#,
                ["spec.replicas: Invalid value: -1: spec.replicas in body should be greater than or equal to 0"]
            ),
            (
                #"{"type":"object","properties":{"replicas":{"type":"integer"}}}"#, #"{"replicas":"two"}"#,
                [#"spec.replicas: Invalid value: "string": spec.replicas in body must be of type integer: "string""#]
            ),
            (
                #"{"type":"integer","format":"int32"}"#, "3000000000",
                [#"spec: Invalid value: 3000000000: spec in body must be of type int32: "3000000000""#]
            ),
            (
                #"{"type":"integer"}"#, "1.5",
                [#"spec: Invalid value: "number": spec in body must be of type integer: "number""#]
            ),
            (#"{"type":"integer"}"#, "1.0", []),
            (
                #"{"type":"number","maximum":2,"exclusiveMaximum":true}"#, "2",
                ["spec: Invalid value: 2: spec in body should be less than 2"]
            ),
            (
                #"{"type":"number","multipleOf":5}"#, "12",
                ["spec: Invalid value: 12: spec in body should be a multiple of 5"]
            ),
            (
                #"{"type":"string","enum":["a","b"]}"#, #""c""#,
                [#"spec: Unsupported value: "c": supported values: "a", "b""#]
            ),
            (
                #"{"type":"string","minLength":2}"#, #""é""#,
                [#"spec: Invalid value: "é": spec in body should be at least 2 chars long"#]
            ),
            (#"{"type":"string","maxLength":2}"#, #""abc""#, ["spec: Too long: may not be more than 2 bytes"]),
            (
                #"{"type":"string","pattern":"^[a-z]+$"}"#, #""A""#,
                [#"spec: Invalid value: "A": spec in body should match '^[a-z]+$'"#]
            ),
            (
                #"{"type":"string","format":"date-time"}"#, #""now""#,
                [#"spec: Invalid value: "now": spec in body must be of type date-time: "now""#]
            ),
            (
                #"{"type":"array","minItems":1,"items":{"type":"string"}}"#, "[]",
                ["spec: Invalid value: []: spec in body should have at least 1 items"]
            ),
            (
                #"{"type":"array","maxItems":1,"items":{"type":"string"}}"#, #"["a",1]"#,
                [
                    "spec: Too many: 2: must have at most 1 items",
                    #"spec[1]: Invalid value: "integer": spec[1] in body must be of type string: "integer""#,
                ]
            ),
            (
                #"{"type":"array","x-kubernetes-list-type":"set","items":{"type":"string"}}"#, #"["a","b","a"]"#,
                [#"spec[2]: Duplicate value: "a""#]
            ),
            (
                #"{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["name"],"items":{"type":"object","properties":{"name":{"type":"string"}}}}"#,
                #"[{"name":"a","x":1},{"name":"a"}]"#, [#"spec[1]: Duplicate value: {"name":"a"}"#]
            ),
            (
                #"{"x-kubernetes-int-or-string":true}"#, "true",
                [#"spec: Invalid value: "boolean": spec in body must be of type integer,string: "boolean""#]
            ),
            (#"{"x-kubernetes-int-or-string":true}"#, #""50%""#, []),
            (#"{"type":"string","nullable":true}"#, "null", []),
            (
                #"{"type":"string"}"#, "null",
                [#"spec: Invalid value: "null": spec in body must be of type string: "null""#]
            ),
            (
                #"{"type":"object","additionalProperties":{"type":"integer"}}"#, #"{"x":"y"}"#,
                [#"spec.x: Invalid value: "string": spec.x in body must be of type integer: "string""#]
            ),
            (
                #"{"anyOf":[{"type":"integer"},{"type":"string"}]}"#, "true",
                ["spec: Invalid value: true: spec in body must validate at least one schema (anyOf)"]
            ),
            (
                #"{"oneOf":[{"minimum":0},{"maximum":9}]}"#, "5",
                [
                    "spec: Invalid value: 5: spec in body must validate one and only one schema (oneOf). Found 2 valid alternatives"
                ]
            ),
            (
                #"{"not":{"required":["a"]}}"#, #"{"a":1}"#,
                [#"spec: Invalid value: {"a":1}: spec in body must not validate the schema (not)"#]
            ),
        ])
    func problems(spec: String, value: String, expected: [String]) throws {
        #expect(try Self.problems(spec, value) == expected)
    }

    @Test("all problems are listed at once")
    func allProblems() throws {
        let found = try Self.problems(
            #"{"type":"object","required":["a","b"],"properties":{"a":{"type":"string"},"c":{"type":"object","properties":{"d":{"type":"boolean"}}}}}"#,
            #"{"a":1,"c":{"d":"x"}}"#)
        #expect(found.count == 3)
        #expect(found.last?.hasPrefix("spec.c.d: Invalid value") == true)
    }

    @Test(
        "unknown fields are pruned and named",
        arguments: [
            (#"{"type":"object","properties":{"a":{"type":"integer"}}}"#, #"{"a":1,"b":2}"#, #"{"a":1}"#, ["spec.b"]),
            (#"{"type":"object"}"#, #"{"a":1}"#, "{}", ["spec.a"]),
            (
                #"{"type":"object","x-kubernetes-preserve-unknown-fields":true,"properties":{"a":{"type":"object"}}}"#,
                #"{"a":{"x":1},"b":2}"#, #"{"a":{},"b":2}"#, ["spec.a.x"]
            ),
            (#"{"type":"object","additionalProperties":true}"#, #"{"a":{"b":1}}"#, #"{"a":{"b":1}}"#, []),
            (
                #"{"type":"array","items":{"type":"object","properties":{"a":{"type":"string"}}}}"#,
                #"[{"a":"x"},{"b":1}]"#, #"[{"a":"x"},{}]"#, ["spec[1].b"]
            ),
            (
                #"{"type":"object","additionalProperties":{"type":"object","properties":{"a":{"type":"string"}}}}"#,
                #"{"k":{"a":"x","b":1}}"#, #"{"k":{"a":"x"}}"#, ["spec.k.b"]
            ),
            (
                #"{"type":"object","x-kubernetes-embedded-resource":true,"properties":{}}"#,
                #"{"apiVersion":"v1","kind":"X","metadata":{"name":"n"},"z":1}"#,
                #"{"apiVersion":"v1","kind":"X","metadata":{"name":"n"}}"#, ["spec.z"]
            ),
        ])
    func pruning(spec: String, value: String, expected: String, dropped: [String]) throws {
        var object = try JSONValue(parsing: #"{"apiVersion":"a/v1","kind":"K","metadata":{"x":1},"spec":\#(value)}"#)
        let paths = try Self.schema(spec).prune(&object)
        #expect(object.text == #"{"apiVersion":"a/v1","kind":"K","metadata":{"x":1},"spec":\#(expected)}"#)
        #expect(paths.map(\.description) == dropped)
    }

    @Test(
        "defaults fill what is absent, from the outside in",
        arguments: [
            (#"{"type":"object","properties":{"a":{"type":"integer","default":3}}}"#, "{}", #"{"a":3}"#),
            (#"{"type":"object","properties":{"a":{"type":"integer","default":3}}}"#, #"{"a":4}"#, #"{"a":4}"#),
            (#"{"type":"object","properties":{"a":{"type":"integer","default":3}}}"#, #"{"a":null}"#, #"{"a":3}"#),
            (
                #"{"type":"object","properties":{"a":{"type":"integer","nullable":true,"default":3}}}"#, #"{"a":null}"#,
                #"{"a":null}"#
            ),
            (
                #"{"type":"object","properties":{"o":{"type":"object","default":{},"properties":{"a":{"type":"string","default":"x"}}}}}"#,
                "{}", #"{"o":{"a":"x"}}"#
            ),
            (
                #"{"type":"object","properties":{"o":{"type":"object","properties":{"a":{"type":"string","default":"x"}}}}}"#,
                "{}", "{}"
            ),
            (
                #"{"type":"array","items":{"type":"object","properties":{"a":{"type":"string","default":"x"}}}}"#,
                #"[{},{"a":"y"}]"#, #"[{"a":"x"},{"a":"y"}]"#
            ),
            (
                #"{"type":"object","additionalProperties":{"type":"object","properties":{"a":{"type":"string","default":"x"}}}}"#,
                #"{"k":{}}"#, #"{"k":{"a":"x"}}"#
            ),
        ])
    func defaults(spec: String, value: String, expected: String) throws {
        var object = try JSONValue(parsing: #"{"spec":\#(value)}"#)
        try Self.schema(spec).applyDefaults(to: &object)
        #expect(object.text == #"{"spec":\#(expected)}"#)
    }

    @Test("rules run inside out of a sound object, with the old value on updates")
    func rules() throws {
        let schema = try Self.schema(
            #"{"type":"object","x-kubernetes-validations":[{"rule":"R1","message":"m1"},{"rule":"R2","fieldPath":".a.b","reason":"FieldValueForbidden"}],"properties":{"n":{"type":"integer","x-kubernetes-validations":[{"rule":"R3"}]}}}"#
        )
        let new = try JSONDocument(parsing: #"{"spec":{"n":1}}"#)
        let old = try JSONDocument(parsing: #"{"spec":{"n":2}}"#)
        let errors = schema.validate(new.root, old: old.root) { rule, value, before in
            switch rule.rule {
            case "R3": value.int == 1 && before?.int == 2 ? .fails(message: "changed") : .holds
            case "R2": .fails(message: nil)
            default: .fails(message: nil)
            }
        }
        #expect(
            errors.map(\.description) == [
                #"spec: Invalid value: "object": m1"#, "spec.a.b: Forbidden: failed rule: R2",
                #"spec.n: Invalid value: "integer": changed"#,
            ])
        let unsound = try JSONDocument(parsing: #"{"spec":{"n":"x"}}"#)
        #expect(schema.validate(unsound.root) { _, _, _ in .error("never run") }.count == 1)
    }

    @Test(
        "a malformed schema is refused with its path",
        arguments: [#"{"type":"objekt"}"#, #"{"properties":{"a":3}}"#, #"{"pattern":"("}"#, "[]"])
    func malformed(text: String) throws {
        let json = try JSONDocument(parsing: text).root
        #expect(throws: FieldError.self) { try StructuralSchema(json) }
    }
}
