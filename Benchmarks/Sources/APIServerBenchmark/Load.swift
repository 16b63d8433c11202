import Foundation
import HTTPTransport
import JSON
import Synchronization

/// What clients do to a server: writers that create, change and delete objects, and watchers that count lines.
struct Load: Sendable {
    let client: HTTPClient
    let address: String
    /// Writers that work at the same time, each on objects of its own.
    static let writers = 32
    /// ConfigMaps of about 2 KB.
    static let path = "/api/v1/namespaces/default/configmaps"

    static func object(_ name: String, _ round: Int) -> [UInt8] {
        let object: JSONValue = [
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": ["name": JSONValue(name), "labels": ["round": JSONValue("\(round)")]],
            "data": ["text": JSONValue(String(repeating: "0123456789abcdef", count: 120))],
        ]
        return object.bytes
    }

    /// Writes for `time`, with `watchers` looking on. Answers the writes and the seconds until every watcher had seen all.
    func run(watchers: Int, for time: Duration) async throws -> (writes: Int, seconds: Double) {
        let seen = (0..<watchers).map { _ in Counter() }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for counter in seen {
                let stream = try await client.stream(
                    HTTPRequest(
                        url: address + Self.path + "?watch=1&fieldSelector=metadata.name!%3Dkube-root-ca.crt",
                        timeout: .seconds(600), maximumResponseBytes: .max))
                guard stream.status == 200 else { throw Unexpected(status: stream.status) }
                group.addTask {
                    for try await chunk in stream.chunks { counter.add(newlines(in: chunk)) }
                }
            }
            let start = ContinuousClock.now
            let writes = try await write(until: start + time)
            while let behind = seen.map(\.value).min(), behind < writes {
                guard ContinuousClock.now < start + time + .seconds(30) else { throw Behind(seen: behind, of: writes) }
                try await Task.sleep(for: .milliseconds(1))
            }
            let spent = (ContinuousClock.now - start) / .seconds(1)
            group.cancelAll()
            while await group.nextResult() != nil {}
            return (writes, spent)
        }
    }

    private func write(until end: ContinuousClock.Instant) async throws -> Int {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for writer in 0..<Self.writers {
                group.addTask {
                    var round = 0
                    while ContinuousClock.now < end {
                        let name = "writer-\(writer)-\(round)"
                        try await send("POST", Self.path, Self.object(name, 0))
                        try await send("PUT", Self.path + "/" + name, Self.object(name, 1))
                        try await send("DELETE", Self.path + "/" + name, [])
                        round += 1
                    }
                    return 3 * round
                }
            }
            return try await group.reduce(0, +)
        }
    }

    private func send(_ method: String, _ path: String, _ body: [UInt8]) async throws {
        let response = try await client.send(
            HTTPRequest(
                method: method, url: address + path, headers: [("Content-Type", "application/json")],
                body: body.isEmpty ? nil : body))
        guard (200..<300).contains(response.status) else { throw Unexpected(status: response.status) }
    }
}

/// Counts what one watcher has seen.
final class Counter: Sendable {
    private let number = Atomic(0)
    var value: Int { number.load(ordering: .relaxed) }
    func add(_ more: Int) { number.add(more, ordering: .relaxed) }
}

/// A status that means that the benchmark does not measure what it says.
struct Unexpected: Error {
    var status: Int
}

/// A watcher that did not see all writes.
struct Behind: Error {
    var seen: Int
    var of: Int
}

/// Counted by `memchr`, so that the watchers cost little in the process of the server.
private func newlines(in chunk: [UInt8]) -> Int {
    chunk.withUnsafeBytes { bytes in
        var count = 0
        var place = bytes.baseAddress
        let end = place.map { $0 + bytes.count }
        while let start = place, let end, let found = memchr(start, 0x0A, end - start) {
            count += 1
            place = UnsafeRawPointer(found) + 1
        }
        return count
    }
}
