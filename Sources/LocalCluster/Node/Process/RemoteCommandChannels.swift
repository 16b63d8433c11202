internal import JSON

/// How a remote command ended.
enum RemoteCommandEnd: Sendable, Equatable {
    /// It ran, with this exit code.
    case exited(Int)
    /// It could not be run.
    case failed(String)
    /// It was not even tried.
    case refused(String)
}

/// What a client says about a remote command.
enum RemoteCommandInput: Sendable, Equatable {
    case bytes([UInt8])
    case end
    case resize(columns: UInt16, rows: UInt16)
}

/// The streams of a remote command on one WebSocket: the first byte of each message is the channel.
///
/// Source: k8s.io/streaming pkg/httpstream/wsstream/conn.go, k8s.io/apimachinery pkg/util/remotecommand/constants.go.
package struct RemoteCommandChannels: Sendable {
    /// Whether the client sends input.
    package var hasInput: Bool
    /// Whether the client wants the output.
    package var hasOutput: Bool
    /// Whether the client wants the errors; a terminal has none of its own.
    package var hasErrors: Bool
    /// Whether the command gets a pseudo-terminal.
    package var isTerminal: Bool
    /// Whether the client can close its input, and another server stands between it and the node: `v5.channel.k8s.io`.
    package var isTranslated: Bool

    private static let closing: UInt8 = 255
    private enum Channel: UInt8 { case input, output, errors, status, resize }

    /// Channels as the query of a request and its subprotocol say.
    package init(hasInput: Bool, hasOutput: Bool, hasErrors: Bool, isTerminal: Bool, isTranslated: Bool) {
        self.hasInput = hasInput
        self.hasOutput = hasOutput
        self.hasErrors = hasErrors && !isTerminal
        self.isTerminal = isTerminal
        self.isTranslated = isTranslated
    }

    /// Whether there is a stream at all.
    var hasAny: Bool { hasInput || hasOutput || hasErrors }

    /// What a message of the client means; nil for nothing.
    func input(_ message: [UInt8]) -> RemoteCommandInput? {
        guard let first = message.first else { return nil }
        let rest = Array(message.dropFirst())
        if isTranslated, first == Self.closing { return rest == [Channel.input.rawValue] ? .end : nil }
        switch Channel(rawValue: first) {
        case .input? where hasInput: return .bytes(rest)
        case .resize? where isTerminal:
            guard let size = try? JSONDocument(parsing: rest).root,
                let columns = size["Width"]?.int.flatMap({ UInt16(exactly: $0) }),
                let rows = size["Height"]?.int.flatMap({ UInt16(exactly: $0) })
            else { return nil }
            return .resize(columns: columns, rows: rows)
        default: return nil
        }
    }

    /// The message for a piece of output; nil if the client does not want it.
    func output(_ bytes: [UInt8], _ stream: OutputStreamName) -> [UInt8]? {
        switch stream {
        case .out: hasOutput ? [Channel.output.rawValue] + bytes : nil
        case .error: hasErrors ? [Channel.errors.rawValue] + bytes : nil
        }
    }

    /// An empty message on the first channel that leads to the client.
    var greeting: [UInt8] {
        [(hasOutput ? Channel.output : hasErrors ? .errors : .status).rawValue]
    }

    /// The message that tells the end.
    ///
    /// Source: k8s.io/kubelet pkg/cri/streaming/remotecommand/exec.go, k8s.io/apiserver pkg/util/proxy/streamtranslator.go.
    func status(_ end: RemoteCommandEnd) -> [UInt8] {
        let status: JSONValue
        switch end {
        case .exited(0): status = ["metadata": [:], "status": "Success"]
        case .exited(let code):
            status = [
                "metadata": [:], "status": "Failure",
                "message": JSONValue(
                    "command terminated with non-zero exit code: command terminated with exit code \(code)"),
                "reason": "NonZeroExitCode",
                "details": ["causes": [["reason": "ExitCode", "message": JSONValue("\(code)")]]],
            ]
        case .failed(let reason):
            // The server in between reports the node's internal error as one of its own.
            let told = "error executing command in container: failed to exec in container: \(reason)"
            status = Self.internalError(isTranslated ? "Internal error occurred: \(told)" : told)
        case .refused(let reason): status = Self.internalError(reason)
        }
        return [Channel.status.rawValue] + status.bytes
    }

    private static func internalError(_ reason: String) -> JSONValue {
        [
            "metadata": [:], "status": "Failure", "message": JSONValue("Internal error occurred: \(reason)"),
            "reason": "InternalError", "details": ["causes": [["message": JSONValue(reason)]]], "code": 500,
        ]
    }
}
