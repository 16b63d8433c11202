import KubernetesModel
import Testing

@testable import KubernetesClient

@Suite("which events are written") struct EventCorrelatorTests {
    private let moment = Timestamp(seconds: 1_700_000_000)
    private var pod: ObjectReference {
        ObjectReference(apiVersion: "v1", kind: "Pod", namespace: "ml", name: "p", uid: "u")
    }

    private func message(_ text: String, reason: String = "Failed") -> EventCorrelator.Message {
        EventCorrelator.Message(object: pod, type: "Warning", reason: reason, text: text)
    }

    @Test("the same event counts up, also for another version of the object; another reason is another event")
    func same() {
        var state = EventCorrelator()
        guard case .create(let name, _) = state.decide(message("a"), now: .zero, wallClock: moment) else {
            Issue.record("not created")
            return
        }
        #expect(name.hasPrefix("p."))
        var again = message("a")
        again.object.resourceVersion = "77"
        for count in 2...4 {
            let decision = state.decide(again, now: .seconds(count), wallClock: moment + .seconds(count))
            #expect(decision == .update(name: name, message("a"), count: count, first: moment))
        }
        guard
            case .create(let other, _) = state.decide(
                message("a", reason: "B"), now: .zero, wallClock: moment + .seconds(9))
        else {
            Issue.record("not created")
            return
        }
        #expect(other != name)
    }

    @Test("the eleventh different message of a kind within ten minutes is combined, and later ones count up")
    func similar() {
        var state = EventCorrelator()
        for number in 0..<10 {
            let decision = state.decide(message("m\(number)"), now: .seconds(number), wallClock: moment)
            guard case .create = decision else {
                Issue.record("message \(number) was not written alone: \(decision)")
                return
            }
        }
        guard case .create(let name, let first) = state.decide(message("m10"), now: .seconds(11), wallClock: moment)
        else {
            Issue.record("not created")
            return
        }
        #expect(first.text == "(combined from similar events): m10")
        let next = state.decide(message("m11"), now: .seconds(12), wallClock: moment)
        #expect(next == .update(name: name, message("(combined from similar events): m11"), count: 2, first: moment))
        // A known message still counts for itself.
        guard case .update(_, let known, 2, _) = state.decide(message("m3"), now: .seconds(13), wallClock: moment)
        else {
            Issue.record("not counted")
            return
        }
        #expect(known.text == "m3")
        // After ten quiet minutes it starts anew.
        guard case .create(_, let fresh) = state.decide(message("m99"), now: .seconds(700), wallClock: moment) else {
            Issue.record("not created")
            return
        }
        #expect(fresh.text == "m99")
    }

    @Test("25 events about an object pass at once, then one in five minutes; other objects have their own budget")
    func flood() {
        var state = EventCorrelator()
        func isWritten(_ now: Duration, object: String = "p") -> Bool {
            var message = message("x")
            message.object.name = object
            return state.decide(message, now: now, wallClock: moment) != .drop
        }
        #expect((0..<100).filter { _ in isWritten(.zero) }.count == 25)
        #expect(isWritten(.zero, object: "q"))
        #expect(!isWritten(.seconds(299)))
        #expect(isWritten(.seconds(300)))
        #expect(!isWritten(.seconds(301)))
    }

    @Test("an event that is gone is written anew and then counted from one")
    func recreate() {
        var state = EventCorrelator()
        guard case .create(let name, let said) = state.decide(message("a"), now: .zero, wallClock: moment),
            case .create(let renewed, _) = state.recreate(said, name: name, wallClock: moment + .seconds(7200))
        else {
            Issue.record("not created")
            return
        }
        #expect(renewed != name)
        let next = state.decide(message("a"), now: .seconds(7201), wallClock: moment + .seconds(7201))
        #expect(next == .update(name: renewed, message("a"), count: 2, first: moment + .seconds(7200)))
    }

    @Test("memory is bounded: what was used last stays")
    func bounded() {
        var cache = RecentlyUsed<Int, Int>(capacity: 100)
        cache[-1] = 1
        for key in 0..<1000 {
            cache[key] = key
            cache[-1] = key
            #expect(cache.count <= 100)
        }
        #expect(cache[-1] == 999)
        #expect(cache[999] == 999)
        #expect(cache[0] == nil)
    }
}
