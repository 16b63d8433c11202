import KubernetesClient
import Testing

@Suite("the work queue at work") struct WorkQueueTests {
    @Test("many workers run all keys, never one key twice at once")
    func workers() async throws {
        let queue = WorkQueue<Int>()
        let state = Shared((running: Set<Int>(), runs: [Int: Int](), overlap: false))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await queue.run(workers: 4) { key in
                    state.withLock { state in
                        if !state.running.insert(key).inserted { state.overlap = true }
                        state.runs[key, default: 0] += 1
                    }
                    await Task.yield()
                    state.withLock { _ = $0.running.remove(key) }
                    return .done
                }
            }
            for round in 0..<50 {
                for key in 0..<20 { queue.add(key) }
                if round % 10 == 0 { await Task.yield() }
            }
            try await eventually("an empty queue") { queue.count == 0 && queue.running == 0 }
            group.cancelAll()
        }
        state.withLock { state in
            #expect(!state.overlap)
            #expect(state.runs.count == 20)
        }
    }

    @Test("a failing key comes back after 5, 10, 20 ms; success forgets, and a delayed key waits its time")
    func delays() async throws {
        let time = ManualTime()
        let queue = WorkQueue<String>(time: time.source)
        let runs = Shared<[String]>([])
        let outcomes = Shared<[WorkQueue<String>.Outcome]>([.retry, .retry, .retry, .after(.seconds(30)), .done])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await queue.run(workers: 2) { key in
                    runs.withLock { $0.append(key) }
                    return outcomes.withLock { $0.isEmpty ? .done : $0.removeFirst() }
                }
            }
            queue.add("a")
            for (number, wait) in [Duration.milliseconds(5), .milliseconds(10), .milliseconds(20)].enumerated() {
                try await eventually("a sleeping key") { time.sleepers == 1 }
                #expect(time.slept.last == wait)
                #expect(queue.failures(of: "a") == number + 1)
                time.advance(by: wait - .nanoseconds(1))
                #expect(time.sleepers == 1)
                time.advance(by: .nanoseconds(1))
                try await eventually("another run") { runs.withLock { $0.count } == number + 2 }
            }
            try await eventually("a sleeping key") { time.sleepers == 1 }
            #expect(time.slept.last == .seconds(30))
            #expect(queue.failures(of: "a") == 0)
            time.advance(by: .seconds(30))
            try await eventually("the last run") { runs.withLock { $0.count } == 5 && queue.running == 0 }
            #expect(queue.count == 0)
            group.cancelAll()
        }
    }

    @Test("cancelling ends idle workers and sleeping keys, and waits for the key at hand")
    func cancellation() async throws {
        let queue = WorkQueue<String>()
        let finished = Shared(false)
        let (started, start) = AsyncStream<Void>.makeStream()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await queue.run(workers: 3) { _ in
                    start.yield()
                    for _ in 0..<1000 { await Task.yield() }
                    finished.withLock { $0 = true }
                    return .done
                }
            }
            queue.add("late", after: .seconds(1000))
            queue.add("now")
            var iterator = started.makeAsyncIterator()
            _ = await iterator.next()
            group.cancelAll()
            await group.waitForAll()
        }
        #expect(finished.withLock { $0 })
    }
}
