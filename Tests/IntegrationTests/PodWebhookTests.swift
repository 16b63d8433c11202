import Foundation
import JSON
import TestSupport
import Testing

/// Pods of anyone, as kubectl makes them, and what the suite's webhook does to them.
@Suite("pods and the webhook on a local cluster", .serialized, .cluster)
struct PodWebhookTests {
    let cluster: TestCluster

    init() throws { cluster = try #require(TestCluster.current) }

    private func makeNamespace(_ name: String, labels: String...) async throws -> String {
        let namespace = "\(name)-\(UUID().uuidString.prefix(6).lowercased())"
        try await cluster.kubectl("create", "namespace", namespace)
        for label in labels { try await cluster.kubectl("label", "namespace", namespace, label) }
        return namespace
    }

    private func pod(_ name: String, _ metadata: String = "") -> String {
        """
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "\(name)"\(metadata)}, "spec": {"containers": [
          {"name": "main", "image": "none", "command": ["sleep", "60"], "ports": [{"name": "http", "containerPort": 8080}]}]}}
        """
    }

    private static let asks = #", "annotations": {"kubedl.io/network-mode": "host"}"#

    /// Requests for pods that the webhook answered until now.
    private func requests() async throws -> Int {
        let text = try await Program.output([
            "curl", "-sf", "-m", "5", "--cacert", cluster.path("certs/ca.crt"),
            "https://127.0.0.1:\(cluster.ports[.webhook] ?? 0)/metrics",
        ])
        return text.split(separator: "\n")
            .filter { $0.hasPrefix("kubedl_admission_requests_total") && $0.contains("/mutate-pods") }
            .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0) { $0 + Int($1) }
    }

    @Test("pods without a mark cause no request, each pod with one causes one")
    func sendsOnlyMarkedPods() async throws {
        let namespace = try await makeNamespace("marks")
        let before = try await requests()
        let others = [
            "", #", "annotations": {"kubedl.io/mutations": "x", "kubedl.io/host-ports": "{}", "other": "1"}"#,
            #", "labels": {"kubedl.io/network-mode": "host", "scheduling.x-k8s.io/pod-group": "g"}"#,
            #", "annotations": {"scheduling.k8s.io/group-name": "g", "kubedl.io/gang-name": "g"}"#,
        ]
        for (index, metadata) in others.enumerated() {
            try await cluster.kubectl("apply", "-n", namespace, "-f", "-", input: pod("other-\(index)", metadata))
        }
        #expect(try await requests() == before)
        let marks = [
            Self.asks, #", "annotations": {"kubedl.io/defaults": "enabled"}"#,
            #", "labels": {"kubedl.io/gang-name": "g"}"#,
        ]
        for (index, metadata) in marks.enumerated() {
            try await cluster.kubectl("apply", "-n", namespace, "-f", "-", input: pod("ours-\(index)", metadata))
        }
        #expect(try await requests() == before + marks.count)
    }

    @Test("kubectl describe says what was changed and why")
    func describes() async throws {
        let namespace = try await makeNamespace("describe")
        try await cluster.kubectl("apply", "-n", namespace, "-f", "-", input: pod("seen", Self.asks))
        let text = try await cluster.kubectl("describe", "pod", "seen", "-n", namespace)
        let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(lines.contains("spec.hostNetwork: true (kubedl.io/network-mode: host)"), "\(text)")
        #expect(lines.contains { $0.hasPrefix("spec.containers[main].ports[http]: 8080 -> host port 2") }, "\(text)")
    }

    @Test(
        "where Pod Security forbids host network, pods and Jobs that ask for it are told the label and what to do",
        arguments: ["baseline", "restricted"])
    func refusesHostNetwork(level: String) async throws {
        let namespace = try await makeNamespace("secure", labels: "pod-security.kubernetes.io/enforce=\(level)")
        let job = """
            {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "job"}, "spec": {"template": {
              "metadata": {"annotations": {"kubedl.io/network-mode": "host"}},
              "spec": {"restartPolicy": "Never", "containers": [{"name": "main", "image": "none", "command": ["true"]}]}}}}
            """
        let training = """
            {"apiVersion": "training.kubedl.io/v1alpha1", "kind": "PyTorchJob", "metadata": {"name": "train"\(Self.asks)},
             "spec": {"pytorchReplicaSpecs": {"Master": {"template": {"spec": {"containers": [
               {"name": "pytorch", "image": "none", "command": ["true"]}]}}}}}}
            """
        for manifest in [pod("host", Self.asks), job, training] {
            try await eventually("the policy is used") {
                let result = try await cluster.tryKubectl(
                    "create", "--dry-run=server", "-n", namespace, "-f", "-", input: manifest)
                let isTold = ["pod-security.kubernetes.io/enforce: \(level)", "set the label to privileged"].allSatisfy
                {
                    result.errors.contains($0)
                }
                return result.status != 0 && isTold ? () : nil
            }
        }
        let plain = try await cluster.tryKubectl("create", "-n", namespace, "-f", "-", input: pod("plain"))
        #expect(plain.status == 0, "\(plain.errors)")
        let privileged = try await makeNamespace("open", labels: "pod-security.kubernetes.io/enforce=privileged")
        try await cluster.kubectl("create", "-n", privileged, "-f", "-", input: pod("host", Self.asks))
    }
}
