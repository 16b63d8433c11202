package import JSON

/// Why a text is no quantity.
package struct QuantityError: Error, CustomStringConvertible, Equatable {
    /// The text.
    package var text: String
    /// What is wrong with it.
    package var problem: String

    package var description: String { "\"\(text)\" is not a quantity: \(problem)" }
}

extension Quantity: CustomStringConvertible {
    /// Reads a quantity: a sign, digits with at most one point, and a suffix or exponent.
    ///
    /// Finer fractions than billionths are rounded away from zero. An amount with a binary suffix is capped at 2^63-1.
    /// Throws ``QuantityError``.
    package init(parsing text: String) throws(QuantityError) {
        self = try QuantityParser(text).parse()
    }

    /// Reads a quantity as ``init(parsing:)``; nil if the text is none.
    package init?(_ text: String) {
        guard let parsed = try? QuantityParser(text).parse() else { return nil }
        self = parsed
    }

    /// Reads a quantity from JSON: a string or a number.
    package init?(json: JSONView) {
        guard let text = json.string ?? json.numberText else { return nil }
        self.init(text)
    }

    /// The canonical form of apimachinery: no fraction, the largest suffix that keeps the number whole.
    package var description: String {
        if nanos == 0 { return "0" }
        let magnitude = nanos.magnitude
        let unit = UInt128(Self.nanosPerUnit)
        let sign = nanos < 0 ? "-" : ""
        if format == .binarySI, magnitude >= 1024 * unit, magnitude % unit == 0 {
            return sign + Self.binary(magnitude / unit)
        }
        return sign + Self.decimal(magnitude, isExponent: format == .decimalExponent)
    }

    private static func binary(_ units: UInt128) -> String {
        let suffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]
        var number = units
        var index = 0
        while number % 1024 == 0, index < suffixes.count - 1 {
            number /= 1024
            index += 1
        }
        return String(number) + suffixes[index]
    }

    private static func decimal(_ nanos: UInt128, isExponent: Bool) -> String {
        let suffixes = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"]
        var number = nanos
        var index = 0
        while number % 1000 == 0, isExponent || index < suffixes.count - 1 {
            number /= 1000
            index += 1
        }
        guard isExponent else { return String(number) + suffixes[index] }
        return String(number) + (index == 3 ? "" : "e\(index * 3 - 9)")
    }

    /// The quantity as JSON: a string in canonical form.
    package var value: JSONValue { JSONValue(description) }
}

/// Reads one quantity. The grammar is in apimachinery's `Quantity` documentation.
struct QuantityParser {
    private let text: String
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) {
        self.text = text
        bytes = Array(text.utf8)
    }

    private enum Scale {
        case decimal(Int)
        case binary(Int)
        case exponent(Int)
    }

    func parse() throws(QuantityError) -> Quantity {
        var copy = self
        return try copy.run()
    }

    private mutating func run() throws(QuantityError) -> Quantity {
        var isNegative = false
        if position < bytes.count, bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+") {
            isNegative = bytes[position] == UInt8(ascii: "-")
            position += 1
        }
        let whole = digits()
        var fraction: ArraySlice<UInt8> = []
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            fraction = digits()
        }
        guard !whole.isEmpty || !fraction.isEmpty else {
            throw QuantityError(
                text: text, problem: "it must match ^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$")
        }
        let scale = try suffix()
        let nanos: Int128
        var format: Quantity.Format
        switch scale {
        case .decimal(let power):
            (nanos, format) = (try decimalNanos(whole, fraction, power), .decimalSI)
        case .exponent(let power):
            (nanos, format) = (try decimalNanos(whole, fraction, power), .decimalExponent)
        case .binary(let shift):
            nanos = try binaryNanos(whole, fraction, shift)
            // Kubernetes writes amounts below one as decimals, to avoid confusion.
            format = nanos > 0 && nanos < Quantity.nanosPerUnit ? .decimalSI : .binarySI
        }
        return Quantity(nanos: isNegative ? -nanos : nanos, format: format)
    }

    private mutating func digits() -> ArraySlice<UInt8> {
        let start = position
        while position < bytes.count, bytes[position] >= 0x30, bytes[position] <= 0x39 { position += 1 }
        return bytes[start..<position]
    }

    private func suffix() throws(QuantityError) -> Scale {
        let rest = String(decoding: bytes[position...], as: UTF8.self)
        switch rest {
        case "n": return .decimal(-9)
        case "u": return .decimal(-6)
        case "m": return .decimal(-3)
        case "": return .decimal(0)
        case "k": return .decimal(3)
        case "M": return .decimal(6)
        case "G": return .decimal(9)
        case "T": return .decimal(12)
        case "P": return .decimal(15)
        case "E": return .decimal(18)
        case "Ki": return .binary(10)
        case "Mi": return .binary(20)
        case "Gi": return .binary(30)
        case "Ti": return .binary(40)
        case "Pi": return .binary(50)
        case "Ei": return .binary(60)
        default: break
        }
        if rest.hasPrefix("e") || rest.hasPrefix("E"), let power = Int32(rest.dropFirst()) {
            return .exponent(Int(power))
        }
        throw QuantityError(
            text: text, problem: "unknown suffix \"\(rest)\"; use n u m k M G T P E, Ki Mi Gi Ti Pi Ei or an exponent")
    }

    private func tooLarge() -> QuantityError {
        QuantityError(text: text, problem: "it is larger than 10^29")
    }

    /// whole.fraction x 10^power in billionths, rounded up.
    private func decimalNanos(
        _ whole: ArraySlice<UInt8>, _ fraction: ArraySlice<UInt8>, _ power: Int
    ) throws(QuantityError) -> Int128 {
        let all = (whole + fraction).drop { $0 == 0x30 }
        guard !all.isEmpty else { return 0 }
        // The value is all x 10^(power - fraction digits); shift it to billionths.
        let shift = power - fraction.count + 9
        let kept = max(0, min(all.count, all.count + shift))
        guard kept + max(0, shift) <= 38 else { throw tooLarge() }
        var nanos: Int128 = 0
        for digit in all.prefix(kept) {
            let (product, overflow) = nanos.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int128(digit - 0x30))
            guard !overflow, !carry else { throw tooLarge() }
            nanos = sum
        }
        if shift >= 0 {
            for _ in 0..<shift {
                let (product, overflow) = nanos.multipliedReportingOverflow(by: 10)
                guard !overflow else { throw tooLarge() }
                nanos = product
            }
        } else if all.dropFirst(kept).contains(where: { $0 != 0x30 }) || (kept == 0 && shift < 0) {
            nanos += 1
        }
        return nanos
    }

    /// whole.fraction x 2^shift in billionths, rounded up and capped at 2^63-1 units.
    private func binaryNanos(
        _ whole: ArraySlice<UInt8>, _ fraction: ArraySlice<UInt8>, _ shift: Int
    ) throws(QuantityError) -> Int128 {
        let cap = Int128(Int64.max) * Quantity.nanosPerUnit
        var units: Int128 = 0
        for digit in whole {
            units = min(units * 10 + Int128(digit - 0x30), Int128(Int64.max))
        }
        let (scaled, overflow) = (units << Int128(shift)).multipliedReportingOverflow(by: Quantity.nanosPerUnit)
        guard !overflow, units <= Int128(Int64.max) >> Int128(shift), scaled < cap else { return cap }
        // fraction x 2^shift in billionths by long division of its digits, which may be many.
        guard fraction.count <= 1000 else {
            throw QuantityError(text: text, problem: "it has more than 1000 digits after the point")
        }
        var remainderDigits = Array(fraction.map { Int($0 - 0x30) })
        var fractionNanos: Int128 = 0
        // Multiply the decimal fraction by 2^shift, then by 10^9, taking the whole part each time.
        fractionNanos = Self.takeWhole(&remainderDigits, times: Int128(1) << Int128(shift)) * Quantity.nanosPerUnit
        fractionNanos += Self.takeWhole(&remainderDigits, times: Quantity.nanosPerUnit)
        if remainderDigits.contains(where: { $0 != 0 }) { fractionNanos += 1 }
        return min(scaled + fractionNanos, cap)
    }

    /// Multiplies the decimal fraction by `factor`, leaves its fraction in place and answers its whole part.
    private static func takeWhole(_ fraction: inout [Int], times factor: Int128) -> Int128 {
        var carry: Int128 = 0
        for index in fraction.indices.reversed() {
            let product = Int128(fraction[index]) * factor + carry
            fraction[index] = Int(product % 10)
            carry = product / 10
        }
        return carry
    }
}
