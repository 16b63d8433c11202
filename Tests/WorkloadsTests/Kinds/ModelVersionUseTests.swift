import JSON
import KubernetesModel
import Testing
import Workloads

@Suite("A ModelVersion that is served")
struct ModelVersionUseTests {
    private let key = ["metadata", "annotations", "kubedl.io/in-use-by"]

    private func inference(_ name: String, serving version: String) throws -> JSONValue {
        [
            "metadata": ["name": JSONValue(name), "namespace": "ml"],
            "spec": ["predictors": [["name": "p", "modelVersion": JSONValue(version)]]],
        ]
    }

    @Test("cannot be deleted, and says by whom it is served")
    func refusesDeletion() throws {
        let version = try SampleObject("ModelVersion")
        #expect(version.kind.deletionProblems(try version.json.document().root).isEmpty)
        let served = version.setting(key, to: "chat,search")
        let problems = version.kind.deletionProblems(try served.json.document().root).map(\.description)
        #expect(problems.count == 1)
        #expect(problems.first?.contains("Inference chat,search serves this version: let it serve another one") == true)
    }

    @Test("is marked with every Inference that names it, and unmarked when none does")
    func corrects() throws {
        let version = try SampleObject("ModelVersion")
        let correction = { (json: JSONValue, others: [JSONValue]) in
            ModelVersionUse.correction(
                of: try json.document().root, inferences: try others.map { try $0.document().root })
        }
        let users = try [
            inference("search", serving: "a"), inference("chat", serving: "a"), inference("x", serving: "b"),
        ]
        #expect(try correction(version.json, users) == "chat,search")
        let marked = version.setting(key, to: "chat,search").json
        #expect(try correction(marked, users) == nil)
        #expect(try correction(marked, []) == "")
        var leaving = try inference("chat", serving: "a")
        leaving[path: ["metadata", "deletionTimestamp"]] = "2026-01-01T00:00:00Z"
        #expect(try correction(marked, [leaving]) == "")
        var elsewhere = try inference("chat", serving: "a")
        elsewhere[path: ["metadata", "namespace"]] = "other"
        #expect(try correction(version.json, [elsewhere]) == nil)
    }
}
