/// When a Cron makes jobs: minute, hour, day of month, month and day of week. Source: crontab(5); the named schedules
/// are those of batch/v1 CronJob.
enum CronSchedule {
    private struct Field {
        var name: String
        var range: ClosedRange<Int>
        var words: [String] = []
    }

    private static let fields = [
        Field(name: "minute", range: 0...59), Field(name: "hour", range: 0...23),
        Field(name: "day of month", range: 1...31),
        Field(
            name: "month", range: 1...12,
            words: ["", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]),
        Field(name: "day of week", range: 0...7, words: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
    ]
    private static let named = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"]

    /// What is wrong with the text; nil when it is a schedule.
    static func problem(_ text: String) -> String? {
        if text.hasPrefix("@") {
            return named.contains(text) ? nil : "must be one of \(named.joined(separator: ", ")) or five fields"
        }
        if text.contains("TZ=") { return "must not name a time zone: schedules are in UTC" }
        let parts = text.split(separator: " ")
        guard parts.count == fields.count else {
            return "must have five fields (minute, hour, day of month, month, day of week), has \(parts.count)"
        }
        for (part, field) in zip(parts, fields) {
            for item in part.split(separator: ",", omittingEmptySubsequences: false) where !isValid(item, field) {
                return "\(field.name) \"\(item)\" must be *, a number from \(field.range.lowerBound) to "
                    + "\(field.range.upperBound), a range such as 1-5, or any of these with a step such as */2"
            }
        }
        return nil
    }

    private static func isValid(_ item: Substring, _ field: Field) -> Bool {
        let halves = item.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count <= 2 else { return false }
        if halves.count == 2, (Int(halves[1]) ?? 0) < 1 { return false }
        guard let first = halves.first else { return false }
        if first == "*" || first == "?" { return true }
        let ends = first.split(separator: "-", omittingEmptySubsequences: false).map { number($0, field) }
        guard (1...2).contains(ends.count), let low = ends[0], let high = ends[ends.count - 1] else { return false }
        return low <= high
    }

    private static func number(_ text: Substring, _ field: Field) -> Int? {
        let number = field.words.firstIndex(of: text.lowercased()) ?? Int(text)
        return number.flatMap { !text.isEmpty && field.range.contains($0) ? $0 : nil }
    }
}
