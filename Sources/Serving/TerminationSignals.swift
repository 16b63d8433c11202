import Dispatch
import Glibc

/// Runs `body` until it ends by itself or the process gets SIGTERM or SIGINT; then `body` is cancelled and awaited, so
/// that servers drain and leases are released.
///
/// Throws what `body` throws, except the cancellation that a signal caused.
package func withTerminationSignals(_ body: @escaping @Sendable () async throws -> Void) async throws {
    let (signals, continuation) = AsyncStream.makeStream(of: Int32.self, bufferingPolicy: .bufferingNewest(1))
    let sources = [SIGTERM, SIGINT].map { number in
        // A handler, not SIG_IGN: children would inherit an ignored signal across exec.
        signal(number) { _ in }
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { continuation.yield(number) }
        source.resume()
        return source
    }
    defer { for source in sources { source.cancel() } }

    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            defer { continuation.finish() }
            try await body()
        }
        var received = signals.makeAsyncIterator()
        let isSignalled = await received.next() != nil
        group.cancelAll()
        do {
            try await group.waitForAll()
        } catch  where isSignalled && error is CancellationError {
            // The signal asked for it.
        }
    }
}
