import JSON
import KubernetesClient
import KubernetesModel
import TestSupport
import Testing

/// Changes objects for a while, straight at the server and through the proxy's faults.
struct Storm {
    var world: FaultWorld
    var server: Int
    var seed: UInt64
    var length: Duration

    private var history: String { "history-\(server)" }

    /// Returns when all is quiet; what was written through the proxy must then be what the server has.
    func rage() async throws {
        let direct = try world.directClient(server)
        let writer = try world.client("writer")
        defer {
            direct.close()
            writer.close()
        }
        let end = ContinuousClock.now + length
        async let changes: Void = change(direct, until: end)
        let expected = try await write(writer, until: end)
        try await changes
        for (key, wanted) in expected {
            let found = try await value(of: key, direct)
            #expect(found == wanted, "\(key) was written through the proxy")
        }
    }

    private func value(of key: ObjectKey, _ client: KubernetesClient) async throws(APIError) -> String? {
        do { return try await client.get(.configMaps, key).root[path: "data", "value"]?.string } catch {
            guard error.isNotFound else { throw error }
            return nil
        }
    }

    private func body(_ key: ObjectKey, _ value: String) -> JSONValue {
        [
            "metadata": ["name": JSONValue(key.name)],
            "data": ["history": JSONValue(history), "value": JSONValue(value)],
        ]
    }

    /// Creates, changes and deletes a few objects; whatever fails fails.
    private func change(_ client: KubernetesClient, until end: ContinuousClock.Instant) async throws {
        var generator = SeededGenerator(seed: seed)
        var count = 0
        while ContinuousClock.now < end {
            count += 1
            let key = ObjectKey(namespace: "default", name: "direct-\(Int.random(in: 0..<12, using: &generator))")
            let body = body(key, "\(count)")
            do throws(APIError) {
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: _ = try await client.delete(.configMaps, key)
                case 1: _ = try await client.create(.configMaps, namespace: key.namespace, body)
                default: _ = try await client.patch(.configMaps, key, .merge(body))
                }
            } catch {
                guard error.isNotFound || error.isAlreadyExists else { throw error }
            }
            try await Task.sleep(for: .milliseconds(Int.random(in: 0..<15, using: &generator)))
        }
    }

    /// Writes each value until the server has it for certain; an answer may be lost after the write was done.
    private func write(
        _ client: KubernetesClient, until end: ContinuousClock.Instant
    ) async throws -> [ObjectKey: String?] {
        var expected: [ObjectKey: String?] = [:]
        var count = 0
        while ContinuousClock.now < end {
            count += 1
            let key = ObjectKey(namespace: "default", name: "written-\(count % 5)")
            let (body, value) = (body(key, "\(count)"), "\(count)")
            let options = WriteOptions(timeout: .seconds(1))
            if case .some(.some) = expected[key] {
                if count.isMultiple(of: 3) {
                    var options = DeleteOptions()
                    options.timeout = .seconds(1)
                    try await persist(ignoring: \.isNotFound) { () throws(APIError) in
                        try await client.delete(.configMaps, key, options: options)
                    }
                    expected[key] = .some(nil)
                    continue
                }
                try await persist { () throws(APIError) in
                    try await client.patch(.configMaps, key, .merge(body), options: options)
                }
            } else {
                try await persist(ignoring: \.isAlreadyExists) { () throws(APIError) in
                    try await client.create(.configMaps, namespace: key.namespace, body, options: options)
                }
            }
            expected[key] = value
        }
        return expected
    }

    private func persist(
        ignoring isDone: (APIError) -> Bool = { _ in false }, _ call: () async throws(APIError) -> JSONDocument
    ) async throws {
        while true {
            do {
                // 200 with a page or {} is no answer to a write.
                if try await call().root["kind"] != nil { return }
            } catch {
                if isDone(error) { return }
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
