import Foundation
import JSON
import TestSupport
import Testing

/// `kubedl webhook` with certificates of its own, two replicas and the rights of the chart.
@Suite("self-issued certificates", .cluster)
struct CertificateTests {
    let cluster: TestCluster

    init() throws { cluster = try #require(TestCluster.current) }

    private static let secret = "kubedl-webhook-certificates"

    private func start(_ name: String, port: Int) throws {
        try cluster.spawn(
            name, "kubedl",
            [
                "webhook", "--host", "127.0.0.1", "--port", "\(port)", "--kubeconfig", cluster.kubeconfig(of: .webhook),
                "--certificate-name", "127.0.0.1", "--certificate-lifetime", "100s",
            ])
    }

    /// The serving certificate of the Secret, and the bundle of the first webhook.
    private func state() async throws -> (current: String?, next: String?, bundle: String?) {
        let data = try await cluster.get("secret", Self.secret, namespace: "kubedl-system")["data"]
        let hooks = try await cluster.get("mutatingwebhookconfiguration", "kubedl", namespace: "default")["webhooks"]
        let bundle = hooks?.elements.first { _ in true }?[path: "clientConfig", "caBundle"]?.string
        return (data?["tls.crt"]?.string, data?["next-tls.crt"]?.string, bundle)
    }

    /// Sends a job through both webhooks; the cluster keeps nothing of it.
    private func review() async throws {
        try await cluster.kubectl(
            "create", "--dry-run=server", "-f", TestCluster.checkout("examples/pytorch-digits.yaml"))
    }

    @Test("jobs are admitted while certificates change and the replica that changes them is killed")
    func rotation() async throws {
        await cluster.kill(.webhook)
        let port = try #require(cluster.ports[.webhook])
        let chart = try await cluster.chart("webhook", "--set", "webhook.external.url=https://127.0.0.1:\(port)")
        try await cluster.kubectl("apply", "-f", "-", input: chart)
        try await cluster.grantAccess(to: .webhook)

        try start("writer", port: 0)
        try await eventually("the first certificate is made and published") {
            let state = try await state()
            return state.current != nil && state.next == nil && state.bundle != nil ? () : nil
        }
        try start("webhook", port: port)
        do {
            try await eventually("the webhook is ready") {
                try await Program.run(["curl", "-skf", "https://127.0.0.1:\(port)/readyz"]).status == 0 ? () : nil
            }
        } catch {
            Issue.record("\(cluster.log("webhook").suffix(4000))")
            throw error
        }
        try await review()

        let first = try await state()
        var isKilled = false
        try await eventually("another certificate is served", within: .seconds(180)) {
            try await review()
            let now = try await state()
            if now.next != nil, !isKilled {
                await cluster.kill("writer")
                isKilled = true
            }
            return now.current != first.current && now.next == nil ? () : nil
        }
        #expect(isKilled)
        try await review()

        let whole = try await state().bundle
        #expect(whole != first.bundle)
        try await cluster.kubectl(
            "patch", "mutatingwebhookconfiguration", "kubedl", "--type=json", "-p",
            #"[{"op":"replace","path":"/webhooks/0/clientConfig/caBundle","value":"YQ=="}]"#)
        try await eventually("an overwritten bundle is repaired") {
            try await state().bundle == whole ? () : nil
        }
        try await review()
    }
}
