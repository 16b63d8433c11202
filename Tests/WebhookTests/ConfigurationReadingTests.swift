import Admission
import JSON
import KubernetesModel
import Testing

@testable import Webhook

@Suite("Configuration in its ConfigMap")
struct ConfigurationReadingTests {
    private static let head = "apiVersion: config.kubedl.io/v1alpha1\nkind: SuiteConfiguration\n"

    private func map(_ text: String?) throws -> ConfigMap {
        var data: JSONValue = [:]
        if let text { data["config.yaml"] = JSONValue(text) }
        let object: JSONValue = ["metadata": ["name": "kubedl-config"], "data": data]
        return ConfigMap(json: try JSONDocument(parsing: object.bytes).root)
    }

    @Test("a good text is read over what the options say")
    func good() throws {
        let base = AdmissionConfiguration(syncImage: "example/sync:1")
        #expect(try readSettings(map(Self.head), base: base) == AdmissionSettings(defaults: base))
    }

    @Test(
        "a mistake is told with its place",
        arguments: [
            (nil, "data[config.yaml]: Required value"), ("", "one YAML document is expected, not 0"),
            ("a: [", "data[config.yaml]: "), (head + "---\n" + head, "one YAML document is expected, not 2"),
            (head + "default: {}", "default"), ("[1]", "must be an object"),
        ] as [(String?, String)])
    func mistakes(text: String?, expected: String) throws {
        let map = try map(text)
        let error = #expect(throws: InvalidConfiguration.self) {
            try readSettings(map, base: AdmissionConfiguration())
        }
        #expect(error?.description.contains(expected) ?? false, "\(error?.description ?? "")")
    }

    @Test("an event has room for 1,024 characters and says how much it leaves out")
    func summary() {
        let error = InvalidConfiguration(
            problems: (0..<40).map { "defaults.field\($0): Invalid value: something long" })
        #expect(error.summary.count <= 1024)
        #expect(error.summary.contains(" more; what was in force before stays"))
        #expect(InvalidConfiguration(problems: [String(repeating: "x", count: 5000)]).summary.count <= 1024)
    }
}
