import JSON
import Testing

@testable import LocalNode

/// Source: k8s.io/streaming pkg/httpstream/wsstream/conn.go and k8s.io/kubelet pkg/cri/streaming/remotecommand.
@Suite("remote command channels")
struct RemoteCommandTests {
    private func channels(
        input: Bool = true, output: Bool = true, errors: Bool = true, terminal: Bool = false, translated: Bool = true
    ) -> RemoteCommandChannels {
        RemoteCommandChannels(
            hasInput: input, hasOutput: output, hasErrors: errors, isTerminal: terminal, isTranslated: translated)
    }

    @Test("a message of the client means what its first byte says")
    func input() {
        let size = [4] + Array(#"{"Width":101,"Height":33}"#.utf8)
        let all = channels(terminal: true)
        #expect(all.input([0, 1, 2]) == .bytes([1, 2]))
        #expect(all.input([0]) == .bytes([]))
        #expect(all.input([255, 0]) == .end)
        #expect(all.input(size) == .resize(columns: 101, rows: 33))
        for message in [[], [1, 1], [3], [9, 9], [255], [255, 1], [255, 0, 0], [4, 0], [4] + Array("{}".utf8)]
            as [[UInt8]]
        { #expect(all.input(message) == nil, "\(message)") }
        for size in [#"{"Width":65536,"Height":1}"#, #"{"Width":-1,"Height":1}"#] {
            #expect(all.input([4] + Array(size.utf8)) == nil)
        }
        #expect(channels().input(size) == nil)
        #expect(channels(input: false).input([0, 1]) == nil)
        #expect(channels(translated: false).input([255, 0]) == nil)
    }

    @Test("output goes to the channels that the client wants")
    func output() {
        #expect(channels().output([7], .out) == [1, 7])
        #expect(channels().output([7], .error) == [2, 7])
        #expect(channels(output: false).output([7], .out) == nil)
        #expect(channels(errors: false).output([7], .error) == nil)
        #expect(channels(terminal: true).output([7], .error) == nil)
        #expect(channels().greeting == [1])
        #expect(channels(output: false).greeting == [2])
        #expect(channels(output: false, errors: false).greeting == [3])
    }

    @Test("the end is told as a Status")
    func status() throws {
        let cases: [(RemoteCommandEnd, Bool, String)] = [
            (.exited(0), true, #"{"metadata":{},"status":"Success"}"#),
            (
                .exited(7), true,
                #"{"metadata":{},"status":"Failure","message":"command terminated with non-zero exit code: "#
                    + #"command terminated with exit code 7","reason":"NonZeroExitCode","#
                    + #""details":{"causes":[{"reason":"ExitCode","message":"7"}]}}"#
            ),
        ]
        for (end, translated, text) in cases {
            let message = channels(translated: translated).status(end)
            #expect(message.first == 3)
            #expect(String(decoding: message.dropFirst(), as: UTF8.self) == text)
        }
        for (translated, prefix) in [(false, ""), (true, "Internal error occurred: ")] {
            let message = channels(translated: translated).status(.failed("no"))
            let status = try JSONDocument(parsing: Array(message.dropFirst())).root
            #expect(status["reason"]?.string == "InternalError")
            #expect(status["code"]?.int == 500)
            #expect(
                status["message"]?.string == "Internal error occurred: \(prefix)error executing command in container: "
                    + "failed to exec in container: no")
        }
    }
}
