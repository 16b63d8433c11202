import Cryptography
import FileSync
import FoundationEssentials
import Testing

@Suite("Archives")
struct ArchiveTests {
    let sandbox: Sandbox

    init() throws { sandbox = try Sandbox() }

    /// Makes archives with Python's tarfile and zipfile, whose writers do not object to anything.
    private static let maker = #"""
        import io, os, stat, sys, tarfile, zipfile
        os.makedirs("www", exist_ok=True)
        def tar(name, entries, mode="w"):
            with tarfile.open("www/" + name, mode) as t:
                for path, kind, data in entries:
                    i = tarfile.TarInfo(path); i.type = kind
                    if kind == tarfile.REGTYPE: i.size = len(data); t.addfile(i, io.BytesIO(data))
                    else: i.linkname = data; t.addfile(i)
        F, D, S, H = tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE
        good = [("./", D, ""), ("a", D, ""), ("a/x.txt", F, b"one"), ("a/" + "n" * 150 + "/long", F, b"two"),
                ("a/link", S, "../a/x.txt"), ("hard", H, "a/x.txt")]
        tar("good.tar", good); tar("good.tar.gz", good, "w:gz")
        os.system("zstd -q -f www/good.tar -o www/good.tar.zst")
        with zipfile.ZipFile("www/good.zip", "w", zipfile.ZIP_DEFLATED) as z:
            z.writestr("a/x.txt", "one"); z.writestr("a/" + "n" * 150 + "/long", "two")
        bad = {"up": [("../x", F, b"")], "inner": [("a/../../x", F, b"")], "absolute": [("/etc/x", F, b"")],
               "link": [("l", S, "/etc")], "linkup": [("a/l", S, "../../x")],
               "chain": [("d/l", S, ".."), ("m", S, "d/l/..")],
               "through": [("l", S, "a"), ("a", D, ""), ("l/x", F, b"")], "hardup": [("h", H, "../x")],
               "hardlink": [("a", F, b""), ("l", S, "a"), ("h", H, "l")], "device": [("d", tarfile.CHRTYPE, "")],
               "pipe": [("p", tarfile.FIFOTYPE, "")], "twice": [("a", F, b"1"), ("a", F, b"2")],
               "case": [("a", F, b"1"), ("A", F, b"2")]}
        for name, entries in bad.items(): tar(name + ".tar", entries)
        tar("bomb.tar.gz", [("zeros", F, bytes(100 << 20))], "w:gz")
        with zipfile.ZipFile("www/bomb.zip", "w", zipfile.ZIP_DEFLATED) as z: z.writestr("zeros", bytes(100 << 20))
        with zipfile.ZipFile("www/up.zip", "w") as z: z.writestr("../x", "")
        with zipfile.ZipFile("www/link.zip", "w") as z:
            i = zipfile.ZipInfo("l"); i.create_system = 3; i.external_attr = (stat.S_IFLNK | 0o777) << 16
            z.writestr(i, "/etc/passwd")
        """#

    private func source(_ server: HTTPSServer, _ name: String, _ archive: String) throws -> String {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: sandbox.path + "/www/" + name)))
        let digest = try SHA256.hexDigest(bytes)
        return
            #"{"kind":"file","url":"https://127.0.0.1:\#(server.port)/\#(name)","sha256":"\#(digest)","destination":"data","archive":"\#(archive)"}"#
    }

    private func make() async throws {
        try sandbox.write("make.py", "import os, sys\nos.chdir(sys.argv[1])\n" + Self.maker)
        try await sandbox.run("python3", [sandbox.path + "/make.py", sandbox.path])
    }

    @Test("tar, tar.gz, tar.zst and zip become a folder; what leads out of it, or is a bomb, becomes nothing")
    func unpack() async throws {
        try await make()
        try await HTTPSServer.run(in: sandbox) { server async throws in
            let trust = ["SSL_CERT_FILE": server.authority]
            for format in ["tar", "tar.gz", "tar.zst", "zip"] {
                let run = await sandbox.sync(try source(server, "good." + format, format), environment: trust)
                #expect(run.code == 0, "\(format): \(run.problems)")
                #expect(sandbox.read("code/data/a/x.txt") == "one", "\(format)")
                #expect(sandbox.read("code/data/a/\(String(repeating: "n", count: 150))/long") == "two", "\(format)")
                if format != "zip" {
                    #expect(sandbox.read("code/data/a/link") == "one" && sandbox.read("code/data/hard") == "one")
                }
                #expect(try sandbox.list("code") == ["data"])
                try FileManager.default.removeItem(atPath: sandbox.root + "/data")
            }
            let names = try sandbox.list("www").filter { !$0.hasPrefix("good") }
            #expect(names.count == 17)
            for name in names {
                let format = name.hasSuffix(".zip") ? "zip" : name.hasSuffix(".gz") ? "tar.gz" : "tar"
                let run = await sandbox.sync(try source(server, name, format), environment: trust)
                #expect(run.code == 4, "\(name): \(run.problems)")
                #expect(try sandbox.list("code").isEmpty, "\(name)")
            }
        }
        #expect(!sandbox.exists("x") && !sandbox.exists("code/x"))
    }
}
