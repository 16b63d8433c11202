import KubernetesModel
import Testing

@testable import KubernetesClient

@Suite("decisions of leader election") struct ElectorStateTests {
    private let start = Timestamp(seconds: 1_700_000_000)

    private func record(_ holder: String, seconds: Int = 15, transitions: Int = 0) -> LeaseRecord {
        LeaseRecord(
            holder: holder, durationSeconds: seconds, acquireTime: start, renewTime: start, transitions: transitions)
    }

    private func elector() -> ElectorState { ElectorState(identity: "me", timing: .standard) }

    private func leader() -> ElectorState {
        var state = elector()
        _ = state.tick(.woke, now: .zero, wallClock: start)
        _ = state.tick(.missing, now: .zero, wallClock: start)
        _ = state.tick(.written(record("me")), now: .zero, wallClock: start)
        return state
    }

    @Test("a missing lease is created, a free one taken, and each change of holder counted")
    func acquire() {
        for (event, transitions) in [
            (ElectorState.Event.missing, 0), (.found(record("", seconds: 1, transitions: 4)), 5),
        ] {
            var state = elector()
            #expect(state.tick(.woke, now: .zero, wallClock: start) == .read)
            #expect(
                state.tick(event, now: .zero, wallClock: start) == .write(record("me", transitions: transitions)))
            #expect(!state.isLeader)
            let written = ElectorState.Event.written(record("me", transitions: transitions))
            #expect(state.tick(written, now: .seconds(1), wallClock: start) == .sleep(.seconds(2)))
            #expect(state.isLeader)
        }
    }

    @Test("another's lease is taken only after we have seen it unchanged for its duration, whatever its clock says")
    func expiry() {
        var state = elector()
        // The holder's clock is an hour behind; that must not matter.
        var held = record("other")
        held.renewTime = start - .seconds(3600)
        #expect(state.tick(.found(held), now: .seconds(100), wallClock: start) == .sleep(.seconds(2)))
        #expect(state.tick(.found(held), now: .seconds(114), wallClock: start) == .sleep(.seconds(2)))
        held.renewTime = start
        #expect(state.tick(.found(held), now: .seconds(114.5), wallClock: start) == .sleep(.seconds(2)))
        #expect(state.tick(.found(held), now: .seconds(129), wallClock: start) == .sleep(.seconds(2)))
        #expect(
            state.tick(.found(held), now: .seconds(129.5), wallClock: start) == .write(record("me", transitions: 1)))
    }

    @Test("one request that is never answered does not cost the lease: a second has the time to renew it")
    func attempts() {
        let state = leader()
        #expect(state.attemptLimit(now: .seconds(2)) == .seconds(5))
        #expect(state.attemptLimit(now: .seconds(7)) == .seconds(3))
        #expect(elector().attemptLimit(now: .zero) == .seconds(5))
    }

    @Test("a leader renews without reading, keeps its time of acquisition, and reads after a failure")
    func renew() {
        var state = leader()
        let later = start + .seconds(2)
        var renewed = record("me")
        renewed.renewTime = later
        #expect(state.tick(.woke, now: .seconds(2), wallClock: later) == .write(renewed))
        #expect(state.tick(.failed, now: .seconds(3), wallClock: later) == .sleep(.seconds(2)))
        #expect(state.tick(.woke, now: .seconds(5), wallClock: later) == .read)
    }

    @Test("a leader that cannot renew gives up at the deadline, not later")
    func renewDeadline() {
        var state = leader()
        #expect(state.tick(.failed, now: .seconds(9), wallClock: start) == .sleep(.seconds(1)))
        #expect(state.isLeader)
        #expect(state.tick(.woke, now: .seconds(10), wallClock: start) == .lost)
        #expect(!state.isLeader)
    }

    @Test("time counts from the beginning of the attempt that renewed")
    func slowRenewal() {
        var state = leader()
        _ = state.tick(.woke, now: .seconds(2), wallClock: start)
        _ = state.tick(.written(record("me")), now: .seconds(9), wallClock: start)
        #expect(state.isLeader)
        #expect(state.tick(.woke, now: .seconds(12), wallClock: start) == .lost)
    }

    @Test("a leader that finds another holder gives up at once")
    func robbed() {
        var state = leader()
        #expect(state.tick(.found(record("other")), now: .seconds(2), wallClock: start) == .lost)
    }

    @Test("releasing leaves a free lease of one second, and only if we lead")
    func release() {
        var state = leader()
        #expect(state.release(wallClock: start) == record("", seconds: 1))
        #expect(state.release(wallClock: start) == nil)
    }

    @Test("wrong timings are refused")
    func timing() {
        for (lease, renew, retry) in [(10, 10, 2), (15, 2, 2), (15, 10, 0)] {
            #expect(throws: ConfigurationError.self) {
                try ElectionTiming(
                    leaseDuration: .seconds(lease), renewDeadline: .seconds(renew), retryPeriod: .seconds(retry))
            }
        }
    }

    @Test("with slow and failing requests and wrong clocks, never two lead at once", arguments: 0..<30)
    func neverTwo(seed: Int) {
        var world = ElectionWorld(seed: seed)
        for _ in 0..<3000 { world.step() }
        #expect(world.worst <= 1)
        #expect(world.reigns > 0)
    }
}

/// Electors that share one lease over a server that answers late, or only after having acted, or not at all.
struct ElectionWorld {
    private struct Member {
        var state: ElectorState
        var clockError: Duration
        var wakesAt: Duration
        var event: ElectorState.Event
        var seenVersion = 0
        /// What is on the way to the server: when it arrives there and when the answer is back.
        var write: (record: LeaseRecord, arrives: Duration)?
        var read: Duration?
    }

    private var random: SmallRandom
    private var members: [Member]
    private var lease: LeaseRecord?
    private var version = 0
    private var now = Duration.zero
    private(set) var worst = 0
    private(set) var reigns = 0

    init(seed: Int) {
        random = SmallRandom(state: UInt64(seed) &* 7919 + 17)
        members = (0..<4).map { number in
            Member(
                state: ElectorState(identity: "m\(number)", timing: .standard),
                clockError: .seconds(number * 1000 - 1500), wakesAt: .milliseconds(number), event: .woke)
        }
    }

    /// Moves to whatever happens next.
    mutating func step() {
        let times = members.indices.map { index in
            (members[index].write?.arrives ?? members[index].read ?? members[index].wakesAt, index)
        }
        guard let (moment, index) = times.min(by: { $0.0 < $1.0 }) else { return }
        now = max(now, moment)
        if let write = members[index].write {
            members[index].write = nil
            arrive(write.record, index)
        } else if members[index].read != nil {
            members[index].read = nil
            members[index].seenVersion = version
            members[index].event = lease.map { .found($0) } ?? .missing
            members[index].wakesAt = now + delay()
        } else {
            act(index)
        }
        // A leader whose deadline has passed has stopped its work, or is a process that stands still.
        let leaders = members.filter { $0.state.isLeader && $0.state.attemptLimit(now: now) > .milliseconds(100) }
        worst = max(worst, leaders.count)
    }

    private mutating func arrive(_ record: LeaseRecord, _ index: Int) {
        let isCurrent = lease == nil ? members[index].seenVersion == 0 : members[index].seenVersion == version
        let isLost = Int.random(in: 0..<10, using: &random) == 0
        if isCurrent, !isLost {
            lease = record
            version += 1
            members[index].seenVersion = version
        }
        let answerIsLost = Int.random(in: 0..<10, using: &random) == 0
        members[index].event = isCurrent && !isLost && !answerIsLost ? .written(record) : .failed
        members[index].wakesAt = now + delay()
    }

    private mutating func act(_ index: Int) {
        let wasLeader = members[index].state.isLeader
        let event = members[index].event
        let action = members[index].state.tick(event, now: now, wallClock: wallClock(index))
        if members[index].state.isLeader && !wasLeader { reigns += 1 }
        switch action {
        case .read: members[index].read = now + delay()
        case .write(let record): members[index].write = (record, now + delay())
        case .sleep(let wait):
            // Now and then a process stands still for long.
            let pause = Int.random(in: 0..<40, using: &random) == 0 ? Duration.seconds(9) : .zero
            members[index].wakesAt = now + max(.milliseconds(1), wait) + pause
            members[index].event = .woke
        case .lost:
            members[index].wakesAt = now + .seconds(1)
            members[index].event = .woke
        }
    }

    private func wallClock(_ index: Int) -> Timestamp {
        Timestamp(seconds: 1_700_000_000) + now + members[index].clockError
    }

    private mutating func delay() -> Duration {
        let isSlow = Int.random(in: 0..<20, using: &random) == 0
        return .milliseconds(Int.random(in: 1...(isSlow ? 6000 : 50), using: &random))
    }
}
