import JSON
import KubernetesModel
import Serving

/// Who can do something in running containers for a client: the node agent.
package protocol PodSessionSource: Sendable {
    /// Whether a container runs.
    func isRunning(_ container: ContainerLogReference) -> Bool

    /// Runs `command` in a container and speaks the protocol of `streams` with the client until it has ended, and kills it
    /// when the task is cancelled; without a command, speaks with the container's own program. Throws what `send` throws.
    func serve(
        _ command: [String]?, in container: ContainerLogReference, _ streams: PodSessionStreams,
        messages: any AsyncSequence<[UInt8], any Error> & Sendable,
        send: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws
}

/// Which streams a client wants, and how it speaks about them. Source: k8s.io/api core/v1 PodExecOptions.
package struct PodSessionStreams: Sendable, Hashable {
    /// The client sends input.
    package var stdin: Bool
    /// The client wants the output.
    package var stdout: Bool
    /// The client wants the errors.
    package var stderr: Bool
    /// The command gets a terminal.
    package var tty: Bool
    /// The subprotocol, such as `v5.channel.k8s.io`; nil if the client named none.
    package var `protocol`: String?

    /// The subprotocol that the API server translates for nodes, so that failures of the node come on the error channel.
    static let translated = "v5.channel.k8s.io"
    /// Those that it passes on.
    static let passedOn = ["v4.channel.k8s.io", "channel.k8s.io"]

    /// Reads a request. Throws 400.
    init(_ query: QueryParameters) throws(StatusBody) {
        stdin = try query.flag("stdin")
        stdout = try query.flag("stdout")
        stderr = try query.flag("stderr")
        tty = try query.flag("tty")
    }

    /// Whether the client can close its input, and failures of the node come on the error channel.
    package var isTranslated: Bool { `protocol` == Self.translated }
}

extension RequestRouter {
    /// GET and POST pods/NAME/exec and …/attach. Source: pkg/registry/core/pod/rest/subresources.go, strategy.go streamLocation,
    /// KEP-4006.
    func stream(_ context: RequestContext, _ request: ServerRequest) async throws(StatusBody) -> ServerResponse {
        guard ["GET", "POST"].contains(request.method) else { throw .methodNotAllowed() }
        var streams = try PodSessionStreams(context.query)
        let command = context.path.subresource == "exec" ? context.query.all("command") : nil
        try await core.admission.validate(connection(context, streams, command))
        // A WebSocket begins with GET, which must not allow more than the POST of older clients.
        let wanted = AccessRequest(context.path, method: "POST", isWatch: false, user: context.user)
        guard access.allows(wanted) else { throw .forbidden(.pods, name: wanted.name, "") }
        let pod = try core.current(context)
        let container = try ContainerLogReference.choose(in: pod.json, named: context.query["container"])
        guard !container.nodeName.isEmpty else {
            throw .badRequest("pod \(container.podName) does not have a host assigned")
        }
        guard let upgrade = request.headers["Upgrade"] else { throw .badRequest("Upgrade request required") }
        guard request.wantsWebSocket, let podSessions else {
            throw .notImplemented("\(wanted.resourceText) over \(upgrade); use a WebSocket")
        }
        let offered = request.webSocketProtocols
        let known = [PodSessionStreams.translated] + PodSessionStreams.passedOn
        streams.protocol = offered.first(where: known.contains)
        if streams.protocol == nil, !offered.isEmpty {
            return .text("requested protocol(s) are not supported: \(offered); supports \(known)", status: 403)
        }
        if !streams.isTranslated, let refusal = nodeRefusal(streams, container, podSessions) { return refusal }
        return .webSocket(answering: request, protocol: streams.protocol) { [streams] socket in
            try await podSessions.serve(command, in: container, streams, messages: socket.messages) {
                try await socket.send($0)
            }
        }
    }

    /// The request as admission sees it. Source: k8s.io/apiserver pkg/endpoints/handlers/rest.go ConnectResource.
    private func connection(
        _ context: RequestContext, _ streams: PodSessionStreams, _ command: [String]?
    ) -> AdmissionAttributes {
        var options: JSONValue = [
            "kind": command == nil ? "PodAttachOptions" : "PodExecOptions", "apiVersion": "v1",
            "stdin": JSONValue(streams.stdin), "stdout": JSONValue(streams.stdout),
            "stderr": JSONValue(streams.stderr), "tty": JSONValue(streams.tty),
        ]
        if let container = context.query["container"] { options["container"] = JSONValue(container) }
        if let command { options["command"] = JSONValue(command.map { JSONValue($0) }) }
        var attributes = core.attributes(context, .connect, object: options, old: nil, options: .null)
        attributes.definition.kind = options["kind"]?.string ?? ""
        return attributes
    }

    /// What a node answers in plain text to a request that is passed on to it. Source: pkg/kubelet/server/server.go.
    private func nodeRefusal(
        _ streams: PodSessionStreams, _ container: ContainerLogReference, _ source: any PodSessionSource
    ) -> ServerResponse? {
        guard streams.stdin || streams.stdout || streams.stderr else {
            return .text("you must specify at least 1 of stdin, stdout, stderr", status: 400)
        }
        guard source.isRunning(container) else {
            return .text("container not found (\"\(container.container)\")", status: 500)
        }
        return nil
    }
}
