internal import Glibc

/// Threads of their own for work that blocks, so that the cooperative pool never waits.
enum DetachedThread {
    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Runs `body` on a new thread that ends with it. Returns false if the system has no thread to give.
    static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
        let box = Unmanaged.passRetained(Body(body))
        let code = withUnsafeTemporaryAllocation(of: pthread_attr_t.self, capacity: 1) { buffer -> Int32 in
            guard let attributes = buffer.baseAddress else { return ENOMEM }
            pthread_attr_init(attributes)
            defer { pthread_attr_destroy(attributes) }
            pthread_attr_setdetachstate(attributes, Int32(PTHREAD_CREATE_DETACHED))
            pthread_attr_setstacksize(attributes, 512 << 10)
            var thread = pthread_t()
            return pthread_create(
                &thread, attributes,
                { argument in
                    if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
                    return nil
                }, box.toOpaque())
        }
        if code != 0 { box.release() }
        return code == 0
    }

    /// Runs `body` on a thread of its own and waits for it, also when the task is cancelled.
    static func perform(_ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isRunning = start {
                body()
                continuation.resume()
            }
            if !isRunning { continuation.resume() }
        }
    }
}
