import JSON

/// A generator of pseudo-random numbers with a seed (SplitMix64), so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Makes random values and random ways to write them.
struct JSONGenerator {
    var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    static let names = ["a", "b", "c", "metadata", "spec", "", "~/", "é", "e\u{301}", "\"q\"", "0", "-", "日本", "😀"]
    static let strings = [
        "", "x", "kubedl", "exactly8", "exactly15 bytes", "a \"quoted\" \\ text", "tab\tnewline\n", "\u{0}\u{1F}", "é",
        "日本語",
        "😀 and more than sixteen bytes", "null", "\u{7F}\u{80}\u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}",
    ]
    static let numbers = [
        "0", "-0", "1", "-1", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "1.0", "1e2", "0.1",
        "123456789012345678901234567890.5", "1E-7", "-2.50", "1e400",
    ]

    mutating func value(depth: Int = 4) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &random) {
        case 0: return .null
        case 1: return JSONValue(Bool.random(using: &random))
        case 2: return JSONValue(Int.random(in: -1000...1000, using: &random))
        case 3: return (try? JSONValue(numberText: pick(Self.numbers))) ?? .null
        case 4: return JSONValue(pick(Self.strings))
        case 5: return JSONValue((0..<size()).map { _ in value(depth: depth - 1) })
        default: return .object((0..<size()).map { _ in (pick(Self.names), value(depth: depth - 1)) })
        }
    }

    /// The value with a few of its parts changed.
    mutating func changed(_ value: JSONValue) -> JSONValue {
        guard Int.random(in: 0..<6, using: &random) > 0 else { return self.value(depth: 2) }
        if let elements = value.array {
            var changed = elements.map { Bool.random(using: &random) ? $0 : self.changed($0) }
            if Bool.random(using: &random) { changed.append(self.value(depth: 1)) }
            if Bool.random(using: &random), !changed.isEmpty {
                changed.remove(at: Int.random(in: 0..<changed.count, using: &random))
            }
            return JSONValue(changed)
        }
        guard let members = value.members else { return value }
        var changed = members.map { ($0.key, Bool.random(using: &random) ? $0.value : self.changed($0.value)) }
        if Bool.random(using: &random), !changed.isEmpty { changed.removeFirst() }
        if Bool.random(using: &random) { changed.append((pick(Self.names), self.value(depth: 1))) }
        return .object(changed.shuffled(using: &random))
    }

    /// A text for the value with spaces and escapes that nobody needs.
    mutating func text(of value: JSONValue) -> String {
        let space = [" ", "", "\n", "\t\r\n", "          "]
        func joined(_ parts: [String], _ open: String, _ close: String) -> String {
            open + parts.joined(separator: ",") + close
        }
        if let elements = value.array {
            let parts = elements.map { pick(space) + text(of: $0) + pick(space) }
            return joined(parts, "[", "]")
        }
        if let members = value.members {
            let parts = members.map {
                pick(space) + quoted($0.key) + pick(space) + ":" + pick(space) + text(of: $0.value)
            }
            return joined(parts, "{", pick(space) + "}")
        }
        return value.string.map { quoted($0) } ?? value.text
    }

    private mutating func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            let isPlain = scalar.value >= 0x20 && scalar != "\"" && scalar != "\\"
            if isPlain, Int.random(in: 0..<3, using: &random) > 0 {
                out.unicodeScalars.append(scalar)
            } else {
                for unit in UTF16.encode(scalar).map({ $0 }) ?? .init() {
                    let digits = String(unit, radix: 16, uppercase: Bool.random(using: &random))
                    out += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
                }
            }
        }
        return out + "\""
    }

    private mutating func size() -> Int {
        Int.random(in: 0..<10, using: &random) == 0 ? 20 : Int.random(in: 0...4, using: &random)
    }

    mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: 0..<choices.count, using: &random)]
    }
}
