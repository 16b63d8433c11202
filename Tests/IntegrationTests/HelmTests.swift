import Foundation
import TestSupport
import Testing

/// Helm 4 with the chart that `helm create` makes, its container running a program of this machine.
@Suite("helm on a local cluster", .bareCluster)
struct HelmTests {
    let cluster: BareCluster

    init() throws { cluster = try #require(BareCluster.current) }

    /// Makes the chart `web` with a definition and a hook before installation.
    private static let chart = [
        Step("helm create web", "Creating web"),
        Step(#"sed -i 's|^          image: "|          command: [sleep, "1000"]\n&|' web/templates/deployment.yaml"#),
        Step(
            "sed -i \"s|command: \\['wget'\\]|command: [echo, tested]|; /args:/d\" "
                + "web/templates/tests/test-connection.yaml"),
        Step("mkdir web/crds; cp widget.yaml web/crds; cp hook.yaml web/templates"),
        Step("helm lint web", "1 chart(s) linted, 0 chart(s) failed"),
        Step("helm template r web -f values.yaml", "kind: Deployment"),
    ]

    private static let files = [
        "values.yaml": """
        readinessProbe: {httpGet: null, exec: {command: ["true"]}, periodSeconds: 1}
        livenessProbe: {httpGet: null, exec: {command: ["true"]}}
        """,
        "hook.yaml": """
        apiVersion: batch/v1
        kind: Job
        metadata: {name: before, annotations: {helm.sh/hook: pre-install}}
        spec:
          template:
            spec:
              restartPolicy: Never
              containers: [{name: main, image: x, command: [echo, "hook ran"]}]
        """,
    ]

    @Test("a release is installed, upgraded, rolled back, tested and uninstalled, each with --wait")
    func release() async throws {
        var files = Self.files
        files["widget.yaml"] = try Manifests.widget()
        try await cluster.play(
            Self.chart + [
                Step("helm install r web -f values.yaml --dry-run=server", "STATUS: pending-install"),
                Step("helm install r web -f values.yaml --wait --timeout 60s", "STATUS: deployed"),
                Step("kubectl logs job/before", "hook ran"),
                Step("kubectl get crd widgets.example.com -o name", "widgets.example.com"),
                Step("kubectl get deploy r-web", "r-web 1/1 1 1"),
                Step("helm list", "r helm-release 1", "deployed web-0.1.0"),
                Step("helm status r", "REVISION: 1", "==> v1/Deployment"),
                Step("helm get manifest r", "# Source: web/templates/service.yaml"),
                Step("helm get values r", "periodSeconds: 1"),
                Step("helm get notes r", "kubectl --namespace helm-release port-forward"),
                Step("helm get metadata r", "APPLY_METHOD: server-side apply"),
                Step("helm test r", "Phase: Succeeded"),
                Step("helm upgrade r web --reuse-values --set replicaCount=2 --wait --timeout 60s", "REVISION: 2"),
                Step("kubectl get deploy r-web", "r-web 2/2 2 2"),
                .refused("helm upgrade r web --reuse-values --set replicaCount=many", "UPGRADE FAILED"),
                .refused(
                    "helm upgrade r web --reuse-values --set 'readinessProbe.exec.command={false}' --wait --timeout 3s "
                        + "--rollback-on-failure", "UPGRADE FAILED"),
                Step("helm rollback r 1 --wait --timeout 60s", "Rollback was a success!"),
                Step("kubectl get deploy r-web", "r-web 1/1 1 1"),
                Step("helm history r", "superseded web-0.1.0 1.16.0 Install complete", "Rollback to 1"),
                .refused("helm install r web", "cannot reuse a name that is still in use"),
                Step("helm uninstall r --wait", #"release "r" uninstalled"#),
                Step("kubectl get deploy,svc -l app.kubernetes.io/instance=r", "No resources found"),
            ], namespace: "helm-release", files: files)
    }

    @Test("an installation that does not become ready leaves nothing behind")
    func failure() async throws {
        var files = Self.files
        files["widget.yaml"] = try Manifests.widget()
        try await cluster.play(
            Self.chart + [
                .refused(
                    "helm install r web -f values.yaml --set 'readinessProbe.exec.command={false}' --wait --timeout 3s "
                        + "--rollback-on-failure", "INSTALLATION FAILED"),
                Step("helm list -a -q | wc -l", "0"),
                Step("helm upgrade --install r web -f values.yaml", #"Release "r" does not exist. Installing it now."#),
                Step("helm uninstall r", "uninstalled"),
            ], namespace: "helm-failure", files: files)
    }

    @Test("the chart of this suite installs")
    func ownChart() async throws {
        let chart = Fixture.checkout.appending(path: "charts/kubedl").path()
        try await cluster.play(
            [
                Step("helm install kubedl \(chart)", "STATUS: deployed"),
                Step("kubectl get deploy -o name", "kubedl-"),
                Step("helm uninstall kubedl", "uninstalled"),
            ], namespace: "own-chart")
    }
}
