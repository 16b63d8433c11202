import KubernetesModel
import Testing

@Suite("Timestamp")
struct TimestampTests {
    @Test(
        "reads RFC 3339 and writes UTC with whole seconds",
        arguments: [
            ("1970-01-01T00:00:00Z", 0, 0, "1970-01-01T00:00:00Z"),
            ("2026-01-02T03:04:05Z", 1_767_323_045, 0, "2026-01-02T03:04:05Z"),
            ("2026-01-02T03:04:05.000006Z", 1_767_323_045, 6_000, "2026-01-02T03:04:05Z"),
            ("2026-01-02T04:04:05+01:00", 1_767_323_045, 0, "2026-01-02T03:04:05Z"),
            ("2026-01-01t20:04:05.5-07:00", 1_767_323_045, 500_000_000, "2026-01-02T03:04:05Z"),
            ("2024-02-29T12:00:00Z", 1_709_208_000, 0, "2024-02-29T12:00:00Z"),
            ("1969-12-31T23:59:59.25Z", -1, 250_000_000, "1969-12-31T23:59:59Z"),
            ("0001-01-01T00:00:00Z", -62_135_596_800, 0, "0001-01-01T00:00:00Z"),
            ("9999-12-31T23:59:59.9999999999Z", 253_402_300_799, 999_999_999, "9999-12-31T23:59:59Z"),
        ])
    func reading(text: String, seconds: Int64, nanoseconds: Int32, written: String) throws {
        let time = try #require(Timestamp(text))
        #expect(time.seconds == seconds)
        #expect(time.nanoseconds == nanoseconds)
        #expect(time.description == written)
    }

    @Test(
        "refuses what is no time",
        arguments: [
            "", "2026-01-02", "2026-01-02 03:04:05Z", "2026-01-02T03:04:05", "2026-13-02T03:04:05Z",
            "2026-02-29T03:04:05Z",
            "2026-04-31T03:04:05Z", "2026-01-02T24:00:00Z", "2026-01-02T03:60:00Z", "2026-01-02T03:04:60Z",
            "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05Zx", "2026-01-02T03:04:05+24:00", "2026-01-02T03:04:05+0100",
            "+026-01-02T03:04:05Z", "2026-00-02T03:04:05Z", "2026-01-00T03:04:05Z",
        ])
    func refused(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test("every day of four centuries comes back from its text")
    func roundTrip() {
        for day in Int64(-146_097)...146_097 where day % 7 == 0 {
            let time = Timestamp(seconds: day * 86_400 + 86_399)
            #expect(Timestamp(time.description) == time)
        }
    }

    @Test("arithmetic carries nanoseconds both ways")
    func arithmetic() {
        let time = Timestamp(seconds: 10, nanoseconds: 900_000_000)
        #expect(time + .milliseconds(200) == Timestamp(seconds: 11, nanoseconds: 100_000_000))
        #expect(time - .seconds(11) == Timestamp(seconds: -1, nanoseconds: 900_000_000))
        #expect(time - .milliseconds(10_950) == Timestamp(seconds: -1, nanoseconds: 950_000_000))
        #expect(time - Timestamp(seconds: 11) == .milliseconds(-100))
        #expect((time + .microseconds(7)).microDescription == "1970-01-01T00:00:10.900007Z")
        #expect(Timestamp(seconds: 0, nanoseconds: -1) == Timestamp(seconds: -1, nanoseconds: 999_999_999))
    }
}
