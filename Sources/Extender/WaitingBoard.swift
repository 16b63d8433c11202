package import KubernetesModel
package import Placement

/// Decides when to tell people why a gang waits: not for what passes by itself in a moment, and not for every change
/// of a number.
package struct WaitingBoard: Sendable {
    private struct Entry {
        var since: Timestamp
        var text: String?
        var writtenAt: Timestamp?
    }

    private var entries: [GangKey: Entry] = [:]
    /// How long a gang must wait before anything is written.
    package static let patience = Duration.seconds(2)
    /// The shortest time between two texts about one gang.
    package static let interval = Duration.seconds(10)

    /// A board on which nothing was written.
    package init() {}

    /// The texts to write now, of the `explanations` of all gangs that wait now.
    package mutating func due(_ explanations: [GangKey: String], now: Timestamp) -> [GangKey: String] {
        entries = entries.filter { explanations[$0.key] != nil }
        var due: [GangKey: String] = [:]
        for (gang, text) in explanations {
            var entry = entries[gang] ?? Entry(since: now)
            let isPatient = now - entry.since >= Self.patience
            let isRested = entry.writtenAt.map { now - $0 >= Self.interval } ?? true
            if isPatient, isRested, entry.text != text {
                due[gang] = text
                entry.text = text
                entry.writtenAt = now
            }
            entries[gang] = entry
        }
        return due
    }
}
