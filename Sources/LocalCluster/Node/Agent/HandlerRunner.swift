internal import HTTPTransport
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// Does what probes and lifecycle hooks ask for. Source: kubelet `prober` and `lifecycle.HandlerRunner`.
struct HandlerRunner: Sendable {
    /// Messages are cut after this many bytes. Source: kubelet `maxRespBodyLength` for probes.
    private static let messageLimit = 10 << 10

    /// The container.
    var exec: ContainerExec?
    /// The pod's address.
    var address: String
    var isolation: Isolation
    var tools: SystemTools
    var processes: ProcessRegistry
    var http: HTTPClient

    /// Does it, within `timeout`.
    func run(_ handler: ContainerHandler, timeout: Duration) async -> HandlerOutcome {
        switch handler {
        case .exec(let command): await execute(command, timeout)
        case .http(let request): await get(request, timeout)
        case .tcp(let host, let port): await connect(host.isEmpty ? address : host, port, timeout)
        case .sleep(let seconds): await pause(.seconds(seconds), timeout)
        case .impossible(let problem): .failure(problem)
        }
    }

    private func pause(_ time: Duration, _ limit: Duration) async -> HandlerOutcome {
        do { try await Task.sleep(for: min(time, limit)) } catch { return .failure("the pod is gone") }
        return .success
    }

    private func execute(_ command: [String], _ timeout: Duration) async -> HandlerOutcome {
        guard let exec, !command.isEmpty else { return .failure("the container has no process") }
        let output = HeadOutput(limit: Self.messageLimit)
        let launch = exec.launch(command, timeLimit: timeout, isolation, tools)
        let begin = ContinuousClock.now
        let event = await withCheckedContinuation {
            (continuation: CheckedContinuation<ContainerProcess.Event, Never>) in
            let process = processes.start(launch, output: output) { event in
                if case .started = event { return }
                continuation.resume(returning: event)
            }
            if process == nil { continuation.resume(returning: .notStarted("the node is ending")) }
        }
        switch event {
        case .ended(exitCode: 0), .started: return .success
        case .notStarted(let problem): return .failure(problem)
        case .ended(let code):
            if code == 137, ContinuousClock.now - begin >= timeout {
                let name = command.joined(separator: " ")
                return .failure("command timed out: \"\(name)\" timed out after \(timeout.components.seconds)s")
            }
            let text = output.text
            return .failure(text.isEmpty ? "command exited with \(code)" : text)
        }
    }

    private func get(_ request: ContainerHandler.Request, _ timeout: Duration) async -> HandlerOutcome {
        let host = request.host.isEmpty ? address : request.host
        let url = "\(request.scheme)://\(host.contains(":") ? "[\(host)]" : host):\(request.port)\(request.path)"
        var headers = request.headers.map { ($0.name, $0.value) }
        let given = Set(headers.map { $0.0.lowercased() })
        for (name, value) in [("User-Agent", "kube-probe/1.36"), ("Accept", "*/*"), ("Connection", "close")]
        where !given.contains(name.lowercased()) { headers.append((name, value)) }
        do {
            let response = try await http.send(
                HTTPRequest(
                    url: url, headers: headers, timeout: max(timeout, .milliseconds(1)),
                    maximumResponseBytes: 1 << 20))
            if (200..<400).contains(response.status) { return .success }
            return .failure("HTTP probe failed with statuscode: \(response.status)")
        } catch {
            return .failure("Get \"\(url)\": \(error.message)")
        }
    }

    private static func text(_ error: any Error) -> String {
        guard let error = error as? IOError else { return "\(error)" }
        return SystemError("connect", code: error.errnoCode).description.lowercased()
    }

    private func connect(_ host: String, _ port: Int, _ timeout: Duration) async -> HandlerOutcome {
        let nanoseconds = min(timeout / .nanoseconds(1), 1e15)
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.nanoseconds(Int64(nanoseconds))).connect(host: host, port: port).get()
            try? await channel.close()
            return .success
        } catch let error as NIOConnectionError {
            let reason = error.connectionErrors.first.map { Self.text($0.error) } ?? "no such host"
            return .failure("dial tcp \(host):\(port): \(reason)")
        } catch {
            return .failure("dial tcp \(host):\(port): \(error)")
        }
    }
}

/// Keeps the beginning of what a command says.
final class HeadOutput: ContainerOutput {
    private let limit: Int
    private let bytes = Mutex<[UInt8]>([])

    /// Keeps at most `limit` bytes.
    init(limit: Int) { self.limit = limit }

    func write(_ new: [UInt8], stream: OutputStreamName) {
        bytes.withLock { $0 += new.prefix(max(limit - $0.count, 0)) }
    }

    func finish() {}

    /// What was said, without white space at the end.
    var text: String {
        var text = Substring(String(decoding: bytes.withLock { $0 }, as: UTF8.self))
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
