internal import JSON
internal import KubernetesModel

/// Decides what becomes of an event: written, counted up, combined with similar ones, or dropped. Pure.
///
/// The rules and numbers are client-go's tools/record/events_cache.go: a budget of 25 events for each object that
/// refills by one in 5 minutes; more than 10 different messages of one kind within 10 minutes become one; the same event
/// again counts up. At most 4,096 entries are remembered.
struct EventCorrelator: Sendable {
    /// What is said about an object.
    struct Message: Sendable, Hashable {
        var object: ObjectReference
        var type: String
        var reason: String
        var text: String
    }

    /// What to write.
    enum Decision: Sendable, Hashable {
        case drop
        case create(name: String, Message)
        case update(name: String, Message, count: Int, first: Timestamp)
    }

    private struct Group: Hashable {
        var object: ObjectReference
        var type: String
        var reason: String
    }

    private struct Similar {
        var texts: Set<String> = []
        var lastSeen: Duration
    }

    private struct Known {
        var name: String
        var count: Int
        var first: Timestamp
    }

    private struct Budget {
        var tokens: Double
        var at: Duration
    }

    static let capacity = 4096
    private static let burst = 25.0
    private static let refillPerSecond = 1.0 / 300
    private static let maximumSimilar = 10
    private static let similarWindow = Duration.seconds(600)

    private var budgets = RecentlyUsed<ObjectReference, Budget>(capacity: capacity)
    private var groups = RecentlyUsed<Group, Similar>(capacity: capacity)
    private var known = RecentlyUsed<Message, Known>(capacity: capacity)

    mutating func decide(_ message: Message, now: Duration, wallClock: Timestamp) -> Decision {
        var message = message
        // The version that was observed says nothing about who the event is about.
        message.object.resourceVersion = ""
        message.text = String(message.text.prefix(1024))
        let key = combined(message, now)
        guard hasBudget(message.object, now) else { return .drop }
        if var entry = known[key] {
            entry.count += 1
            known[key] = entry
            return .update(name: entry.name, shown(message, key), count: entry.count, first: entry.first)
        }
        let name = Self.name(message.object, wallClock)
        known[key] = Known(name: name, count: 1, first: wallClock)
        return .create(name: name, shown(message, key))
    }

    /// The event that was to be counted up is gone: it is written anew under this name.
    mutating func recreate(_ message: Message, name: String, wallClock: Timestamp) -> Decision {
        let renewed = Self.name(message.object, wallClock)
        known.replaceValues { $0.name == name ? Known(name: renewed, count: 1, first: wallClock) : $0 }
        return .create(name: renewed, message)
    }

    /// The message under which this one is counted: its own, or that of all similar ones.
    private mutating func combined(_ message: Message, _ now: Duration) -> Message {
        let group = Group(object: message.object, type: message.type, reason: message.reason)
        var similar = groups[group] ?? Similar(lastSeen: now)
        if now - similar.lastSeen > Self.similarWindow { similar.texts = [] }
        similar.lastSeen = now
        if similar.texts.count < Self.maximumSimilar || similar.texts.contains(message.text) {
            similar.texts.insert(message.text)
            groups[group] = similar
            return message
        }
        groups[group] = similar
        var key = message
        key.text = ""
        return key
    }

    private func shown(_ message: Message, _ key: Message) -> Message {
        guard key.text.isEmpty, !message.text.isEmpty else { return message }
        var message = message
        message.text = "(combined from similar events): " + message.text
        return message
    }

    private mutating func hasBudget(_ object: ObjectReference, _ now: Duration) -> Bool {
        var budget = budgets[object] ?? Budget(tokens: Self.burst, at: now)
        let passed = Double((now - budget.at).components.seconds)
        if passed > 0 {
            budget.tokens = min(Self.burst, budget.tokens + passed * Self.refillPerSecond)
            budget.at = budget.at + .seconds(Int64(passed))
        }
        let isGranted = budget.tokens >= 1
        if isGranted { budget.tokens -= 1 }
        budgets[object] = budget
        return isGranted
    }

    /// Unique enough: the object's name and the time in hexadecimal, as client-go names events.
    private static func name(_ object: ObjectReference, _ wallClock: Timestamp) -> String {
        let nanoseconds = wallClock.seconds &* 1_000_000_000 &+ Int64(wallClock.nanoseconds)
        return "\(object.name.prefix(230)).\(String(UInt64(bitPattern: nanoseconds), radix: 16))"
    }
}
