import Foundation
import JSON
import TestSupport

/// A cluster that the real kubectl reaches through `folder/kubeconfig`.
protocol KubectlTarget: Sendable {
    /// Where the cluster keeps its files.
    var folder: URL { get }
}

extension KubectlTarget {
    /// Runs kubectl and gives its result, whatever its exit status.
    func tryKubectl(_ arguments: [String], input: String = "") async throws -> Program.Outcome {
        try await Program.run(
            [Fixture.checkout.appending(path: ".tools/bin/kubectl").path()] + arguments, input: input,
            environment: ["KUBECONFIG": folder.appending(path: "kubeconfig").path()])
    }

    /// Runs kubectl and gives its result, whatever its exit status.
    func tryKubectl(_ arguments: String..., input: String = "") async throws -> Program.Outcome {
        try await tryKubectl(arguments, input: input)
    }

    /// Runs kubectl and gives what it printed. Throws ``Program/Failed`` when it fails.
    @discardableResult
    func kubectl(_ arguments: String..., input: String = "") async throws -> String {
        try await kubectl(arguments, input: input)
    }

    /// What `kubectl get … -o json` prints, parsed.
    func get(_ arguments: String..., namespace: String) async throws -> JSONView {
        try JSONDocument(parsing: try await kubectl(["get"] + arguments + ["-n", namespace, "-o", "json"])).root
    }

    private func kubectl(_ arguments: [String], input: String = "") async throws -> String {
        let result = try await tryKubectl(arguments, input: input)
        guard result.status == 0 else {
            throw Program.Failed("kubectl \(arguments.joined(separator: " "))", result)
        }
        return result.output
    }
}

/// A program of the build that the tests belong to: it stands beside the test bundle.
func builtProduct(_ name: String) -> URL {
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? ""
    let beside = URL(filePath: bundle).deletingLastPathComponent().appending(path: name)
    return FileManager.default.isExecutableFile(atPath: beside.path())
        ? beside : Fixture.checkout.appending(path: ".build/debug/\(name)")
}
