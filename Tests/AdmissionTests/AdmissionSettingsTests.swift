import Admission
import JSON
import KubernetesModel
import TestSupport
import Testing

@Suite("SuiteConfiguration")
struct AdmissionSettingsTests {
    private static func parse(_ text: String) throws -> AdmissionSettings {
        try AdmissionSettings(try JSONDocument(parsing: text).root)
    }

    private static func problems(_ fields: String) throws -> [String] {
        do {
            _ = try parse(
                #"{"apiVersion": "config.kubedl.io/v1alpha1", "kind": "SuiteConfiguration", "defaults": \#(fields)}"#)
            return []
        } catch let error as InvalidSettings {
            return error.problems.map(\.description)
        }
    }

    @Test("a namespace says only what differs, and has the rest from the defaults")
    func merges() throws {
        let settings = try Self.parse(
            """
            {"apiVersion": "config.kubedl.io/v1alpha1", "kind": "SuiteConfiguration",
             "defaults": {"hostNetwork": {"portRange": "21000-22000"},
               "fileSync": {"image": "r/sync:1", "resources": {"limits": {"cpu": 2}}, "allowPlainTextProtocols": true},
               "pods": {"schedulerName": "kubedl", "sharedMemoryPercent": 25}},
             "namespaces": {"ml": {"pods": {"schedulerName": "", "gpuResources": ["amd.com/gpu"], "podGroups": true},
               "fileSync": {"allowInlineCredentials": true}}, "empty": null}}
            """)
        let other = settings["other"]
        #expect(
            other.hostPorts == 21000..<22000 && other.syncImage == "r/sync:1" && other.syncResources.cpuLimit == "2")
        #expect(
            other.allowsPlainTextProtocols && !other.allowsInlineCredentials && other.pods.schedulerName == "kubedl")
        #expect(settings["empty"] == other && settings[nil] == other)
        let ml = settings["ml"]
        #expect(ml.pods.schedulerName == nil && ml.pods.gpuResources == ["amd.com/gpu"] && ml.pods.followsPodGroups)
        #expect(ml.pods.sharedMemoryPercent == 25 && ml.allowsInlineCredentials && ml.hostPorts == 21000..<22000)
    }

    @Test(
        "every mistake has its field, its value and what to write instead",
        arguments: [
            (
                #"{"hostNetwork": {"portRange": "40000-50000"}}"#,
                #"defaults.hostNetwork.portRange: Invalid value: "40000-50000": must not overlap ephemeralPortRange 32768-60999"#
            ),
            (
                #"{"hostNetwork": {"ephemeralPortRange": "25000-60999"}}"#,
                "defaults.hostNetwork.portRange: Invalid value"
            ),
            (#"{"hostNetwork": {"portRange": "5-6"}}"#, "defaults.hostNetwork.portRange: Invalid value"),
            (
                #"{"hostNetwork": {"ephemeralPortRange": "9-8"}}"#,
                "defaults.hostNetwork.ephemeralPortRange: Invalid value"
            ),
            (#"{"hostNetwork": {"portrange": "1"}}"#, "defaults.hostNetwork.portrange: Forbidden: unknown field"),
            (#"{"fileSync": {"image": "r/s@sha256:12"}}"#, "defaults.fileSync.image: Invalid value"),
            (#"{"fileSync": {"image": ""}}"#, "defaults.fileSync.image: Invalid value"),
            (
                #"{"fileSync": {"resources": {"limits": {"memory": "much"}}}}"#,
                "defaults.fileSync.resources.limits.memory: Invalid"
            ),
            (
                #"{"fileSync": {"resources": {"requests": {"cpu": "2"}}}}"#,
                "defaults.fileSync.resources.requests.cpu: Invalid"
            ),
            (
                #"{"fileSync": {"allowInlineCredentials": "yes"}}"#,
                "defaults.fileSync.allowInlineCredentials: Invalid value"
            ),
            (#"{"pods": {"sharedMemoryPercent": 0}}"#, "defaults.pods.sharedMemoryPercent: Invalid value: 0"),
            (#"{"pods": {"gpuResources": ["gpu"]}}"#, "defaults.pods.gpuResources[0]: Invalid value"),
            (#"{"pods": {"gpuResources": "nvidia.com/gpu"}}"#, "defaults.pods.gpuResources: Invalid value"),
            (#"{"pods": {"priorityClassName": "A B"}}"#, "defaults.pods.priorityClassName: Invalid value"),
            (
                #"{"pods": {"terminationMessagePolicy": "Log"}}"#,
                "defaults.pods.terminationMessagePolicy: Unsupported value"
            ),
            ("[]", "defaults: Invalid value: []: must be an object"),
        ])
    func reports(fields: String, expected: String) throws {
        let problems = try Self.problems(fields)
        #expect(problems.count == 1 && problems[0].hasPrefix(expected), "\(problems)")
    }

    @Test("all mistakes come at once, also those of namespaces and of the head")
    func reportsAll() throws {
        let error = #expect(throws: InvalidSettings.self) {
            _ = try Self.parse(
                """
                {"apiVersion": "v1", "default": {}, "defaults": {"pods": {"x": 1, "sharedMemory": 1}},
                 "namespaces": {"Bad_": {"hostNetwork": 3}}}
                """)
        }
        #expect(
            error?.problems.map(\.path.text) == [
                "default", "apiVersion", "kind", "defaults.pods.x", "defaults.pods.sharedMemory", "namespaces[Bad_]",
                "namespaces[Bad_].hostNetwork",
            ])
        #expect(throws: InvalidSettings.self) { _ = try Self.parse("3") }
    }

    @Test("configurations of any shape are answered", arguments: 1...4)
    func survives(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let start = try JSONValue(
            parsing: """
                {"apiVersion": "config.kubedl.io/v1alpha1", "kind": "SuiteConfiguration", "defaults": {
                 "hostNetwork": {"portRange": "21000-22000", "ephemeralPortRange": "32768-60999"},
                 "fileSync": {"image": "x", "resources": {"requests": {"cpu": "1", "memory": 1}}},
                 "pods": {"gpuResources": ["a/b"], "schedulerName": "x"}}, "namespaces": {"a": {}}}
                """)
        for _ in 0..<300 {
            var json = start
            for _ in 0..<Int.random(in: 0...3, using: &random) { json = json.mutated(using: &random) }
            let view = try json.document().root
            do { _ = try AdmissionSettings(view) } catch { #expect(!error.problems.isEmpty) }
        }
    }
}
