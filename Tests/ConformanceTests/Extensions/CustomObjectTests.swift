import HTTPTransport
import JSON
import Testing

private let page = "kubernetes.io: Extend the Kubernetes API with CustomResourceDefinitions"
private let wording =
    "staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/validation; kube-openapi pkg/validation/errors"
private let listType = "staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"

extension Conformance {
    @Suite("Validation of custom objects") struct CustomValidationTests {
        private static func refusal(
            _ name: String, _ spec: String, _ cause: String, _ words: String = "", source: String = wording
        ) -> Refusal {
            Refusal(name, source: source, "widgets", "{metadata: {name: a}, spec: \(spec)}", cause, words: words)
        }

        static let refusals: [Refusal] = [
            refusal(
                "Text for a number", "{low: text}", "spec.low FieldValueTypeInvalid",
                #"spec.low: Invalid value: "string": spec.low in body must be of type integer: "string""#),
            refusal(
                "A fraction for an integer", "{low: 1.5}", "spec.low FieldValueTypeInvalid",
                "spec.low in body must be of type integer"),
            refusal(
                "A number for text", "{code: 1}", "spec.code FieldValueTypeInvalid",
                "spec.code in body must be of type string"),
            refusal(
                "Text for a boolean", "{enabled: 'true'}", "spec.enabled FieldValueTypeInvalid",
                #"spec.enabled in body must be of type boolean: "string""#),
            refusal("A list for an object", "[]", "spec FieldValueTypeInvalid", "spec in body must be of type object"),
            refusal(
                "A value outside an enumeration", "{color: pink}", "spec.color FieldValueNotSupported",
                #"spec.color: Unsupported value: "pink": supported values: "red", "green", "blue""#),
            refusal(
                "A text that does not match the pattern", "{code: ABC}", "spec.code FieldValueInvalid",
                #"spec.code: Invalid value: "ABC": spec.code in body should match '^[a-z]+$'"#),
            refusal(
                "A number below the minimum", "{replicas: -1}", "spec.replicas FieldValueInvalid",
                "spec.replicas: Invalid value: -1: spec.replicas in body should be greater than or equal to 0"),
            refusal(
                "A number above the maximum", "{replicas: 11}", "spec.replicas FieldValueInvalid",
                "spec.replicas in body should be less than or equal to 10"),
            refusal(
                "A number that is not a multiple", "{ratio: 0.3}", "spec.ratio FieldValueInvalid",
                "spec.ratio in body should be a multiple of 0.5"),
            refusal(
                "A text that is too short", "{size: s}", "spec.size FieldValueInvalid",
                "spec.size in body should be at least 2 chars long"),
            refusal(
                "A text that is too long", "{size: much-too-long}", "spec.size FieldValueTooLong", "spec.size: Too long"
            ),
            refusal(
                "A text that is no date", "{when: yesterday}", "spec.when FieldValueTypeInvalid",
                #"spec.when in body must be of type date-time: "yesterday""#),
            refusal(
                "A list that is too short", "{numbers: []}", "spec.numbers FieldValueInvalid",
                "spec.numbers in body should have at least 1 items"),
            refusal(
                "A list that is too long", "{tags: [a, b, c, d]}", "spec.tags FieldValueTooMany",
                "spec.tags: Too many: 4: must have at most 3 items"),
            refusal(
                "A map that is too large", "{labels: {a: x, b: x, c: x}}", "spec.labels FieldValueTooMany",
                "must have at most 2 items"),
            refusal("A map's value of the wrong type", "{labels: {a: 1}}", "spec.labels.a FieldValueTypeInvalid"),
            refusal(
                "A list's element of the wrong type", "{numbers: [1, two]}", "spec.numbers[1] FieldValueTypeInvalid"),
            refusal(
                "A required field that is missing", "{nested: {}}", "spec.nested.must FieldValueRequired",
                "spec.nested.must: Required value"),
            refusal(
                "A key of a keyed list that is missing", "{parts: [{count: 2}]}",
                "spec.parts[0].name FieldValueRequired"),
            refusal(
                "An element of a set twice", "{tags: [a, b, a]}", "spec.tags[2] FieldValueDuplicate",
                #"spec.tags[2]: Duplicate value: "a""#, source: listType),
            refusal(
                "A key of a keyed list twice", "{parts: [{name: a}, {name: a}]}", "spec.parts[1] FieldValueDuplicate",
                #"spec.parts[1]: Duplicate value: {"name":"a"}"#, source: listType),
            refusal(
                "A boolean for int-or-string", "{port: true}", "spec.port FieldValueTypeInvalid",
                "must be of type integer,string"),
            refusal(
                "A rule that does not hold", "{low: 2, high: 1}", "spec FieldValueInvalid", "low must not exceed high",
                source: "KEP-2876"),
            refusal(
                "A rule with a reason, a field path and a message expression", "{high: 1000}",
                "spec.high FieldValueForbidden", "spec.high: Forbidden: high is 1000", source: "KEP-2876"),
        ]

        @Test("Values that are refused", arguments: refusals)
        func refused(_ row: Refusal) async throws { try await row.check() }

        @Test(
            "All that is wrong is told at once, in the words of a list",
            .source("apimachinery pkg/api/errors/errors.go: NewInvalid"))
        func several() async throws {
            let answer = try await api.post("widgets", "{metadata: {name: a}, spec: {color: pink, replicas: 11}}")
            answer.fails(
                422, "Invalid", causes: ["spec.color FieldValueNotSupported", "spec.replicas FieldValueInvalid"])
            #expect(answer.message.contains(#"" is invalid: ["#) && answer.message.hasSuffix("]"))
            #expect(answer["details.name"]?.string == "a")
            #expect(answer["details.kind"]?.string == "Widget")
            #expect(answer["details.group"]?.string == (try api.cluster.group))
        }

        @Test("A rule on the old value holds updates back, not creates", .source("KEP-2876, transition rules"))
        func transition() async throws {
            try await api.post("widgets", "{metadata: {name: a}, spec: {fixed: one}}").succeeds(201)
            try await api.patch("widgets/a", .merge, "{spec: {fixed: two}}")
                .fails(422, "Invalid", "fixed is immutable", causes: ["spec.fixed FieldValueInvalid"])
            try await api.patch("widgets/a", .merge, "{spec: {color: red}}").succeeds()
        }

        @Test("An update is validated as a create is", .source(page))
        func update() async throws {
            try await api.post("widgets", "{metadata: {name: a}}").succeeds(201)
            try await api.patch("widgets/a", .merge, "{spec: {color: pink}}")
                .fails(422, "Invalid", causes: ["spec.color FieldValueNotSupported"])
        }
    }

    @Suite("Custom objects") struct CustomObjectTests {
        private func made(_ spec: String) async throws -> Answer {
            try await api.post(
                "widgets", "{metadata: {name: a}, spec: \(spec)}", query: [("fieldValidation", "Ignore")]
            ).succeeds(201)
        }

        @Test("Unknown fields are pruned at every depth", .source("\(page), Field pruning"))
        func pruning() async throws {
            let object = try await made("{color: red, x: 1, nested: {must: m, x: 1}, parts: [{name: p, x: 1}]}")
            #expect(object["spec.x"] == nil)
            #expect(object["spec.nested"] == ["must": "m", "mode": "auto"])
            #expect(object["spec.parts"] == [["name": "p", "count": 1]])
            #expect(object["x"] == nil)
        }

        @Test("Defaults fill what is missing, where its parent is there", .source("\(page), Defaulting"))
        func defaults() async throws {
            let object = try await made("{parts: [{name: p}]}")
            #expect(object["spec.size"]?.string == "medium")
            #expect(object["spec.parts.0.count"]?.int == 1)
            #expect(object["spec.nested"] == nil)
            #expect(try await api.post("widgets", "{metadata: {name: b}}").succeeds(201)["spec"] == nil)
        }

        @Test("Defaults are stored", .source("\(page), Defaulting"))
        func defaultsStored() async throws {
            _ = try await made("{}")
            #expect(try await api.get("widgets/a")["spec.size"]?.string == "medium")
        }

        @Test(
            "Null in a field that is not nullable gives way to its default, or goes",
            .source("\(page), Defaulting and Nullable"))
        func null() async throws {
            let object = try await made("{nullDefault: null, color: null}")
            #expect(object["spec.nullDefault"]?.string == "given")
            #expect(object["spec.color"] == nil)
        }

        @Test("Null in a nullable field stays", .source("\(page), Defaulting and Nullable"))
        func nullable() async throws {
            let object = try await made("{nothing: null}")
            #expect(object["spec.nothing"]?.isNull == true)
        }

        @Test("x-kubernetes-preserve-unknown-fields keeps everything below", .source("\(page), Controlling pruning"))
        func preserve() async throws {
            let object = try await made("{free: {any: {thing: [1, {x: z}]}}}")
            #expect(object["spec.free"] == ["any": ["thing": [1, ["x": "z"]]]])
        }

        @Test("x-kubernetes-int-or-string takes both", .source("\(page), RawExtension and IntOrString"))
        func intOrString() async throws {
            #expect(try await made("{port: 80}")["spec.port"]?.int == 80)
            let patched = try await api.patch("widgets/a", .merge, "{spec: {port: http}}").succeeds()
            #expect(patched["spec.port"]?.string == "http")
        }

        @Test("Numbers keep their value", .source("RFC 8259"))
        func numbers() async throws {
            let object = try await made("{free: {big: 9007199254740993, fraction: 0.1, negative: -5}}")
            #expect(object["spec.free.big"]?.numberText == "9007199254740993")
            #expect(object["spec.free.fraction"]?.double == 0.1)
        }

        @Test("Objects of a list name their kind and version", .source("apimachinery unstructured lists"))
        func list() async throws {
            _ = try await made("{}")
            let list = try await api.get("widgets").succeeds()
            #expect(list["kind"]?.string == "WidgetList")
            #expect(list["items.0.kind"]?.string == "Widget")
            #expect(list["items.0.apiVersion"]?.string == "\(try api.cluster.group)/v1")
        }

        @Test(
            "A kind other than the resource's is refused",
            .source("staging/src/k8s.io/apiextensions-apiserver/pkg/registry/customresource/validator.go"))
        func otherKind() async throws {
            let answer = try await api.post("widgets", "{kind: Gadget, metadata: {name: a}}")
            #expect(answer.status == 400 || answer.status == 422)
        }

        @Test("An object is served in each served version", .source("\(page), Specify multiple versions"))
        func versions() async throws {
            let object = try await made("{color: red}")
            let old = try await api.get("/apis/{group}/v1alpha1/namespaces/{ns}/widgets/a").succeeds()
            #expect(old["apiVersion"]?.string == "\(try api.cluster.group)/v1alpha1")
            #expect(old["spec.color"]?.string == "red")
            #expect(old.uid == object.uid && old.resourceVersion == object.resourceVersion)
        }

        @Test("An object made in one version is read in another", .source("\(page), Specify multiple versions"))
        func convertedCreate() async throws {
            try await api.post(
                "/apis/{group}/v1alpha1/namespaces/{ns}/widgets", "{metadata: {name: a}, spec: {color: red}}"
            ).succeeds(201)
            let read = try await api.get("widgets/a").succeeds()
            #expect(read["apiVersion"]?.string == "\(try api.cluster.group)/v1")
            #expect(read["spec.color"]?.string == "red")
        }

        @Test("A version that is not served answers 404", .source("\(page), Specify multiple versions"))
        func notServed() async throws {
            #expect(try await api.get("/apis/{group}/v0/namespaces/{ns}/widgets").status == 404)
        }

        @Test("A deprecated version warns and names its successor", .source("KEP-1693; \(page), Version deprecation"))
        func deprecated() async throws {
            let answer = try await api.get("/apis/{group}/v1alpha1/namespaces/{ns}/widgets").succeeds()
            let group = try api.cluster.group
            #expect(answer.warnings == [#"299 - "\#(group)/v1alpha1 Widget is deprecated; use \#(group)/v1 Widget""#])
        }

        @Test("Printer columns are columns of its tables", .source("\(page), Additional printer columns"))
        func columns() async throws {
            _ = try await made("{color: red, replicas: 2}")
            let table = try await api.get("widgets", accept: "application/json;as=Table;v=v1;g=meta.k8s.io").succeeds()
            let columns = table["columnDefinitions"]?.array ?? []
            #expect(columns.compactMap { $0["name"]?.string } == ["Name", "Color", "Replicas", "Age"])
            #expect(columns.compactMap { $0["type"]?.string } == ["string", "string", "integer", "date"])
            #expect(columns.compactMap { $0["priority"]?.int } == [0, 0, 1, 0])
            #expect(columns.dropFirst().first?["description"]?.string == "The color.")
            let cells = table["rows.0.cells"]?.array ?? []
            #expect(cells.prefix(3) == ["a", "red", 2])
        }

        @Test("Without printer columns there are name and age", .source("\(page), Additional printer columns"))
        func defaultColumns() async throws {
            _ = try await made("{}")
            let table = try await api.get(
                "/apis/{group}/v1alpha1/namespaces/{ns}/widgets", accept: "application/json;as=Table;v=v1;g=meta.k8s.io"
            ).succeeds()
            #expect(table["columnDefinitions"]?.array?.compactMap { $0["name"]?.string } == ["Name", "Age"])
        }

        @Test(
            "A finalizer without a domain is allowed with a warning",
            .source(
                "staging/src/k8s.io/apiextensions-apiserver/pkg/registry/customresource/validator.go"))
        func finalizerWarning() async throws {
            let answer = try await api.post(
                "widgets", "{metadata: {name: a, finalizers: [plain]}}", query: [("dryRun", "All")]
            ).succeeds(201)
            #expect(answer.warnings.count == 1)
            #expect(answer.warnings.first?.contains("prefer a domain-qualified finalizer name") == true)
        }
    }
}
