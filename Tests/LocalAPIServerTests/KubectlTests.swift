import FoundationEssentials
import JSON
import TestSupport
import Testing

@testable import LocalAPIServer

/// Where the real kubectl is.
enum Kubectl {
    static let path = Fixture.checkout.path + "/.tools/bin/kubectl"
    static let isInstalled = FileManager.default.isExecutableFile(atPath: path)
}

/// The real kubectl against the server, where it is installed (`.tools/bin/kubectl`, see scripts/bootstrap).
@Suite("kubectl", .enabled(if: Kubectl.isInstalled))
struct KubectlTests {
    /// Runs steps of arguments, each with the texts that its output must have and the status that it must end with.
    private func run(_ steps: [(arguments: String, status: Int32, texts: [String])]) async throws {
        try await RunningAPIServer.with { server in
            let folder = server.directory
            try await write(folder + "/kubeconfig", try await server.server.clientKubeconfig())
            try await write(folder + "/objects.yaml", Self.objects)
            try await write(folder + "/crd.json", Sample.widgets.text)
            try await write(folder + "/widget.json", Sample.widget("w", size: 3).text)
            try await write(folder + "/wrong.json", Sample.widget("w", size: 0).text)
            for step in steps {
                let arguments = step.arguments.split(separator: " ").map {
                    String($0.replacing("@", with: folder + "/"))
                }
                let outcome = try await Program.run(
                    [Kubectl.path, "--kubeconfig", folder + "/kubeconfig", "--cache-dir", folder + "/cache"] + arguments
                )
                #expect(outcome.status == step.status, "\(step.arguments): \(outcome.errors)")
                for text in step.texts {
                    #expect(
                        (outcome.output + outcome.errors).contains(text),
                        "\(step.arguments): \(outcome.output)\(outcome.errors)")
                }
            }
        }
    }

    private func write(_ path: String, _ text: String) async throws {
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    private static let objects = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: ml}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: cm, namespace: ml}
        data: {a: "1"}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: p, namespace: ml, labels: {app: x}}
        spec:
          schedulingGates: [{name: example.com/hold}]
          containers:
          - {name: main, image: busybox, ports: [{containerPort: 80}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: s, namespace: ml}
        spec: {selector: {app: x}, ports: [{port: 80}]}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: d, namespace: ml}
        spec:
          selector: {matchLabels: {app: x}}
          template:
            metadata: {labels: {app: x}}
            spec: {containers: [{name: a, image: b}]}
        """

    @Test("core objects are applied, shown, changed and deleted")
    func coreObjects() async throws {
        try await run([
            ("version", 0, ["Server Version: v1.36"]),
            ("apply -f @objects.yaml", 0, ["pod/p created", "deployment.apps/d created"]),
            ("apply -f @objects.yaml", 0, ["pod/p unchanged", "service/s unchanged", "deployment.apps/d unchanged"]),
            ("diff -f @objects.yaml", 0, []), ("get pods -n ml -o wide", 0, ["SchedulingGated", "NOMINATED NODE"]),
            ("get all -n ml", 0, ["service/s", "127.96.0.", "deployment.apps/d"]),
            ("get pod p -n ml -o yaml", 0, ["restartPolicy: Always", "qosClass: BestEffort"]),
            ("describe pod p -n ml", 0, ["Status:           Pending"]),
            ("patch configmap cm -n ml -p {\"data\":{\"b\":\"2\"}}", 0, ["configmap/cm patched"]),
            ("label pod p -n ml team=blue", 0, ["pod/p labeled"]),
            ("create configmap made -n ml --from-literal=a=b", 0, ["configmap/made created"]),
            ("create namespace other", 0, ["namespace/other created"]),
            ("auth can-i create pods", 0, ["yes"]), ("auth whoami --as=bob --as-group=team", 0, ["bob", "team"]),
            ("explain pod.spec.containers.resources", 0, ["limits", "<map[string]string>"]),
            ("scale deployment d -n ml --replicas=4", 0, ["scaled"]), ("get deployment d -n ml", 0, ["0/4"]),
            ("delete pod p -n ml", 0, ["pod \"p\" deleted"]),
            ("delete namespace ml --timeout=20s", 0, ["namespace \"ml\" deleted"]),
        ])
    }

    @Test("server-side apply, dry runs and custom resources work")
    func customResources() async throws {
        try await run([
            ("apply --server-side -f @objects.yaml", 0, ["deployment.apps/d serverside-applied"]),
            ("apply -f @widget.json", 1, ["no matches for kind", "ensure CRDs are installed first"]),
            ("apply -f @crd.json", 0, ["widgets.example.com created"]),
            ("wait --for=condition=Established crd/widgets.example.com --timeout=10s", 0, ["condition met"]),
            ("apply -f @widget.json --dry-run=server", 0, ["(server dry run)"]), ("get wd w", 1, ["NotFound"]),
            ("apply -f @widget.json", 0, ["widget.example.com/w created"]), ("get wd", 0, ["SIZE", "w      3"]),
            ("apply -f @wrong.json", 1, ["spec.size", "greater than or equal to 1"]),
            ("explain widget.spec", 0, ["size", "-required-"]),
            (
                "patch wd w --subresource=status --type=merge -p {\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}",
                0, []
            ),
            ("wait wd/w --for=condition=Ready --timeout=10s", 0, ["condition met"]),
            ("delete crd widgets.example.com --timeout=20s", 0, ["deleted"]),
        ])
    }
}
