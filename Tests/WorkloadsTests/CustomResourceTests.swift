import JSON
import Testing
import Workloads

@Suite("CustomResourceDefinitions")
struct CustomResourceTests {
    private var version: JSONValue? { CustomResource.pyTorchJob.definition[path: ["spec", "versions"]]?[0] }

    @Test("PyTorchJob is what KubeDL's users know: group, names, status subresource and columns")
    func describesPyTorchJob() {
        let definition = CustomResource.pyTorchJob.definition
        #expect(definition[path: ["metadata", "name"]] == "pytorchjobs.training.kubedl.io")
        #expect(definition[path: ["spec", "names", "kind"]] == "PyTorchJob")
        #expect(definition[path: ["spec", "scope"]] == "Namespaced")
        #expect(version?["name"] == "v1alpha1")
        #expect(version?[path: ["subresources", "status"]] == .object([]))
        let columns = (version?["additionalPrinterColumns"]?.array ?? []).compactMap { $0["name"]?.string }
        #expect(columns == ["State", "Age", "Model-Version", "Cache-Backend", "Max-Lifetime", "TTL-After-Finished"])
    }

    @Test("every node of the schema is structural: it has a type, and properties only on objects")
    func isStructural() throws {
        let schema = try #require(version?[path: ["schema", "openAPIV3Schema"]])
        var visited = 0
        func check(_ node: JSONValue, _ path: String) {
            visited += 1
            let type = node["type"]?.string
            #expect(["object", "array", "string", "integer", "boolean"].contains(type), "\(path)")
            if node["properties"] != nil || node["additionalProperties"] != nil { #expect(type == "object", "\(path)") }
            #expect(node["properties"] == nil || node["additionalProperties"] == nil, "\(path)")
            if type == "array" { #expect(node["items"] != nil, "\(path)") }
            for member in node["properties"]?.members ?? [] { check(member.value, path + "." + member.key) }
            if let more = node["additionalProperties"] { check(more, path + ".*") }
            if let items = node["items"] { check(items, path + "[]") }
            for name in node["required"]?.strings ?? [] {
                #expect(node[path: ["properties", name]] != nil, "\(path) requires \(name) but does not describe it")
            }
        }
        check(schema, "")
        #expect(visited > 40)
    }

    @Test("what defaults add is in the schema, so that nothing is pruned")
    func coversDefaults() throws {
        let job = try SampleJob().completed().json
        let spec = version?[path: ["schema", "openAPIV3Schema", "properties", "spec", "properties"]]
        for key in job["spec"]?.keys ?? [] { #expect(spec?[key] != nil, "\(key)") }
        let role = spec?[path: ["pytorchReplicaSpecs", "additionalProperties", "properties"]]
        for key in job[path: ["spec", "pytorchReplicaSpecs", "Master"]]?.keys ?? [] {
            #expect(role?[key] != nil, "\(key)")
        }
    }
}
