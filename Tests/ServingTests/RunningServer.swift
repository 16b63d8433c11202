import Serving
import Testing

/// Runs a server around a test's body and stops it afterwards.
func withServer<Result: Sendable>(
    tls: ServerTLS? = nil, clientAuthority: ClientAuthority? = nil, limits: ServerLimits = ServerLimits(),
    placement: ServerConfiguration.HandlerPlacement = .sharedPool, metrics: MetricsRegistry? = nil,
    log: RecordedLog = RecordedLog(),
    handler: @escaping HTTPServer.Handler = { .text("\($0.method) \($0.path) \($0.body.count)") },
    _ body: @Sendable (HTTPServer, Int) async throws -> Result
) async throws -> Result {
    let server = makeServer(
        tls: tls, clientAuthority: clientAuthority, limits: limits, placement: placement, metrics: metrics,
        log: log, handler: handler)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.run() }
        let result = try await body(server, server.started())
        group.cancelAll()
        try await group.waitForAll()
        return result
    }
}

/// A server on 127.0.0.1.
func makeServer(
    port: Int = 0, tls: ServerTLS? = nil, clientAuthority: ClientAuthority? = nil,
    limits: ServerLimits = ServerLimits(), placement: ServerConfiguration.HandlerPlacement = .sharedPool,
    metrics: MetricsRegistry? = nil,
    log: RecordedLog = RecordedLog(), handler: @escaping HTTPServer.Handler
) -> HTTPServer {
    let configuration = ServerConfiguration(
        host: "127.0.0.1", port: port, tls: tls, clientAuthority: clientAuthority, limits: limits,
        handlerPlacement: placement, metrics: metrics)
    return HTTPServer(configuration: configuration, handler: handler, logger: log.logger)
}

/// Calls `attempt` with a time that grows from a tenth of a second, until it succeeds: on a busy machine, a short time
/// may be over before the client has said anything.
func withGrowingTime(_ attempt: (Duration) async throws -> Bool) async throws {
    for milliseconds in [100, 500, 2500] where (try? await attempt(.milliseconds(milliseconds))) == true { return }
    #expect(try await attempt(.milliseconds(12_500)))
}

/// Waits until `condition` holds; fails the test after `deadline`.
func eventually(
    _ what: String, deadline: Duration = .seconds(20), _ condition: @Sendable () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + deadline
    while try await !condition() {
        guard ContinuousClock.now < end else {
            Issue.record("not within \(deadline): \(what)")
            return
        }
        try await Task.sleep(for: .milliseconds(10))
    }
}
