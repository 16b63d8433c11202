import HTTPTransport
import TestSupport
import Testing

@Suite("TLS", .serialized) struct TLSTests {
    /// A certificate authority of our own, a server and a client certificate, and servers that use them.
    final class World {
        let folder: TemporaryFolder
        private var servers: [Command] = []

        init() throws {
            folder = try TemporaryFolder()
            try authority("ca")
            try authority("other")
            try certificate("server", by: "ca", names: "DNS:localhost,DNS:api.test,IP:127.0.0.1")
            try certificate("client", by: "ca", names: "DNS:client")
        }

        deinit {
            for server in servers { server.stop() }
            folder.remove()
        }

        /// Starts a server, which reports about each connection it gets; returns its port.
        func serve(_ options: [String]) throws -> String {
            let server = try Command(
                ["openssl", "s_server", "-accept", "0.0.0.0:0", "-cert", "server.pem", "-key", "server.key", "-www"]
                    + options, in: folder.path)
            servers.append(server)
            while let line = server.readLine() {
                if line.hasPrefix("ACCEPT "), let port = line.split(separator: ":").last { return String(port) }
            }
            throw Command.Failed(description: "openssl s_server did not start")
        }

        private func authority(_ name: String) throws {
            try openssl([
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-subj", "/CN=\(name)", "-keyout", "\(name).key", "-out", "\(name).pem",
            ])
        }

        private func certificate(_ name: String, by authority: String, names: String) throws {
            try openssl([
                "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=\(name)",
                "-keyout", "\(name).key", "-out", "\(name).csr",
            ])
            try folder.write("\(name).ext", "subjectAltName=\(names)\n")
            try openssl([
                "x509", "-req", "-in", "\(name).csr", "-CA", "\(authority).pem", "-CAkey", "\(authority).key",
                "-CAcreateserial", "-days", "2", "-extfile", "\(name).ext", "-out", "\(name).pem",
            ])
        }

        private func openssl(_ arguments: [String]) throws {
            try Command.run(["openssl"] + arguments, in: folder.path)
        }
    }

    @Test("only the given authority is trusted, for the names in the certificate")
    func trust() async throws {
        let world = try World()
        let port = try world.serve([])
        let authority = try world.folder.read("ca.pem")
        func get(_ host: String, _ tls: TLSOptions) async throws -> Int {
            let client = HTTPClient(tls: tls)
            return try await client.send(HTTPRequest(url: "https://\(host):\(port)/")).status
        }
        let ours = TLSOptions(certificateAuthority: .pem(authority))
        #expect(try await get("127.0.0.1", ours) == 200)
        #expect(try await get("localhost", ours) == 200)

        let error = await expect(.tls) {
            try await get("127.0.0.1", TLSOptions(certificateAuthority: .pem(try world.folder.read("other.pem"))))
        }
        #expect(error?.wasNotSent == true)
        await expect(.tls) { try await get("127.0.0.1", TLSOptions()) }
        await expect(.tls) { try await get("127.0.0.2", ours) }
        await expect(.tls) { try await get("127.0.0.1", TLSOptions(certificateAuthority: .pem([]))) }
        await expect(.tls) { try await get("127.0.0.1", TLSOptions(certificateAuthority: .pem([1, 2, 3]))) }
        #expect(try await get("127.0.0.2", TLSOptions(insecure: true)) == 200)
    }

    @Test("a server name other than the address is sent and checked")
    func serverName() async throws {
        let world = try World()
        // The server has a second certificate, which it shows only to those who ask for this name.
        let port = try world.serve(["-servername", "api.test", "-cert2", "server.pem", "-key2", "server.key"])
        let authority = TLSOptions.Authority.pem(try world.folder.read("ca.pem"))
        let url = "https://127.0.0.1:\(port)/"
        let right = HTTPClient(tls: TLSOptions(certificateAuthority: authority, serverName: "api.test"))
        let response = try await right.send(HTTPRequest(url: url))
        #expect(response.status == 200)
        #expect(String(decoding: response.body, as: UTF8.self).contains("api.test"))
        let wrong = HTTPClient(tls: TLSOptions(certificateAuthority: authority, serverName: "elsewhere.test"))
        await expect(.tls) { try await wrong.send(HTTPRequest(url: url)) }
    }

    @Test("a client certificate is presented when the server asks for one")
    func clientCertificate() async throws {
        let world = try World()
        let port = try world.serve(["-Verify", "1", "-verify_return_error", "-CAfile", "ca.pem"])
        let url = "https://127.0.0.1:\(port)/"
        var tls = TLSOptions(certificateAuthority: .pem(try world.folder.read("ca.pem")))
        let anonymous = HTTPClient(tls: tls)
        await #expect(throws: HTTPError.self) { try await anonymous.send(HTTPRequest(url: url)) }
        tls.clientCertificatePEM = try world.folder.read("client.pem")
        let keyless = HTTPClient(tls: tls)
        await expect(.tls) { try await keyless.send(HTTPRequest(url: url)) }
        tls.clientKeyPEM = try world.folder.read("client.key")
        let known = HTTPClient(tls: tls)
        let response = try await known.send(HTTPRequest(url: url))
        #expect(response.status == 200)
        #expect(!String(decoding: response.body, as: UTF8.self).contains("no client certificate"))
        tls.clientKeyPEM = try world.folder.read("server.key")
        let mismatched = HTTPClient(tls: tls)
        await expect(.tls) { try await mismatched.send(HTTPRequest(url: url)) }
    }

    @Test("plain HTTP on a TLS port is an error")
    func mixedUp() async throws {
        let world = try World()
        let port = try world.serve([])
        let client = HTTPClient()
        await #expect(throws: HTTPError.self) { try await client.send(HTTPRequest(url: "http://127.0.0.1:\(port)/")) }
    }
}
