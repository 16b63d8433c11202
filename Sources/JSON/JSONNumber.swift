/// Numbers as text: exact integers and exact comparison.
enum JSONNumber {
    /// The value of a validated integer text; `nil` if it does not fit.
    static func integer(_ digits: ArraySlice<UInt8>) -> Int? {
        let isNegative = digits.first == Byte.minus
        var value = 0
        for digit in digits.dropFirst(isNegative ? 1 : 0) {
            let (scaled, overflowed) = value.multipliedReportingOverflow(by: 10)
            let part = Int(digit &- Byte.zero)
            let (next, overflowedToo) =
                isNegative ? scaled.subtractingReportingOverflow(part) : scaled.addingReportingOverflow(part)
            guard !overflowed, !overflowedToo else { return nil }
            value = next
        }
        return value
    }

    /// A number's value as digits and a power of ten, the same for every way to write it.
    ///
    /// `1.20e3`, `1200` and `12e2` are all `12` times ten to the `2`. Zero, also `-0.0`, has no digits.
    struct Exact: Hashable {
        var isNegative = false
        /// Without zeros at either end.
        var digits: [UInt8] = []
        /// An exponent that does not fit is held at the limit, where no digits can bring it back.
        var exponent = 0
    }

    /// The exact value of a validated number text.
    static func exact(_ text: some Sequence<UInt8>) -> Exact {
        var exact = Exact()
        var exponent = 0
        var isExponentNegative = false
        var fraction = 0
        var part = 0
        for byte in text {
            switch byte {
            case Byte.minus where part == 2: isExponentNegative = true
            case Byte.minus: exact.isNegative = true
            case Byte.dot: part = 1
            case 0x45, 0x65: part = 2
            case Byte.plus: break
            default:
                guard part < 2 else {
                    exponent = min(exponent * 10 + Int(byte &- Byte.zero), 1 << 48)
                    continue
                }
                if part == 1 { fraction += 1 }
                if !exact.digits.isEmpty || byte != Byte.zero { exact.digits.append(byte) }
            }
        }
        guard !exact.digits.isEmpty else { return Exact() }
        exact.exponent = (isExponentNegative ? -exponent : exponent) - fraction
        while exact.digits.last == Byte.zero {
            exact.digits.removeLast()
            exact.exponent += 1
        }
        return exact
    }
}
