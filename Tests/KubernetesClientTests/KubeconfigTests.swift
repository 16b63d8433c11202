import HTTPTransport
import KubernetesClient
import TestSupport
import Testing

@Suite("finding and reading the configuration") struct KubeconfigTests {
    static let text = """
        apiVersion: v1
        kind: Config
        current-context: one
        clusters:
        - name: c1
          cluster: {server: "https://c1:6443/", certificate-authority-data: Y2E=, tls-server-name: api.c1}
        - name: c2
          cluster: {server: "http://c2", proxy-url: "http://proxy:3128"}
        - name: open
          cluster: {server: "https://c3", insecure-skip-tls-verify: true}
        contexts:
        - {name: one, context: {cluster: c1, user: cert, namespace: ml}}
        - {name: two, context: {cluster: c2, user: token}}
        - {name: three, context: {cluster: open, user: file}}
        - {name: four, context: {cluster: open, user: basic}}
        - {name: five, context: {cluster: open, user: plugin}}
        - {name: six, context: {cluster: open, user: other}}
        - {name: nobody, context: {cluster: open}}
        users:
        - name: cert
          user: {client-certificate-data: Y2VydA==, client-key: keys/client.key}
        - {name: token, user: {token: secret}}
        - {name: file, user: {token: ignored, tokenFile: token}}
        - {name: other, user: {token: t, as: jane, as-groups: [a, b]}}
        - {name: basic, user: {username: u, password: p}}
        - name: plugin
          user:
            exec:
              apiVersion: client.authentication.k8s.io/v1
              command: bin/plugin
              args: [a, b]
              env: [{name: X, value: "1"}]
              provideClusterInfo: true
              installHint: get it
        """

    private func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write("config", Self.text)
        try Command.run(["mkdir", "keys"], in: folder.path)
        try folder.write("keys/client.key", "key")
        try folder.write("token", "from-file\n")
        return folder
    }

    private func load(_ file: String?, context: String? = nil, _ environment: [String: String] = [:]) throws
        -> ClientConfiguration
    {
        try ClientConfiguration.load(
            kubeconfig: file, context: context, environment: environment, serviceAccount: "/nonexistent")
    }

    @Test("certificate data, a key file relative to the kubeconfig, server name and namespace")
    func certificates() throws {
        let folder = try folder()
        let configuration = try load("\(folder.path)/config")
        #expect(configuration.server == "https://c1:6443")
        #expect(configuration.tls.certificateAuthority == .pem(Array("ca".utf8)))
        #expect(configuration.tls.serverName == "api.c1")
        #expect(configuration.tls.clientCertificatePEM == Array("cert".utf8))
        #expect(configuration.tls.clientKeyPEM == Array("key".utf8))
        #expect(configuration.namespace == "ml")
    }

    @Test("each kind of credentials, chosen by context")
    func credentials() throws {
        let folder = try folder()
        func of(_ context: String) throws -> ClientConfiguration { try load("\(folder.path)/config", context: context) }
        #expect(try of("two").credentials == .token("secret"))
        #expect(try of("two").proxy == "http://proxy:3128")
        #expect(try of("two").namespace == "default")
        #expect(try of("three").credentials == .tokenFile("\(folder.path)/token"))
        #expect(try of("three").tls.insecure)
        #expect(try of("four").credentials == .basic(user: "u", password: "p"))
        #expect(try of("nobody").credentials == Credentials.none)
        let acting = try of("six").headers.map { "\($0.0): \($0.1)" }
        #expect(acting == ["Impersonate-User: jane", "Impersonate-Group: a", "Impersonate-Group: b"])
        guard case .exec(let plugin) = try of("five").credentials else {
            Issue.record("not a plugin")
            return
        }
        #expect(plugin.command == "\(folder.path)/bin/plugin")
        #expect(plugin.arguments == ["a", "b"])
        #expect(plugin.environment == ["X": "1"])
        #expect(plugin.clusterInfo?.contains("https://c3") == true)
    }

    @Test("of several files the first that names a thing counts, and missing files do not matter")
    func merging() throws {
        let folder = try folder()
        try folder.write(
            "first",
            """
            contexts: [{name: two, context: {cluster: c1, user: token, namespace: first}}]
            users: [{name: token, user: {username: only-in-first}}]
            """)
        try folder.write("empty", "")
        let list = ["missing", "empty", "first", "config"].map { "\(folder.path)/\($0)" }.joined(separator: ":")
        let current = try load(nil, ["KUBECONFIG": list])
        #expect(current.namespace == "ml", "current-context comes from the first file that has one")
        let two = try load(nil, context: "two", ["KUBECONFIG": list, "HOME": "/nonexistent"])
        #expect(two.server == "https://c1:6443")
        #expect(two.namespace == "first")
        // The later file's token for the same user is not mixed in.
        #expect(two.credentials == .basic(user: "only-in-first", password: ""))
    }

    @Test("without KUBECONFIG the file in the home folder is read")
    func home() throws {
        let folder = try folder()
        try Command.run(["sh", "-c", "mkdir .kube && cp config .kube/config && cp -r keys .kube/"], in: folder.path)
        #expect(try load(nil, ["HOME": folder.path]).server == "https://c1:6443")
    }

    @Test("in a pod the service account is used, and only if there is no kubeconfig")
    func inCluster() throws {
        let folder = try folder()
        try folder.write("ca.crt", "ca")
        try folder.write("namespace", "kubedl-system\n")
        var environment = ["KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"]
        func load(_ environment: [String: String]) throws -> ClientConfiguration {
            try ClientConfiguration.load(
                kubeconfig: nil, context: nil, environment: environment, serviceAccount: folder.path)
        }
        let configuration = try load(environment)
        #expect(configuration.server == "https://[fd00::1]:443")
        #expect(configuration.credentials == .tokenFile("\(folder.path)/token"))
        #expect(configuration.tls.certificateAuthority == .pem(Array("ca".utf8)))
        #expect(configuration.namespace == "kubedl-system")
        environment["KUBECONFIG"] = "\(folder.path)/config"
        #expect(try load(environment).server == "https://c1:6443")
    }

    @Test("without anything the error says what to do")
    func nothing() {
        let error = #expect(throws: ConfigurationError.self) { try load(nil) }
        #expect(error?.message.contains("--kubeconfig") == true)
    }

    struct Wrong: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var text: String
        var says: String
    }

    @Test(
        "a file that is wrong is refused with the place",
        arguments: [
            Wrong(testDescription: "no YAML", text: "a: [", says: "is not a kubeconfig"),
            Wrong(testDescription: "a list", text: "- a", says: "no mapping"),
            Wrong(testDescription: "no context", text: "kind: Config", says: "no current-context"),
            Wrong(testDescription: "unknown context", text: "current-context: x", says: "no context \"x\""),
            Wrong(
                testDescription: "unknown cluster", text: "contexts: [{name: a, context: {cluster: b}}]",
                says: "unknown cluster \"b\""),
            Wrong(
                testDescription: "no server",
                text: "contexts: [{name: a, context: {cluster: b}}]\nclusters: [{name: b}]", says: "has no server"),
            Wrong(
                testDescription: "unknown user",
                text: "contexts: [{name: a, context: {cluster: b, user: u}}]\n"
                    + "clusters: [{name: b, cluster: {server: x}}]", says: "unknown user \"u\""),
            Wrong(
                testDescription: "bad base64",
                text: "contexts: [{name: a, context: {cluster: b}}]\n"
                    + "clusters: [{name: b, cluster: {server: x, certificate-authority-data: '*'}}]",
                says: "certificate-authority-data is not base64"),
            Wrong(
                testDescription: "authority and insecure",
                text: "contexts: [{name: a, context: {cluster: b}}]\nclusters: [{name: b, cluster: "
                    + "{server: x, certificate-authority-data: Y2E=, insecure-skip-tls-verify: true}}]",
                says: "remove one"),
            Wrong(
                testDescription: "missing key file",
                text: "contexts: [{name: a, context: {cluster: b, user: u}}]\n"
                    + "clusters: [{name: b, cluster: {server: x}}]\nusers: [{name: u, user: {client-key: k}}]",
                says: "/k does not exist"),
            Wrong(
                testDescription: "old plugin version",
                text: "contexts: [{name: a, context: {cluster: b, user: u}}]\n"
                    + "clusters: [{name: b, cluster: {server: x}}]\n"
                    + "users: [{name: u, user: {exec: {command: c, apiVersion: v1}}}]",
                says: "exec.apiVersion must be"),
            Wrong(testDescription: "unnamed", text: "clusters: [{cluster: {}}]", says: "clusters[0].name"),
        ])
    func wrong(row: Wrong) throws {
        let folder = try TemporaryFolder()
        try folder.write("config", row.text)
        let error = #expect(throws: ConfigurationError.self) { try load("\(folder.path)/config") }
        #expect(error?.message.contains(row.says) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains(folder.path) == true)
    }
}
