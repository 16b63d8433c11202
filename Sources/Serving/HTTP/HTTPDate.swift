import Cryptography
import Synchronization

/// The time as the `Date` header field has it (IMF-fixdate, RFC 9110 section 5.6.7), made once a second.
enum HTTPDate {
    private static let cached = Mutex((seconds: Int64.min, text: ""))

    /// The present time.
    static func now() -> String {
        let seconds = WallClock.seconds()
        return cached.withLock { cached in
            if cached.seconds != seconds { cached = (seconds, text(seconds)) }
            return cached.text
        }
    }

    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// The text of so many seconds since 1970-01-01T00:00:00Z, ≥ 0.
    static func text(_ seconds: Int64) -> String {
        let days = Int(seconds / 86_400)
        let second = Int(seconds % 86_400)
        let (year, month, day) = date(days)
        let clock = [second / 3600, second / 60 % 60, second % 60].map(twoDigits).joined(separator: ":")
        return "\(weekdays[days % 7]), \(twoDigits(day)) \(months[month - 1]) \(year) \(clock) GMT"
    }

    /// The Gregorian date of a day since 1970, counted in eras of 400 years that begin on 1 March.
    private static func date(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let (era, dayOfEra) = (shifted / 146_097, shifted % 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
