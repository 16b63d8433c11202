import Testing

@testable import KubernetesClient

@Suite("rules of the work queue") struct WorkQueueStateTests {
    @Test("a key added often is taken once, in the order of first adding")
    func dedup() {
        var state = WorkQueueState<String>()
        for key in ["a", "b", "a", "c", "b"] { state.add(key) }
        #expect([state.take(), state.take(), state.take(), state.take()] == ["a", "b", "c", nil])
    }

    @Test("a key added while it is worked on runs again afterwards, and not before")
    func whileProcessing() {
        var state = WorkQueueState<String>()
        state.add("a")
        #expect(state.take() == "a")
        state.add("a")
        state.add("a")
        #expect(state.take() == nil)
        state.finish("a")
        #expect(state.take() == "a")
        state.finish("a")
        #expect(state.take() == nil)
    }

    @Test("of several times the earliest counts, and only its timer fires")
    func times() {
        var state = WorkQueueState<String>()
        let needTimers = [10, 20, 5].map { state.add("a", at: .seconds($0)) }
        #expect(needTimers == [true, false, true])
        state.timerFired("a", at: .seconds(10))
        #expect(state.ready == 0)
        state.timerFired("a", at: .seconds(5))
        #expect(state.take() == "a")
        state.timerFired("a", at: .seconds(10))
        state.finish("a")
        #expect(state.ready == 0)
    }

    @Test("failures of a key lengthen its wait until they are forgotten; other keys are not touched")
    func failures() {
        var state = WorkQueueState<String>()
        let waits = (1...4).map { _ in state.noteFailure("a", .workQueue) }
        #expect(waits == [.milliseconds(5), .milliseconds(10), .milliseconds(20), .milliseconds(40)])
        #expect(state.noteFailure("b", .workQueue) == .milliseconds(5))
        state.forget("a")
        #expect(state.noteFailure("a", .workQueue) == .milliseconds(5))
    }

    @Test("whatever happens, no key is worked on twice at once and none is lost", arguments: 0..<200)
    func anyOrder(seed: Int) {
        var random = SmallRandom(state: UInt64(seed) + 1)
        var state = WorkQueueState<Int>()
        var running: Set<Int> = []
        var wanted: Set<Int> = []
        for _ in 0..<2000 {
            switch Int.random(in: 0..<3, using: &random) {
            case 0:
                let key = Int.random(in: 0..<12, using: &random)
                state.add(key)
                wanted.insert(key)
            case 1:
                if let key = state.take() {
                    #expect(running.insert(key).inserted)
                    #expect(wanted.remove(key) != nil)
                }
            default:
                if let key = running.randomElement(using: &random) {
                    running.remove(key)
                    state.finish(key)
                }
            }
            #expect(state.running == running.count)
        }
        for key in running { state.finish(key) }
        while let key = state.take() { #expect(wanted.remove(key) != nil) }
        #expect(wanted.isEmpty)
    }
}

/// A small reproducible generator. Source: Marsaglia, "Xorshift RNGs".
struct SmallRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
