import Foundation
import Synchronization
import TestSupport

/// Stands between a client and the real server, ends TLS on both sides and does harm as its seed says.
final class FaultProxy: Sendable {
    /// What was done and how the clients went on.
    struct Record: Sendable {
        var injected = 0
        /// The kinds of the next requests of the same clients.
        var next: [Fault.Kind: Int] = [:]
        var shortestWait = Duration.seconds(1000)
    }

    private struct State: Sendable {
        var generator: SeededGenerator
        /// The share of lists and writes that are harmed, in percent; with any, all watches are.
        var percent = 0
        var faults = Fault.allCases
        var port: Int
        var upstream: TLSChannel.Identity
        var identity: TLSChannel.Identity
        var isDown = false
        /// Counts the events that cut all connections.
        var epoch = 0
        /// Watches from before this version get 410, as after a restore with a raised revision.
        var floor: UInt64 = 0
        var token = ""
        var open = 0
        var records: [Fault: Record] = [:]
        var last: [String: (fault: Fault, at: ContinuousClock.Instant)] = [:]
        var requests: [String: Int] = [:]
    }

    private let state: Mutex<State>
    private let listener: Mutex<ScriptedServer?>

    /// The port of the proxy.
    var port: UInt16 { listener.withLock { $0?.port ?? 0 } }
    /// Connections of clients.
    var open: Int { state.withLock { $0.open } }
    var records: [Fault: Record] { state.withLock { $0.records } }
    /// Requests so far, by user agent.
    var requests: [String: Int] { state.withLock { $0.requests } }

    init(seed: UInt64, port: Int, upstream: TLSChannel.Identity, identity: TLSChannel.Identity) throws {
        state = Mutex(
            State(generator: SeededGenerator(seed: seed), port: port, upstream: upstream, identity: identity))
        listener = Mutex(nil)
        signal(SIGPIPE, SIG_IGN)
        let server = try ScriptedServer(secure: { [self] in accept($0) }, { [self] in serve($0, $1) })
        listener.withLock { $0 = server }
    }

    // MARK: what a test changes

    /// Harms this share of lists and writes from now on, and all watches, in one of these ways; 0 spares them all.
    func harm(_ percent: Int, _ faults: [Fault] = Fault.allCases) {
        state.withLock {
            $0.percent = percent; $0.faults = faults
        }
    }

    /// Refuses everything and cuts what there is, or serves again.
    func setDown(_ isDown: Bool) {
        state.withLock {
            $0.isDown = isDown; $0.epoch += 1
        }
    }

    /// Cuts all connections and goes on with another server; watches from before `floor` get 410.
    func goOn(with port: Int, _ upstream: TLSChannel.Identity, floor: UInt64 = 0) {
        state.withLock {
            $0.port = port; $0.upstream = upstream; $0.floor = floor; $0.epoch += 1
        }
    }

    /// Shows another certificate on new connections and cuts the others.
    func show(_ identity: TLSChannel.Identity) {
        state.withLock {
            $0.identity = identity; $0.epoch += 1
        }
    }

    /// Refuses all other tokens with 401; an empty one lets everybody in.
    func require(token: String) { state.withLock { $0.token = token } }

    // MARK: serving

    private func accept(_ descriptor: Int32) -> (any ByteChannel)? {
        let (identity, isDown) = state.withLock { ($0.identity, $0.isDown) }
        if isDown { return nil }
        state.withLock { $0.open += 1 }
        let leave: @Sendable () -> Void = { [self] in state.withLock { $0.open -= 1 } }
        return TLSChannel(descriptor, identity, isServer: true, onEnd: leave)
    }

    private func serve(_ request: ScriptedServer.Request, _ connection: ScriptedServer.Connection) {
        let isWatch = request.target.contains("watch=true")
        let kind: Fault.Kind = isWatch ? .watch : request.method == "GET" ? .list : .write
        let (fault, job) = state.withLock { state -> (Fault?, Relay) in
            note(request, kind, &state)
            let job = Relay(
                request: request, connection: connection, port: state.port, upstream: state.upstream,
                epoch: state.epoch, seed: state.generator.next())
            let version = request.query("resourceVersion").flatMap { UInt64($0) } ?? .max
            if isWatch, version < state.floor { return (.goneAnswer, job) }
            if state.isDown { return (.reset, job) }
            if !state.token.isEmpty, request.headers["authorization"] != "Bearer \(state.token)" {
                return (.unauthorized, job)
            }
            return (pick(request, kind, &state), job)
        }
        job.run(fault, isCurrent: { [self] in state.withLock { $0.epoch == job.epoch } })
    }

    private func pick(_ request: ScriptedServer.Request, _ kind: Fault.Kind, _ state: inout State) -> Fault? {
        // Watches are few and long: one that is spared would see no harm for the rest of the time.
        let percent = kind == .watch && state.percent > 0 ? 100 : state.percent
        guard Int.random(in: 0..<100, using: &state.generator) < percent else { return nil }
        let fitting = state.faults.filter { fault in
            fault.kinds.contains(kind) && (fault != .goneToken || request.query("continue") != nil)
        }
        guard let fault = fitting.randomElement(using: &state.generator) else { return nil }
        state.records[fault, default: Record()].injected += 1
        state.last[request.headers["user-agent"] ?? ""] = (fault, .now)
        return fault
    }

    /// Counts a request, and what it tells about the last fault of the same client.
    private func note(_ request: ScriptedServer.Request, _ kind: Fault.Kind, _ state: inout State) {
        let agent = request.headers["user-agent"] ?? ""
        state.requests[agent, default: 0] += 1
        guard let (fault, moment) = state.last.removeValue(forKey: agent) else { return }
        var record = state.records[fault, default: Record()]
        record.next[kind, default: 0] += 1
        record.shortestWait = min(record.shortestWait, .now - moment)
        state.records[fault] = record
    }
}

extension ScriptedServer.Request {
    /// A parameter of the query, without percent-decoding.
    func query(_ name: String) -> String? {
        let pairs = target.split(separator: "?").dropFirst().first?.split(separator: "&") ?? []
        return pairs.first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
    }
}
