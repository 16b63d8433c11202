import JSON
import KubernetesModel
import TestSupport
import Testing
import Workloads

@Suite("Every kind")
struct KindTests {
    @Test("has a sample here, so that the tables below leave none out")
    func isComplete() {
        #expect(ObjectKind.all.map(\.definition.resource.kind) == SampleObject.names)
        #expect(FrameworkProfile.all.count == 8)
    }

    @Test(
        "accepts its smallest object: validation and schema alike, before and after defaults",
        arguments: SampleObject.names)
    func acceptsSample(name: String) throws {
        let sample = try SampleObject(name)
        #expect(try sample.schemaProblems() == [])
        let completed = sample.completed()
        #expect(try completed.problems() == [])
        #expect(try completed.schemaProblems() == [])
        #expect(try completed.problems(updating: completed) == [])
        #expect(try completed.schemaProblems(updating: completed) == [])
    }

    @Test("may get its defaults later, when it was stored without the webhook", arguments: SampleObject.names)
    func completesLater(name: String) throws {
        let sample = try SampleObject(name)
        let completed = sample.completed(isUpdate: true)
        #expect(try completed.problems(updating: sample) == [])
        #expect(try completed.schemaProblems(updating: sample) == [])
    }

    @Test("keeps the manifests that were written for KubeDL", arguments: 0..<7)
    func acceptsKubeDLManifests(place: Int) throws {
        let manifests = try JSONValue(parsing: Fixture.bytes("kubedl/manifests.json"))
        #expect(manifests.count == 7)
        let object = try SampleObject(json: try #require(manifests[place]))
        #expect(try object.schemaProblems() == [])
        let completed = object.completed()
        #expect(try completed.problems() == [])
        #expect(try completed.schemaProblems() == [])
        #expect(completed.completed(isUpdate: true).json == completed.json)
    }

    @Test(
        "survives objects of any shape: defaults twice are defaults once, and nothing crashes",
        arguments: SampleObject.names)
    func survives(name: String) throws {
        let sample = try SampleObject(name)
        var random = SeededGenerator(seed: 7)
        for _ in 0..<200 {
            var json = sample.json
            for _ in 0..<Int.random(in: 1...3, using: &random) { json = json.mutated(using: &random) }
            var once = json
            sample.kind.complete(&once, false)
            var twice = once
            sample.kind.complete(&twice, false)
            #expect(once == twice)
            let view = try once.document().root
            _ = sample.kind.problems(view, try json.document().root)
            _ = sample.kind.deletionProblems(view)
            #expect(sample.kind.warnings(view).allSatisfy { $0.count <= 120 })
        }
    }

    @Test("stores nothing that its schema would refuse once validation has accepted it", arguments: SampleObject.names)
    func agreesWithSchema(name: String) throws {
        let sample = try SampleObject(name).completed()
        var random = SeededGenerator(seed: 11)
        var accepted = 0
        for _ in 0..<300 {
            var spec = sample.json["spec"] ?? .null
            for _ in 0..<Int.random(in: 1...2, using: &random) { spec = spec.mutated(using: &random) }
            let changed = sample.setting(["spec"], to: spec).completed()
            guard try changed.problems().isEmpty else { continue }
            accepted += 1
            #expect(try changed.schemaProblems() == [], "\(changed.json)")
        }
        #expect(accepted > 0)
    }

    @Test(
        "bounds whatever a rule looks at, so that an API server can tell what the rule may cost",
        arguments: SampleObject.names)
    func boundsRules(name: String) throws {
        let definition = try SampleObject(name).kind.definition.definition
        let schema = try #require(definition[path: ["spec", "versions"]]?[0]?[path: ["schema", "openAPIV3Schema"]])
        var rules = 0
        func check(_ node: JSONValue, _ path: String, isRuled: Bool, isBounded: Bool) {
            let type = node["type"]?.string
            let hasRules = node["x-kubernetes-validations"] != nil
            if hasRules {
                rules += 1
                #expect(isBounded, "\(path) is ruled within an unbounded list or map")
            }
            let isCollection = type == "array" || node["additionalProperties"] != nil
            let isLimited = node["maxItems"] != nil || node["maxProperties"] != nil
            if isRuled || hasRules, isCollection { #expect(isLimited, "\(path) has no bound") }
            if isRuled, type == "string", node["enum"] == nil, node["format"] == nil {
                #expect(node["maxLength"] != nil, "\(path) has no greatest length")
            }
            let next = isBounded && (!isCollection || isLimited)
            for member in node["properties"]?.members ?? [] where !(path.isEmpty && member.key != "spec") {
                check(member.value, path + "." + member.key, isRuled: isRuled || hasRules, isBounded: next)
            }
            for key in ["items", "additionalProperties"] {
                if let child = node[key] { check(child, path + "[]", isRuled: isRuled || hasRules, isBounded: next) }
            }
        }
        check(schema, "", isRuled: false, isBounded: true)
        if try SampleObject(name).kind.profile != nil { #expect(rules >= 2) }
    }
}
