import Foundation
import JSON
import TestSupport

extension TestCluster {
    /// What `helm template` makes of one of the chart's templates.
    func chart(_ template: String, _ values: String...) async throws -> String {
        try await chart(template, values)
    }

    func chart(_ template: String, _ values: [String]) async throws -> String {
        try await Program.output(
            [
                Self.checkout(".tools/bin/helm"), "template", "kubedl", Self.checkout("charts/kubedl"), "--namespace",
                "kubedl-system", "--show-only", "templates/\(template).yaml",
            ] + values)
    }

    /// Applies the webhook configurations and the ConfigMap that the chart makes of further values.
    func configure(_ values: JSONValue) async throws {
        try Data(values.bytes).write(to: URL(filePath: path("values.json")))
        let arguments = try ["-f", path("values.json")] + externalWebhook
        for template in ["configuration", "webhook"] {
            try await kubectl("apply", "-f", "-", input: try await chart(template, arguments))
        }
    }

    /// Values that name the webhook of this cluster, which runs outside of it.
    var externalWebhook: [String] {
        get throws {
            let authority = try Data(contentsOf: folder.appending(path: "certs/ca.crt")).base64EncodedString()
            return [
                "--set", "webhook.external.url=https://127.0.0.1:\(ports[.webhook] ?? 0)", "--set",
                "webhook.external.caBundle=\(authority)",
            ]
        }
    }

    /// Applies the chart's service account and roles of a part, and writes the kubeconfig with which it works: a right
    /// that the chart lacks fails here as it would in a cluster.
    func grantAccess(to part: Part) async throws {
        let wanted = ["ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"]
        let access = try await chart(part.rawValue).components(separatedBy: "\n---\n").filter { text in
            wanted.contains { text.contains("\nkind: \($0)\n") }
        }
        try await kubectl("apply", "-f", "-", input: access.joined(separator: "\n---\n"))
        let token = try await kubectl("create", "token", "kubedl-\(part)", "-n", "kubedl-system", "--duration=1h")
        var config = try JSONValue(parsing: try await kubectl("config", "view", "--raw", "-o", "json"))
        let name = JSONValue(part.rawValue)
        config["users"] = [
            ["name": name, "user": ["token": JSONValue(token.trimmingCharacters(in: .whitespacesAndNewlines))]]
        ]
        config["contexts"] = JSONValue(
            (config["contexts"]?.elements ?? []).map { context in
                var context = context
                context[path: "context", "user"] = name
                return context
            })
        try Data(config.bytes).write(to: URL(filePath: kubeconfig(of: part)))
    }

    /// The kubeconfig with the rights of a part.
    func kubeconfig(of part: Part) -> String { path("\(part).kubeconfig") }
}
