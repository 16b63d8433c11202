import Foundation
import JSON
import TestSupport
import Testing

/// Commands in running containers, by the real kubectl (v5.channel.k8s.io) and by a client of v4.channel.k8s.io.
///
/// Source of what is expected: kubectl against kubelet and containerd; KEP-4006; k8s.io/kubelet
/// pkg/cri/streaming/remotecommand.
@Suite("kubectl exec on a local cluster", .bareCluster)
struct ExecTests {
    let cluster: BareCluster
    /// A pod of this test's own, which runs.
    let pod = "exec-\(UUID().uuidString.prefix(8).lowercased())"

    init() async throws {
        cluster = try #require(BareCluster.current)
        try await cluster.create(
            pod,
            #"""
            {"terminationGracePeriodSeconds":0,"securityContext":{"runAsUser":1234},
             "containers":[{"name":"main","image":"x","workingDir":"/tmp","env":[{"name":"RATE","value":"0.1"}],
               "command":["sleep","1000"]}]}
            """#)
        try await cluster.waitFor("Running", of: pod)
    }

    private func exec(_ arguments: String..., input: String = "") async throws -> Program.Outcome {
        try await cluster.tryKubectl(["exec"] + arguments, input: input)
    }

    @Test("output and errors stay apart, and kubectl ends as the command does", arguments: [0, 7, 143])
    func exitCodes(_ code: Int32) async throws {
        let result = try await exec(pod, "--", "sh", "-c", "echo out; echo err >&2; exit \(code)")
        #expect(result.status == code)
        #expect(result.output == "out\n")
        #expect(result.errors == "err\n" + (code == 0 ? "" : "command terminated with exit code \(code)\n"))
    }

    @Test("a command has the environment, folder, user, names and processes of its container")
    func surroundings() async throws {
        let result = try await exec(
            pod, "--", "sh", "-c",
            "echo $RATE; pwd; id -u; hostname; tr '\\0' ' ' </proc/*/cmdline | grep -o 'sleep 1000'")
        let lines = result.output.split(separator: "\n").map(String.init)
        #expect(lines.prefix(4) == ["0.1", "/tmp", "1234", pod])
        let processes = try await exec(pod, "--", "sh", "-c", "cat /proc/[0-9]*/comm")
        #expect(processes.output.contains("sleep\n"))
        #expect(!processes.output.contains("kubedl-local"))
    }

    @Test("a megabyte of input comes back whole, and its end is seen")
    func input() async throws {
        var generator = SeededGenerator(seed: 7)
        let text = String(
            (0..<(1 << 20)).map { _ in Character(UnicodeScalar(UInt8.random(in: 33...126, using: &generator))) })
        let result = try await exec("-i", pod, "--", "cat", input: text)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output == text)
        let count = try await exec("-i", pod, "--", "wc", "-c", input: text)
        #expect(count.output == "1048576\n")
        // What a command does not read is nobody's harm.
        #expect(try await exec("-i", pod, "--", "true", input: text).status == 0)
    }

    @Test("eight megabytes of output arrive whole")
    func output() async throws {
        let result = try await exec(pod, "--", "sh", "-c", "seq 1 1200000; seq 1 1000 >&2")
        #expect(result.output == (1...1_200_000).map { "\($0)\n" }.joined())
        #expect(result.errors == (1...1000).map { "\($0)\n" }.joined())
    }

    @Test(
        "a terminal is one: shells have jobs, the size is the client's, errors are output, line ends are a terminal's")
    func terminal() async throws {
        let kubectl = Fixture.checkout.appending(path: ".tools/bin/kubectl").path()
        // The size follows the start, as with containerd's CRI server.
        let sized = #"while stty size | grep -qx "0 0"; do sleep 0.1; done; stty size"#
        let inner = "\(sized); [ -t 0 ] && tty; echo err >&2; set -m; sleep 0 & wait; echo $TERM; exit 5"
        let result = try await Program.run(
            ["script", "-qec", "stty rows 33 cols 101; \(kubectl) exec -it \(pod) -- bash -c '\(inner)'", "/dev/null"],
            environment: ["KUBECONFIG": cluster.folder.appending(path: "kubeconfig").path()])
        #expect(result.status == 5)
        #expect(result.output.contains("33 101\r\n/dev/pts/"))
        #expect(result.output.contains("err\r\n[1]+"))
        #expect(result.output.contains("\r\nxterm\r\n"))
        #expect(!result.output.contains("no job control"))
    }

    @Test("what cannot be run says why")
    func failures() async throws {
        let missing = try await exec(pod, "--", "no-such-command")
        #expect(missing.status == 1)
        #expect(
            missing.errors.contains("error executing command in container:")
                && missing.errors.contains(#"exec: "no-such-command": executable file not found in $PATH"#))
        let container = try await exec(pod, "-c", "other", "--", "true")
        #expect(container.errors.contains("container other is not valid for pod \(pod)"))
        let gone = try await exec("no-such-pod", "--", "true")
        #expect(gone.errors.contains(#"pods "no-such-pod" not found"#))
    }

    @Test("a container that does not run takes no command")
    func notRunning() async throws {
        let name = "done-\(pod)"
        try await cluster.create(
            name,
            #"""
            {"terminationGracePeriodSeconds":0,"initContainers":[{"name":"first","image":"x","command":["true"]}],
             "containers":[{"name":"main","image":"x","command":["sleep","1000"]}]}
            """#)
        try await cluster.waitFor("Running", of: name)
        let result = try await exec(name, "-c", "first", "--", "true")
        #expect(result.status == 1)
        #expect(result.errors.contains(#"unable to upgrade connection: container not found ("first")"#))
        #expect(
            try await v4(pod: name, "container=first&stdout=true&command=true").hasPrefix("500 container not found"))
    }

    @Test("files are copied both ways")
    func copies() async throws {
        let folder = try TemporaryFolder()
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        let source = try folder.write("source", bytes)
        try await cluster.kubectl("cp", source, "\(pod):/tmp/copy")
        let sum = try await Program.output(["sha256sum", source]).prefix(64)
        #expect(try await exec(pod, "--", "sha256sum", "/tmp/copy").output.prefix(64) == sum)
        try await cluster.kubectl("cp", "\(pod):/tmp/copy", "\(folder.path)/back")
        #expect(try folder.read("back") == bytes)
    }

    @Test(
        "a command does not outlive its client, not even one that ignores the loss of its terminal",
        arguments: [false, true])
    func abandoned(hasTerminal: Bool) async throws {
        let mark = "abandoned-\(UUID().uuidString.prefix(8))"
        let kubectl = Fixture.checkout.appending(path: ".tools/bin/kubectl").path()
        let command = "trap '' HUP; exec -a \(mark) sleep 1000"
        let client = try ChildProcess(
            hasTerminal
                ? ["script", "-qec", "\(kubectl) exec -it \(pod) -- bash -c \"\(command)\"", "/dev/null"]
                : [kubectl, "exec", pod, "--", "bash", "-c", command],
            environment: ["KUBECONFIG": cluster.folder.appending(path: "kubeconfig").path()])
        try await eventually("it runs") { processes(mark).isEmpty ? nil : () }
        client.send(SIGKILL)
        _ = await client.wait()
        try await eventually("it ends") { processes(mark).isEmpty ? () : nil }
    }

    @Test("a client attaches to a container's own program: its input, its output, and its end")
    func attaching() async throws {
        let name = "attach-\(pod)"
        try await cluster.create(
            name,
            #"""
            {"restartPolicy":"Never","containers":[{"name":"main","image":"x","stdin":true,"stdinOnce":true,
              "command":["sh","-c","read line; echo got $line; cat; echo end >&2"]}]}
            """#)
        try await cluster.waitFor("Running", of: name)
        let result = try await cluster.tryKubectl(["attach", "-i", name], input: "one\ntwo\nthree")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output == "got one\ntwo\nthree")
        #expect(result.errors.hasSuffix("end\n"))
        try await cluster.waitFor("Succeeded", of: name)
    }

    @Test("kubectl run -it gives a shell with a terminal, and takes the pod away afterwards")
    func interactiveRun() async throws {
        let kubectl = Fixture.checkout.appending(path: ".tools/bin/kubectl").path()
        let name = "run-\(pod)"
        let result = try await Program.run(
            [
                "script", "-qec",
                "\(kubectl) run \(name) -it --rm --restart=Never --image=x --command -- bash -c 'read line; tty; echo $line'",
                "/dev/null",
            ], input: "typed\n", environment: ["KUBECONFIG": cluster.folder.appending(path: "kubeconfig").path()])
        #expect(result.status == 0)
        #expect(result.output.contains("typed\r\n"), "\(result.output)")
        #expect(try await cluster.pod(name) == nil)
    }

    @Test("a client needs to be allowed to create, not only to get")
    func access() async throws {
        try await cluster.kubectl("create", "role", pod, "--verb=get", "--resource=pods,pods/exec")
        try await cluster.kubectl("create", "rolebinding", pod, "--role=\(pod)", "--user=\(pod)")
        let refused = try await exec(pod, "--as=\(pod)", "--", "true")
        #expect(refused.status == 1)
        #expect(refused.errors.contains(#"pods "\#(pod)" is forbidden"#))
        try await cluster.kubectl("create", "role", "\(pod)-more", "--verb=create", "--resource=pods/exec")
        try await cluster.kubectl("create", "rolebinding", "\(pod)-more", "--role=\(pod)-more", "--user=\(pod)")
        #expect(try await exec(pod, "--as=\(pod)", "--", "true").status == 0)
    }

    @Test("admission sees what is connected to, and with which options")
    func admission() async throws {
        let policy = #"""
            {"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingAdmissionPolicy",
             "metadata":{"name":"NAME"},"spec":{"matchConstraints":{"resourceRules":[
               {"apiGroups":[""],"apiVersions":["v1"],"operations":["CONNECT"],"resources":["pods/exec"]}]},
             "validations":[{"expression":"!object.command.exists(c, c == 'NAME')","message":"not this one"}]}}
            """#
        let binding = #"""
            {"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingAdmissionPolicyBinding",
             "metadata":{"name":"NAME"},"spec":{"policyName":"NAME","validationActions":["Deny"]}}
            """#
        for object in [policy, binding] {
            try await cluster.kubectl("create", "-f", "-", input: object.replacing("NAME", with: pod))
        }
        let denied = try await exec(pod, "--", "echo", pod)
        #expect(denied.status == 1)
        #expect(denied.errors.contains("not this one"))
        #expect(try await exec(pod, "--", "echo", "another").output == "another\n")
    }

    @Test("a client of the fourth protocol gets channels and a status, and plain answers before the upgrade")
    func fourthProtocol() async throws {
        let command = "command=sh&command=-c&command=\("echo out; echo err >&2; exit 7".percentEncoded)"
        let lines = try await v4(pod: pod, "stdout=true&stderr=true&\(command)").split(separator: "\n").map(String.init)
        #expect(lines.first == "101 v4.channel.k8s.io")
        #expect(lines.dropFirst().contains(#"1 b''"#))
        #expect(lines.contains(#"1 b'out\n'"#))
        #expect(lines.contains(#"2 b'err\n'"#))
        let status = try #require(lines.last { $0.hasPrefix("3 b'") })
        let json = try JSONDocument(parsing: String(status.dropFirst(4).dropLast())).root
        #expect(json["reason"]?.string == "NonZeroExitCode")
        #expect(json[path: "details", "causes"]?[0]?["message"]?.string == "7")
        #expect(try await v4(pod: pod, command).hasPrefix("400 you must specify at least 1 of stdin, stdout, stderr"))
        #expect(try await v4(pod: "no-such-pod", "stdout=true&command=true").contains("not found"))
    }

    /// What a client made of Python's standard library gets: status and subprotocol, then channels with what came; or
    /// status and body.
    private func v4(pod: String, _ query: String) async throws -> String {
        let target = "/api/v1/namespaces/default/pods/\(pod)/exec?\(query)"
        return try await Program.output(
            ["python3", "-c", Self.client, cluster.folder.path(), target])
    }

    private static let client = #"""
        import socket, ssl, struct, sys, glob, os, re, urllib.parse
        folder, target = sys.argv[1:]
        certs = os.path.dirname(glob.glob(folder + "/**/admin.crt", recursive=True)[0])
        server = urllib.parse.urlparse(re.search(r"server: (\S+)", open(folder + "/kubeconfig").read()).group(1).strip('"'))
        context = ssl.create_default_context(cafile=certs + "/ca.crt")
        context.load_cert_chain(certs + "/admin.crt", certs + "/admin.key")
        s = context.wrap_socket(socket.create_connection((server.hostname, server.port), 20), server_hostname=server.hostname)
        s.sendall((f"GET {target} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: v4.channel.k8s.io\r\n\r\n").encode())
        f = s.makefile("rb")
        status = f.readline().split()[1].decode()
        fields = dict(line.decode().strip().lower().split(": ", 1) for line in iter(f.readline, b"\r\n"))
        if status != "101":
            print(status, f.read(int(fields["content-length"])).decode())
            sys.exit()
        print(status, fields["sec-websocket-protocol"])
        while True:
            opcode, length = f.read(2)
            if length == 126: length, = struct.unpack(">H", f.read(2))
            payload = f.read(length)
            if opcode & 15 == 8: break
            print(payload[0], payload[1:])
        """#
}

extension String {
    fileprivate var percentEncoded: String {
        addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? self
    }
}
