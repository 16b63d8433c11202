/// Durations as Go writes them: `1h2m`, `1.5s`, `300ms`. Source: Go `time.ParseDuration`.
enum GoDuration {
    private static let units: [(name: String, nanoseconds: Double)] = [
        ("ns", 1), ("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9),
    ]

    /// The duration that `text` writes; nil if it is none, is negative or is longer than a year.
    static func parse(_ text: String) -> Duration? {
        if text == "0" { return .zero }
        guard !text.isEmpty else { return nil }
        var rest = Substring(text)
        var total = 0.0
        while !rest.isEmpty {
            let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let amount = Double(number), let scale = units.first(where: { $0.name == unit }) else { return nil }
            total += amount * scale.nanoseconds
        }
        guard total <= 366 * 24 * 3600e9 else { return nil }
        return .nanoseconds(Int64(total))
    }
}
