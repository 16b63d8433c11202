import JSON
import KubernetesModel
import Testing

@testable import LocalScheduler

@Suite("The queue of pods")
struct QueueTests {
    static let start = Timestamp(seconds: 1000)

    static func pod(_ name: String, priority: Int = 0, created: Int = 0) throws -> SchedulablePod {
        let time = Timestamp(seconds: Int64(created)).description
        return try LocalSchedulerTests.pod(
            #"{"priority":\#(priority)}"#, name: name, extra: #","creationTimestamp":"\#(time)""#)
    }

    @Test("higher priority first, then what waits for longest, then the older, then by name")
    func order() throws {
        var queue = SchedulingQueue()
        queue.update(try Self.pod("late", created: -9), now: Self.start + .milliseconds(1))
        for pod in [
            try Self.pod("b"), try Self.pod("a"), try Self.pod("old", created: -5),
            try Self.pod("vip", priority: 9, created: 7),
        ] {
            queue.update(pod, now: Self.start)
        }
        var order: [String] = []
        while let next = queue.next(now: Self.start) { order.append(next.key.name) }
        #expect(order == ["vip", "old", "a", "b", "late"])
        #expect(queue.count == 5)
    }

    @Test("pods that met an error wait 1, 2, 4, 8, then 10 seconds")
    func backoff() throws {
        var queue = SchedulingQueue()
        queue.update(try Self.pod("a"), now: Self.start)
        var now = Self.start
        for wait in [1, 2, 4, 8, 10, 10] {
            guard let pod = queue.next(now: now) else { Issue.record("no pod is due"); return }
            let second = queue.next(now: now)
            #expect(second?.key == nil && queue.nextDue == nil)
            queue.fail(pod, now: now)
            #expect(queue.nextDue == now + .seconds(wait))
            let early = queue.next(now: now + .milliseconds(wait * 1000 - 1))
            #expect(early?.key == nil)
            now = now + .seconds(wait)
        }
    }

    @Test("a refused pod waits for a change that may help, but not before its back-off is over, and 5 minutes at most")
    func waiting() throws {
        var queue = SchedulingQueue()
        queue.update(try Self.pod("a"), now: Self.start)
        var now = Self.start
        for wait in [1, 2, 4, 8, 10] {
            guard let pod = queue.next(now: now) else { Issue.record("no pod is due"); return }
            queue.fail(pod, causes: [.room], now: now)
            #expect(queue.nextDue == now + .seconds(300))
            for event in [ClusterEvent.podAssigned, .nodeRemoved] { queue.clusterChanged(event) }
            #expect(queue.nextDue == now + .seconds(300))
            queue.clusterChanged(.podRemoved)
            #expect(queue.nextDue == now + .seconds(wait))
            now = now + .seconds(wait)
        }
        guard let pod = queue.next(now: now) else { Issue.record("no pod is due"); return }
        queue.fail(pod, causes: [.room], now: now)
        let early = queue.next(now: now + .seconds(299))
        #expect(early?.key == nil)
        let due = queue.next(now: now + .seconds(300))
        #expect(due?.key.name == "a")
    }

    @Test("an error's back-off starts afresh after a refusal")
    func countsApart() throws {
        var queue = SchedulingQueue()
        queue.update(try Self.pod("a"), now: Self.start)
        var now = Self.start
        for (causes, wait) in [([], 1), ([], 2), ([RejectionCause.extender], 1), ([], 1), ([.extender], 2)] {
            guard let pod = queue.next(now: now) else { Issue.record("no pod is due"); return }
            queue.fail(pod, causes: Set(causes), now: now)
            queue.clusterChanged(.nodeChanged)
            #expect(queue.nextDue == now + .seconds(wait))
            now = now + .seconds(wait)
        }
    }

    @Test(
        "a change during an attempt counts as one after it",
        arguments: [(ClusterEvent.podRemoved, 1), (.nodeChanged, 1), (.podAssigned, 300)])
    func inFlight(_ event: ClusterEvent, _ wait: Int) throws {
        var queue = SchedulingQueue()
        queue.update(try Self.pod("a"), now: Self.start)
        guard let pod = queue.next(now: Self.start) else { Issue.record("no pod is due"); return }
        queue.clusterChanged(event)
        queue.fail(pod, causes: [.room], now: Self.start)
        #expect(queue.nextDue == Self.start + .seconds(wait))
    }

    @Test(
        "which changes help whom",
        arguments: [
            (.nodeChanged, [.nodeProperties, .room, .otherPods, .extender]),
            (.nodeRemoved, [.otherPods, .extender]), (.podAssigned, [.otherPods]),
            (.podRemoved, [.room, .otherPods, .extender]),
            (.configurationChanged, [.nodeProperties, .room, .otherPods, .extender]),
        ] as [(ClusterEvent, Set<RejectionCause>)])
    func hints(_ event: ClusterEvent, _ helped: Set<RejectionCause>) {
        for cause in [RejectionCause.nodeProperties, .room, .otherPods, .extender] {
            #expect(event.mayHelp(cause) == helped.contains(cause))
        }
    }

    @Test("a pod that changes is tried after its back-off; a new incarnation starts afresh; a removed one is forgotten")
    func changes() throws {
        var queue = SchedulingQueue()
        let pod = try Self.pod("a")
        queue.update(pod, now: Self.start)
        guard let taken = queue.next(now: Self.start) else { Issue.record("no pod is due"); return }
        queue.fail(taken, causes: [.nodeProperties], now: Self.start)
        queue.update(pod, now: Self.start)
        #expect(queue.nextDue == Self.start + .seconds(300))
        queue.update(pod, isSpecChanged: true, now: Self.start)
        #expect(queue.nextDue == Self.start + .seconds(1))
        var other = pod
        other.uid = "u-2"
        queue.update(other, now: Self.start)
        let fresh = queue.next(now: Self.start)
        #expect(fresh?.uid == "u-2")
        queue.fail(pod, now: Self.start)
        queue.remove(pod.key)
        #expect(queue.nextDue == nil && queue.count == 0)
    }
}
