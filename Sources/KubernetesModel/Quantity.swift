/// An amount of a resource, exact: `100m` of a CPU, `16Gi` of memory, `2` GPUs.
///
/// Kept as a whole number of billionths, so nothing is ever rounded except a finer fraction on reading, which is rounded
/// up as Kubernetes does. Magnitudes to about 1.7e29 can be held; arithmetic past that stays at the bound.
/// Two quantities are equal when their amounts are, however they are written.
/// Source: k8s.io/apimachinery pkg/api/resource.
package struct Quantity: Sendable {
    /// How a quantity is written; kept through arithmetic.
    package enum Format: Sendable {
        /// Suffixes n u m k M G T P E: powers of 1000.
        case decimalSI
        /// Suffixes Ki Mi Gi Ti Pi Ei: powers of 1024.
        case binarySI
        /// A decimal exponent: `1e3`.
        case decimalExponent
    }

    /// The amount in billionths.
    let nanos: Int128
    /// How the quantity is written.
    package let format: Format

    init(nanos: Int128, format: Format) {
        self.nanos = nanos
        self.format = format
    }

    /// `value` whole units.
    package init(_ value: Int, format: Format = .decimalSI) {
        self.init(nanos: Int128(value) * Self.nanosPerUnit, format: format)
    }

    /// `value` thousandths, as CPU is counted.
    package init(milliValue value: Int64, format: Format = .decimalSI) {
        self.init(nanos: Int128(value) * 1_000_000, format: format)
    }

    /// `value` units of binary format, as memory in bytes is counted.
    package init(bytes value: Int64) {
        self.init(nanos: Int128(value) * Self.nanosPerUnit, format: .binarySI)
    }

    static let nanosPerUnit: Int128 = 1_000_000_000

    /// Nothing.
    package static let zero = Quantity(0)

    /// Whether the amount is 0.
    package var isZero: Bool { nanos == 0 }
    /// -1, 0 or 1.
    package var sign: Int { nanos.signum() == 0 ? 0 : (nanos > 0 ? 1 : -1) }

    /// Whole units, a fraction rounded away from zero; at the bounds of `Int64` beyond them.
    package var roundedUpValue: Int64 { scaled(by: Self.nanosPerUnit) }
    /// Whole thousandths, a finer fraction rounded away from zero; at the bounds of `Int64` beyond them.
    package var milliValue: Int64 { scaled(by: 1_000_000) }

    private func scaled(by unit: Int128) -> Int64 {
        let (quotient, remainder) = nanos.quotientAndRemainder(dividingBy: unit)
        let rounded = remainder == 0 ? quotient : quotient + (remainder > 0 ? 1 : -1)
        return Int64(clamping: rounded)
    }
}

extension Quantity: Hashable, Comparable {
    package static func == (left: Quantity, right: Quantity) -> Bool { left.nanos == right.nanos }
    package static func < (left: Quantity, right: Quantity) -> Bool { left.nanos < right.nanos }
    package func hash(into hasher: inout Hasher) { hasher.combine(nanos) }
}

extension Quantity {
    /// The sum, in the format of the left operand, or of the right one when the left is zero.
    package static func + (left: Quantity, right: Quantity) -> Quantity {
        let (sum, overflow) = left.nanos.addingReportingOverflow(right.nanos)
        let bounded = overflow ? (left.nanos > 0 ? Int128.max : Int128.min) : sum
        return Quantity(nanos: bounded, format: left.isZero ? right.format : left.format)
    }

    /// The difference, in the format of the left operand, or of the right one when the left is zero.
    package static func - (left: Quantity, right: Quantity) -> Quantity { left + (-right) }

    /// The same amount below zero.
    package static prefix func - (value: Quantity) -> Quantity {
        Quantity(nanos: value.nanos == .min ? .max : -value.nanos, format: value.format)
    }

    /// `factor` times the amount.
    package static func * (value: Quantity, factor: Int) -> Quantity {
        let (product, overflow) = value.nanos.multipliedReportingOverflow(by: Int128(factor))
        let isNegative = (value.nanos < 0) != (factor < 0)
        return Quantity(nanos: overflow ? (isNegative ? .min : .max) : product, format: value.format)
    }

    /// Adds `right`.
    package static func += (left: inout Quantity, right: Quantity) { left = left + right }
    /// Subtracts `right`.
    package static func -= (left: inout Quantity, right: Quantity) { left = left - right }
}
