import Foundation
import TestSupport
import Testing

/// A command as a user types it, and what it must print.
struct Step {
    var command: String
    /// Texts that must stand in what it prints; several spaces count as one.
    var prints: [String]
    var fails: Bool

    /// A command that succeeds.
    init(_ command: String, _ prints: String...) {
        (self.command, self.prints, fails) = (command, prints, false)
    }

    /// A command that fails with a message.
    static func refused(_ command: String, _ message: String) -> Step {
        var step = Step(command, message)
        step.fails = true
        return step
    }
}

extension KubectlTarget {
    /// Runs the steps in order in a namespace of their own, in `files`, and records each that prints something else.
    func play(_ steps: [Step], namespace: String, files: [String: String] = [:]) async throws {
        let place = folder.appending(path: namespace)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        for (name, text) in files {
            try text.write(to: place.appending(path: name), atomically: true, encoding: .utf8)
        }
        try await kubectl("create", "namespace", namespace)
        for step in steps {
            let result = try await shell(step.command, namespace: namespace, in: place)
            let said = Self.condensed(result.output + result.errors)
            #expect((result.status != 0) == step.fails, "$ \(step.command)\n\(said)")
            for text in step.prints where !said.contains(Self.condensed(text)) {
                Issue.record("$ \(step.command)\nprinted:\n\(said)\ninstead of:\n\(text)")
            }
        }
    }

    /// A command line with kubectl and helm for this cluster, each for one namespace.
    func shell(_ command: String, namespace: String, in place: URL) async throws -> Program.Outcome {
        let tools = Fixture.checkout.appending(path: ".tools/bin").path()
        let prelude = """
            kubectl() { command kubectl -n \(namespace) "$@"; }
            helm() { command helm -n \(namespace) "$@"; }
            cd '\(place.path())'; export PATH=\(tools):$PATH HOME=$PWD
            """
        return try await Program.run(
            ["bash", "-c", "\(prelude)\n\(command)"],
            environment: ["KUBECONFIG": folder.appending(path: "kubeconfig").path()])
    }

    private static func condensed(_ text: String) -> String {
        text.split(separator: "\n").map { $0.split { $0 == " " || $0 == "\t" }.joined(separator: " ") }
            .joined(separator: "\n")
    }
}
