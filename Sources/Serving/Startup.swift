import Synchronization

/// The outcome of starting a server, for those who wait for its port.
final class Startup: Sendable {
    private let gate = Gate()
    private let outcome = Mutex<Result<Int, any Error>?>(nil)

    func succeed(_ port: Int) { set(.success(port)) }

    func fail(_ error: any Error) { set(.failure(error)) }

    private func set(_ result: Result<Int, any Error>) {
        outcome.withLock { outcome in
            if outcome == nil { outcome = result }
        }
        gate.open()
    }

    func port() async throws -> Int {
        await gate.wait()
        guard let outcome = outcome.withLock({ $0 }) else { throw CancellationError() }
        return try outcome.get()
    }
}
