import JSON
import KubernetesModel

/// Forgets events an hour after they were last seen, as the real server does (`--event-ttl`).
enum EventExpiry {
    static let lifetime = Duration.seconds(3600)

    /// Whether an event is to go at `now`. Pure.
    static func isOver(_ event: JSONView, now: Timestamp) -> Bool {
        let times = [
            event[path: "series", "lastObservedTime"], event["lastTimestamp"], event["eventTime"],
            event[path: "metadata", "creationTimestamp"],
        ]
        let last = times.compactMap { $0?.string.flatMap { Timestamp($0) } }.max()
        guard let last else { return false }
        return now - last > lifetime
    }

    /// Removes what is over.
    static func apply(to store: Store, now: Timestamp) {
        for event in store.list(.events).objects where isOver(event.json, now: now) {
            _ = try? store.remove(.events, event.key, expected: event.revision)
        }
    }
}
