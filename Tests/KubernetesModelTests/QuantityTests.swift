import KubernetesModel
import Testing

@Suite("Quantity")
struct QuantityTests {
    @Test(
        "is written in canonical form",
        arguments: [
            ("0", "0"), ("0n", "0"), ("0.0", "0"), ("0Ki", "0"), ("1", "1"), ("+5", "5"), ("-5", "-5"), ("0.5", "500m"),
            (".5", "500m"), ("5.", "5"), ("1.5", "1500m"), ("100m", "100m"), ("1000m", "1"), ("1000", "1k"),
            ("1500000", "1500k"), ("1000000k", "1G"), ("12E", "12E"), ("1E", "1E"), ("1000E", "1000E"), ("1e3", "1e3"),
            ("1E3", "1e3"), ("123e-3", "123e-3"), ("1e0", "1"), ("12e1", "120"), ("1.5e3", "1500"), ("1.5e6", "1500e3"),
            ("1024Mi", "1Gi"), ("1536Mi", "1536Mi"), ("1.5Gi", "1536Mi"), ("0.5Gi", "512Mi"), ("1Ki", "1Ki"),
            ("1023", "1023"), ("0.5Ki", "512"), ("1Mi", "1Mi"), ("10240Ki", "10Mi"), ("0.25Mi", "256Ki"),
            ("8Ei", "9223372036854775807"),
            ("9999999Ei", "9223372036854775807"), ("2.0001Ki", "2048102400u"), ("0.1n", "1n"), ("0.0000000001", "1n"),
            ("-0.1n", "-1n"), ("1.0000000001", "1000000001n"), ("3u", "3u"), ("1000u", "1m"), ("100000Mi", "100000Mi"),
            ("0.0001Ki", "102400u"), ("00012", "12"), ("9223372036854775807", "9223372036854775807"),
        ])
    func canonicalForm(text: String, canonical: String) throws {
        let quantity = try Quantity(parsing: text)
        #expect(quantity.description == canonical)
        #expect(try Quantity(parsing: quantity.description) == quantity)
    }

    @Test(
        "refuses what is none",
        arguments: [
            "", " ", "1 ", " 1", "Ki", ".", "-", "+", "--1", "1.1.1", "1.1.M", "1+1.0M", "0.1mi", "0.1am", "aoeu",
            ".5i",
            "1i", "-3.01i", "-3.01e-", "1.0e", "1e1.5", "1K", "1ki", "1KiB", "1e99999999999", "1e40", "0x10", "1_000",
            "١",
        ])
    func refused(text: String) {
        #expect(throws: QuantityError.self) { try Quantity(parsing: text) }
    }

    @Test(
        "rounds away from zero when read as a whole number",
        arguments: [
            ("1", 1, 1000), ("1m", 1, 1), ("1500m", 2, 1500), ("-1500m", -2, -1500), ("1u", 1, 1), ("-1n", -1, -1),
            ("1Ki", 1024, 1_024_000), ("1E", 1_000_000_000_000_000_000, Int64.max), ("0", 0, 0),
        ])
    func rounding(text: String, whole: Int64, milli: Int64) throws {
        let quantity = try Quantity(parsing: text)
        #expect(quantity.roundedUpValue == whole)
        #expect(quantity.milliValue == milli)
    }

    @Test(
        "equals by amount, whatever the form",
        arguments: [("1", "1000m"), ("1Ki", "1024"), ("1e3", "1k"), ("0.5Gi", "512Mi")])
    func equality(left: String, right: String) throws {
        let pair = (try Quantity(parsing: left), try Quantity(parsing: right))
        #expect(pair.0 == pair.1)
        #expect(pair.0.hashValue == pair.1.hashValue)
    }

    @Test(
        "adds and subtracts exactly in the left operand's form",
        arguments: [
            ("100m", "200m", "300m", "-100m"), ("1Gi", "512Mi", "1536Mi", "512Mi"), ("0", "1Gi", "1Gi", "-1Gi"),
            ("1", "1Gi", "1073741825", "-1073741823"), ("0.1", "0.2", "300m", "-100m"),
            ("1E", "1n", "1000000000000000000000000001n", "999999999999999999999999999n"),
        ])
    func arithmetic(left: String, right: String, sum: String, difference: String) throws {
        let (a, b) = (try Quantity(parsing: left), try Quantity(parsing: right))
        #expect((a + b).description == sum)
        #expect((a - b).description == difference)
        #expect(a + b - b == a)
    }

    @Test("multiplies exactly and stays at the bound")
    func multiplication() throws {
        #expect((try Quantity(parsing: "250m") * 7).description == "1750m")
        let huge = Quantity(Int.max) * Int.max
        #expect(huge * -1 < .zero)
        #expect(huge + huge == huge)
    }

    @Test("orders by amount")
    func order() throws {
        let sorted = try ["1Gi", "1G", "1", "-1", "999m", "1100m"].map { try Quantity(parsing: $0) }.sorted()
        #expect(sorted.map(\.description) == ["-1", "999m", "1", "1100m", "1G", "1Gi"])
    }
}
