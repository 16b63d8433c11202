import FoundationEssentials
import Subprocess
import Testing

/// A real HTTPS server on a port of its own, with a certificate that `openssl` made.
struct HTTPSServer {
    let port: Int
    /// The path of the authority's certificate.
    let authority: String

    /// Serves the files of `<sandbox>/www` while `body` runs.
    static func run(in sandbox: Sandbox, _ body: (HTTPSServer) async throws -> Void) async throws {
        try await sandbox.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-keyout", sandbox.path + "/key.pem", "-out", sandbox.path + "/cert.pem", "-subj", "/CN=localhost",
                "-addext", "subjectAltName=IP:127.0.0.1",
            ])
        try sandbox.write("server.py", script)
        _ = try await Subprocess.run(
            .name("python3"), arguments: Arguments([sandbox.path + "/server.py", sandbox.path]),
            input: .none, output: .discarded, error: .discarded
        ) { execution in
            let server = HTTPSServer(port: try await portNumber(in: sandbox), authority: sandbox.path + "/cert.pem")
            do {
                try await body(server)
            } catch {
                try execution.send(signal: .kill)
                throw error
            }
            try execution.send(signal: .kill)
        }
    }

    private static func portNumber(in sandbox: Sandbox) async throws -> Int {
        let deadline = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < deadline {
            if let port = sandbox.read("port").flatMap({ Int($0) }) { return port }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw NoPort()
    }

    struct NoPort: Error {}

    private static let script = #"""
        import base64, http.server, os, ssl, subprocess, sys
        folder = sys.argv[1]
        class Handler(http.server.SimpleHTTPRequestHandler):
            def __init__(self, *a):
                super().__init__(*a, directory=folder + "/www")
            def git(self):
                login = base64.b64encode(b"ci:pass word@:/").decode()
                with open(folder + "/requests", "a") as f: f.write(self.path + " " + self.headers.get("Authorization", "-") + "\n")
                if self.headers.get("Authorization") != "Basic " + login:
                    self.send_response(401); self.send_header("WWW-Authenticate", 'Basic realm="git"')
                    self.send_header("Content-Length", "0"); self.end_headers(); return
                path, _, query = self.path.partition("?")
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                environment = dict(os.environ, GIT_PROJECT_ROOT=folder, GIT_HTTP_EXPORT_ALL="1", PATH_INFO=path[4:],
                    QUERY_STRING=query, REQUEST_METHOD=self.command, REMOTE_USER="ci", HOME=folder,
                    CONTENT_TYPE=self.headers.get("Content-Type", ""), CONTENT_LENGTH=str(len(body)),
                    GIT_PROTOCOL=self.headers.get("Git-Protocol", ""))
                answer = subprocess.run(["git", "http-backend"], input=body, stdout=subprocess.PIPE, env=environment).stdout
                head, _, body = answer.partition(b"\r\n\r\n")
                lines = [line.split(": ", 1) for line in head.decode().split("\r\n")]
                self.send_response(int(dict(lines).get("Status", "200").split()[0]))
                for name, value in lines:
                    if name != "Status": self.send_header(name, value)
                self.send_header("Content-Length", str(len(body))); self.end_headers(); self.wfile.write(body)
            def do_POST(self):
                self.git()
            def do_GET(self):
                if self.path.startswith("/git/"):
                    return self.git()
                if self.path == "/moved":
                    self.send_response(302); self.send_header("Location", "http://127.0.0.1:1/x"); self.end_headers()
                elif self.path == "/short":
                    self.send_response(200); self.send_header("Content-Length", "100"); self.end_headers()
                    self.wfile.write(b"half"); self.close_connection = True
                else:
                    super().do_GET()
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder + "/cert.pem", folder + "/key.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        with open(folder + "/port.part", "w") as f: f.write(str(server.server_address[1]))
        os.rename(folder + "/port.part", folder + "/port")
        server.serve_forever()
        """#
}
