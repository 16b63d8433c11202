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

    @Test("higher priority first, then the older, then by name")
    func order() throws {
        var queue = SchedulingQueue()
        for pod in [
            try Self.pod("b"), try Self.pod("a"), try Self.pod("old", created: -5),
            try Self.pod("vip", priority: 9, created: 7),
        ] {
            queue.update(pod)
        }
        var order: [String] = []
        while let next = queue.next(now: Self.start) { order.append(next.key.name) }
        #expect(order == ["vip", "old", "a", "b"])
        #expect(queue.count == 4)
    }

    @Test("failed pods wait 1, 2, 4, 8, then 10 seconds")
    func backoff() throws {
        var queue = SchedulingQueue()
        queue.update(try Self.pod("a"))
        var now = Self.start
        for wait in [1, 2, 4, 8, 10, 10] {
            guard let pod = queue.next(now: now) else { Issue.record("no pod is due"); return }
            let second = queue.next(now: now)
            #expect(second?.key == nil && queue.nextDue == nil)
            queue.fail(pod, now: now)
            #expect(queue.nextDue == now + .seconds(wait))
            let due1 = queue.next(now: now + .milliseconds(wait * 1000 - 1))
            #expect(due1?.key == nil)
            now = now + .seconds(wait)
        }
    }

    @Test("a change in the cluster brings waiting pods forward to one second after their last attempt")
    func clusterChange() throws {
        var queue = SchedulingQueue()
        queue.update(try Self.pod("a"))
        var now = Self.start
        for _ in 0..<5 {
            guard let pod = queue.next(now: now) else { Issue.record("no pod is due"); return }
            queue.fail(pod, now: now)
            now = queue.nextDue ?? now
        }
        guard let pod = queue.next(now: now) else { Issue.record("no pod is due"); return }
        queue.fail(pod, now: now)
        #expect(queue.nextDue == now + .seconds(10))
        queue.clusterChanged()
        #expect(queue.nextDue == now + .seconds(1))
    }

    @Test("a pod that changes its spec is due at once; a new incarnation starts afresh; a removed one is forgotten")
    func changes() throws {
        var queue = SchedulingQueue()
        let pod = try Self.pod("a")
        queue.update(pod)
        guard let taken = queue.next(now: Self.start) else { Issue.record("no pod is due"); return }
        queue.fail(taken, now: Self.start)
        queue.update(pod)
        let due2 = queue.next(now: Self.start)
        #expect(due2?.key == nil)
        queue.update(pod, isSpecChanged: true)
        let due3 = queue.next(now: Self.start)
        #expect(due3?.key != nil)
        var other = pod
        other.uid = "u-2"
        queue.update(other)
        let due4 = queue.next(now: Self.start)
        #expect(due4?.uid == "u-2")
        queue.fail(pod, now: Self.start)
        queue.remove(pod.key)
        #expect(queue.nextDue == nil && queue.count == 0)
    }
}
