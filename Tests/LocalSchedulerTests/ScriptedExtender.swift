import FoundationEssentials
import JSON
import Logging
import TestSupport

@testable import LocalScheduler

/// A real HTTPS server whose answer to each path a test sets, and which keeps what it was asked.
final class ScriptedExtender {
    private let folder: TemporaryFolder
    private let server: Command
    private let port: String

    /// Starts a server with a certificate of its own for `localhost`.
    init() throws {
        folder = try TemporaryFolder()
        try Command.run(
            [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                "2",
                "-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=localhost", "-addext",
                "subjectAltName=DNS:localhost",
            ], in: folder.url.path)
        server = try Command(["python3", "-c", Self.script], in: folder.url.path)
        guard let line = server.readLine() else { throw Command.Failed(description: "the server did not start") }
        port = line
    }

    deinit { server.stop() }

    /// Answers `path`, such as `a/filter`, with a body from now on.
    func answer(_ path: String, _ body: String, status: Int = 200) throws {
        try Data("\(status)\n\(body)".utf8).write(to: file(path))
    }

    /// Lets calls of `path` hang.
    func hang(_ path: String) throws { try answer(path, "", status: 0) }

    /// What was last asked at `path`; nil if nothing was.
    func asked(_ path: String) throws -> JSONValue? {
        guard let data = try? Data(contentsOf: file(path + ".asked")) else { return nil }
        return try JSONValue(parsing: Array(data))
    }

    /// A client for the verbs under `/<name>`; `fields` are more fields of its configuration, each followed by a comma.
    func client(_ name: String, _ fields: String = "", weight: Int = 1, trusting: Bool = true) throws -> ExtenderClient
    {
        let tls = trusting ? #""tlsConfig":{"caFile":"\#(folder.url.path)/cert.pem"},"# : ""
        let text = #"{\#(fields)\#(tls)"urlPrefix":"https://localhost:\#(port)/\#(name)","weight":\#(weight)}"#
        let (configuration, problems) = ExtenderConfiguration.read(try JSONDocument(parsing: text).root)
        guard let configuration else { throw Command.Failed(description: "\(problems)") }
        return try ExtenderClient(configuration: configuration)
    }

    /// The extenders that care for a pod.
    static func chain(_ clients: [ExtenderClient], for pod: SchedulablePod) -> ExtenderChain {
        ExtenderChain(clients, for: pod, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func file(_ path: String) -> URL {
        folder.url.appending(path: path.replacing("/", with: "_"))
    }

    private static let script = #"""
        import http.server, os, ssl, time
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def do_POST(self):
                name = self.path.strip("/").replace("/", "_")
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with open(name + ".part", "wb") as f: f.write(body)
                os.rename(name + ".part", name + ".asked")
                try:
                    with open(name) as f: status, _, answer = f.read().partition("\n")
                except FileNotFoundError: status, answer = "404", ""
                if status == "0":
                    time.sleep(600)
                self.send_response(int(status)); self.send_header("Content-Length", str(len(answer.encode())))
                self.end_headers(); self.wfile.write(answer.encode())
            def log_message(self, *arguments): pass
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain("cert.pem", "key.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        print(server.server_address[1], flush=True)
        server.serve_forever()
        """#
}
