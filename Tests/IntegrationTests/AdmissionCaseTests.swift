import Foundation
import JSON
import TestSupport
import Testing
import YAML

/// The cases of `Tests/Fixtures/admission`, each sent to a local cluster by kubectl and read back: the API server fills in
/// its own defaults, and calls the suite's webhook over TLS as the chart's configuration says.
///
/// No node takes pods meanwhile, so that what is stored stays as it is.
@Suite("cases of admission on a local cluster", .serialized, .cluster)
struct AdmissionCaseTests {
    /// Its pods are never sent to the webhook.
    private static let untouched = "untouched"
    private let cluster: TestCluster

    init() throws { cluster = try #require(TestCluster.current) }

    @Test("what is stored or refused is what the case says")
    func decides() async throws {
        let cases = try AdmissionCase.files().map { file in try AdmissionCase.read(file) { try YAML.parse($0) } }
            .filter(\.canBeSent)
        try await prepare(cases)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, fixture) in cases.enumerated() {
                if index >= 4 { try await group.next() }
                group.addTask {
                    let differences = try await run(fixture, in: Self.namespace(index))
                    #expect(differences.isEmpty, "\(fixture)\n\(differences.joined(separator: "\n"))")
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("pods that the cluster's Job controller makes get the node's network, each with a number of its own")
    func completesPodsOfJobs() async throws {
        let job = """
            {apiVersion: batch/v1, kind: Job, metadata: {name: sweep}, spec: {completions: 3, parallelism: 3,
             completionMode: Indexed, template: {metadata: {annotations: {kubedl.io/network-mode: host}}, spec: {
             restartPolicy: Never, containers: [{name: main, image: x, command: [sleep, "60"],
             ports: [{name: http, containerPort: 8080}]}]}}}}
            """
        try await cluster.kubectl("create", "namespace", "jobs")
        try await cluster.kubectl("create", "-n", "jobs", "-f", "-", input: job)
        let pods = try await eventually("three pods") {
            let pods = try await cluster.get("pods", "-l", "job-name=sweep", namespace: "jobs")["items"]
            return (pods?.count ?? 0) == 3 ? pods : nil
        }
        let ports = pods.elements.compactMap { pod in
            pod[path: "spec", "containers"]?[0]?["ports"]?[0]?["hostPort"]?.int
        }
        #expect(Set(ports).count == 3 && ports.allSatisfy { (20000..<30000).contains($0) }, "\(ports)")
        #expect(pods.elements.allSatisfy { $0[path: "spec", "hostNetwork"]?.bool == true })
    }

    // MARK: setting up

    private static func namespace(_ index: Int) -> String { "case-\(index)" }

    /// Gives every case a namespace of its own that is configured as the case says, and waits until that is in force.
    private func prepare(_ cases: [AdmissionCase]) async throws {
        await cluster.kill(.controllers)
        try await cluster.kubectl("cordon", "-l", "kubernetes.io/os=linux")
        for name in ["training", "research", "interactive"] {
            try await cluster.kubectl("create", "priorityclass", name, "--value=10")
        }
        let names = cases.indices.map(Self.namespace) + [Self.untouched, "marker"]
        let list = names.map { "{apiVersion: v1, kind: Namespace, metadata: {name: \($0)}}" }
        try await cluster.kubectl("create", "-f", "-", input: list.joined(separator: "\n---\n"))

        var configured = cases.enumerated().map { (Self.namespace($0.offset), $0.element.configurationOfNamespace) }
        configured.append(("marker", ["hostNetwork": ["portRange": "10000-10100"]]))
        let values: JSONValue = [
            "configuration": ["namespaces": .object(configured.filter { !$0.1.isEmpty })],
            "excludedNamespaces": ["kube-system", JSONValue(Self.untouched)],
        ]
        try await cluster.configure(values)
        try await eventually("every namespace has its service account") {
            let accounts = try await cluster.kubectl(
                "get", "serviceaccounts", "-A", "--field-selector=metadata.name=default", "-o", "name")
            return accounts.split(separator: "\n").count >= names.count ? () : nil
        }
        try await eventually("the configuration is in force") {
            let pod = try await create(Self.marker, in: "marker", "--dry-run=server").object
            let port = pod?[path: "spec", "containers", "0", "ports", "0", "hostPort"]?.int
            return port.map { (10000..<10100).contains($0) } == true ? () : nil
        }
    }

    private static let marker: JSONValue = [
        "apiVersion": "v1", "kind": "Pod",
        "metadata": ["name": "marker", "annotations": ["kubedl.io/network-mode": "host"]],
        "spec": ["containers": [["name": "main", "image": "x", "ports": [["name": "http", "containerPort": 80]]]]],
    ]

    // MARK: one case

    private struct Answer {
        /// What the API server stored; nil when it refused.
        var object: JSONValue?
        /// What kubectl told its user besides.
        var messages: String
    }

    private func run(_ fixture: AdmissionCase, in namespace: String) async throws -> [String] {
        let answer = try await send(fixture, in: namespace)
        var differences = fixture.warnings.filter { !answer.messages.contains($0) }.map {
            "no warning says \"\($0)\"\n\(answer.messages)"
        }
        if case .refused(let refusals) = fixture.verdict {
            if answer.object != nil { differences.append("admitted") }
            return differences
                + refusals.filter { !$0.isTold(in: answer.messages) }.map {
                    "not told: \($0.path) \($0.rule) \($0.says)\n\(answer.messages)"
                }
        }
        guard let stored = answer.object else { return differences + ["refused: \(answer.messages)"] }
        guard let expected = fixture.expectedObject else { return differences }
        var names = PortNames(fixture.ports)
        let (wanted, problems) = names.resolve(expected, in: stored)
        return differences + problems + (try await compare(stored, with: wanted))
    }

    /// What is stored must be what the API server makes of the wanted object where nobody changes it.
    private func compare(_ stored: JSONValue, with wanted: JSONValue) async throws -> [String] {
        guard wanted["kind"] == "Pod" else {
            return try stored.withoutServerFields().differences(from: wanted.withoutServerFields())
        }
        let control = try await create(wanted, in: Self.untouched, "--dry-run=server")
        guard let control = control.object else { return ["what is wanted is no pod: \(control.messages)"] }
        return try stored.withoutServerFields().differences(from: control.withoutServerFields())
    }

    private func send(_ fixture: AdmissionCase, in namespace: String) async throws -> Answer {
        switch fixture.operation {
        case "UPDATE":
            for object in [fixture.oldObject, fixture.object].compactMap({ $0 }).dropLast() {
                try await cluster.kubectl("apply", "--validate=ignore", "-n", namespace, "-f", "-", input: object.text)
            }
            return try await kubectl("apply", "--validate=ignore", "-o", "json", of: fixture.object, in: namespace)
        case "DELETE":
            _ = try await create(fixture.oldObject ?? nil, in: namespace)
            let answer = try await cluster.tryKubectl(
                "delete", "-n", namespace, "-f", "-", "--wait=false", input: (fixture.oldObject ?? nil).text)
            return Answer(object: answer.status == 0 ? .null : nil, messages: answer.errors)
        default: return try await create(fixture.object ?? nil, in: namespace)
        }
    }

    private func create(_ object: JSONValue, in namespace: String, _ more: String...) async throws -> Answer {
        try await kubectl(["create", "--validate=ignore", "-o", "json"] + more, of: object, in: namespace)
    }

    private func kubectl(_ arguments: String..., of object: JSONValue?, in namespace: String) async throws -> Answer {
        try await kubectl(arguments, of: object, in: namespace)
    }

    private func kubectl(_ arguments: [String], of object: JSONValue?, in namespace: String) async throws -> Answer {
        let result = try await cluster.tryKubectl(
            arguments + ["-n", namespace, "-f", "-"], input: object?.text ?? "")
        return Answer(object: try? JSONValue(parsing: result.output), messages: result.errors)
    }
}

extension AdmissionCase {
    /// A client cannot make an object that is on its way out already.
    fileprivate var canBeSent: Bool { oldObject?[path: "metadata", "deletionTimestamp"] == nil }

    /// What holds in the case's namespace, as one namespace's entry.
    fileprivate var configurationOfNamespace: JSONValue {
        (configuration["defaults"] ?? [:]).changed(by: configuration[path: "namespaces", namespace] ?? [:])
    }
}

extension AdmissionCase.Refusal {
    /// Whether kubectl's words have the path, the rule and the pieces.
    fileprivate func isTold(in text: String) -> Bool {
        let words = [
            "Required": "Required value", "NotSupported": "Unsupported value", "Duplicate": "Duplicate value",
            "Forbidden": "Forbidden", "TooMany": "Too many", "TooLong": "Too long",
        ]
        return text.contains("\(path): \(words[rule] ?? "Invalid value")") && says.allSatisfy { text.contains($0) }
    }
}

extension JSONValue {
    /// Without what every object gets anew from the API server, and without the annotations that say what was changed.
    /// Lists whose order means nothing are sorted: the API server's own volumes and tolerations are there before a webhook's.
    fileprivate func withoutServerFields() throws -> JSONValue {
        let volume = try Regex("kube-api-access-[a-z0-9]{5}")
        var object = try JSONValue(parsing: text.replacing(volume, with: "kube-api-access"))
        object.remove("status")
        object[path: "spec", "volumes"] = object[path: "spec", "volumes"]?.sorted
        object[path: "spec", "tolerations"] = object[path: "spec", "tolerations"]?.sorted
        for list in ["initContainers", "containers"] {
            let containers = (object[path: "spec", list]?.array ?? []).map { container in
                var container = container
                container["volumeMounts"] = container["volumeMounts"]?.sorted
                return container
            }
            object[path: "spec", list] = containers.isEmpty ? Optional<JSONValue>.none : JSONValue(containers)
        }
        let isGenerated = object[path: "metadata", "generateName"] != nil
        for key in ["uid", "creationTimestamp", "resourceVersion", "namespace", "generation", "managedFields"]
            + (isGenerated ? ["name"] : [])
        {
            object[path: "metadata", key] = Optional<JSONValue>.none
        }
        for key in ["kubedl.io/mutations", "kubectl.kubernetes.io/last-applied-configuration"] {
            object[path: "metadata", "annotations", key] = Optional<JSONValue>.none
        }
        if object[path: "metadata", "annotations"]?.isEmpty == true {
            object[path: "metadata", "annotations"] = Optional<JSONValue>.none
        }
        return object
    }

    /// Entries by what tells them apart.
    private var sorted: JSONValue {
        func name(_ entry: JSONValue) -> String {
            (entry["mountPath"] ?? entry["key"] ?? entry["name"])?.string ?? ""
        }
        return JSONValue((array ?? []).sorted { name($0) < name($1) })
    }
}
