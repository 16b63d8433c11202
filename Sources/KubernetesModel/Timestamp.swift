/// A moment in time: seconds and nanoseconds since 1970-01-01T00:00:00Z, without leap seconds.
///
/// Reads and writes RFC 3339. Source: metav1.Time (whole seconds on output) and metav1.MicroTime (microseconds).
package struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Whole seconds since 1970, negative before it.
    package let seconds: Int64
    /// Nanoseconds within the second, 0..<1_000_000_000.
    package let nanoseconds: Int32

    /// A moment from seconds and nanoseconds since 1970; nanoseconds beyond a second are carried over.
    package init(seconds: Int64, nanoseconds: Int64 = 0) {
        let carry = nanoseconds >= 0 ? nanoseconds / 1_000_000_000 : (nanoseconds - 999_999_999) / 1_000_000_000
        self.seconds = seconds.addingReportingOverflow(carry).partialValue
        self.nanoseconds = Int32(nanoseconds - carry * 1_000_000_000)
    }

    /// The epoch: 1970-01-01T00:00:00Z.
    package static let epoch = Timestamp(seconds: 0)

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }

    /// The moment `duration` later.
    package static func + (moment: Timestamp, duration: Duration) -> Timestamp {
        let parts = duration.components
        return Timestamp(
            seconds: moment.seconds.addingReportingOverflow(parts.seconds).partialValue,
            nanoseconds: Int64(moment.nanoseconds) + parts.attoseconds / 1_000_000_000)
    }

    /// The moment `duration` earlier.
    package static func - (moment: Timestamp, duration: Duration) -> Timestamp {
        moment + (.zero - duration)
    }

    /// The time from `right` to `left`; negative if `left` is earlier.
    package static func - (left: Timestamp, right: Timestamp) -> Duration {
        .seconds(left.seconds - right.seconds) + .nanoseconds(Int64(left.nanoseconds) - Int64(right.nanoseconds))
    }

    /// The moment without its fraction of a second, as metav1.Time stores it.
    package var wholeSeconds: Timestamp { Timestamp(seconds: seconds) }

    /// RFC 3339 in UTC with whole seconds: `2026-01-02T03:04:05Z`.
    package var description: String { rfc3339(fractionDigits: 0) }

    /// RFC 3339 in UTC with microseconds, as leases carry: `2026-01-02T03:04:05.000006Z`.
    package var microDescription: String { rfc3339(fractionDigits: 6) }

    /// RFC 3339 in UTC with the given number of fraction digits, 0...9; further digits are cut off.
    package func rfc3339(fractionDigits: Int) -> String {
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let secondOfDay = seconds - days * 86_400
        let (year, month, day) = Self.civil(fromDays: days)
        func padded(_ value: Int64, _ width: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        var text = padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2) + "T"
        text +=
            padded(secondOfDay / 3_600, 2) + ":" + padded(secondOfDay / 60 % 60, 2) + ":" + padded(secondOfDay % 60, 2)
        if fractionDigits > 0 {
            text += "." + padded(Int64(nanoseconds), 9).prefix(fractionDigits)
        }
        return text + "Z"
    }

    /// Days since 1970 of a date of the proleptic Gregorian calendar.
    static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The date of a day since 1970 in the proleptic Gregorian calendar.
    static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
