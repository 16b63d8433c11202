/// The parts of a regular expression.
indirect enum PatternNode: Sendable {
    case take(ScalarSet)
    case check(RegularExpression.Assertion)
    case sequence([PatternNode])
    case either([PatternNode])
    case repeated(PatternNode, least: Int, most: Int?, isLazy: Bool)
}

/// Reads regular expressions. Source: https://github.com/google/re2 doc/syntax.txt.
struct PatternParser {
    /// The text is no regular expression that Go reads.
    struct Malformed: Error {}

    /// The letters of `(?ims)`.
    private struct Flags {
        var ignoresCase = false
        var isMultiline = false
        var dotTakesNewline = false
    }

    private static let deepest = 100
    private static let mostRepetitions = 1_000

    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0
    private var flags = Flags()
    /// Between `\Q` and `\E`.
    private var isQuoting = false

    private init(_ text: String) { scalars = Array(text.unicodeScalars) }

    static func tree(of text: String) throws(Malformed) -> PatternNode {
        var parser = PatternParser(text)
        let node = try parser.alternatives()
        guard parser.current == nil else { throw Malformed() }
        return node
    }

    // MARK: characters

    private var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func take(_ text: String) -> Bool {
        guard scalars[position...].starts(with: text.unicodeScalars) else { return false }
        position += text.unicodeScalars.count
        return true
    }

    private mutating func next() throws(Malformed) -> Unicode.Scalar {
        guard let current else { throw Malformed() }
        position += 1
        return current
    }

    /// What stands before `end`, which is passed over.
    private mutating func text(until end: Unicode.Scalar) throws(Malformed) -> String {
        guard let place = scalars[position...].firstIndex(of: end) else { throw Malformed() }
        defer { position = place + 1 }
        return TextFunctions.string(scalars[position..<place])
    }

    // MARK: structure

    private mutating func alternatives() throws(Malformed) -> PatternNode {
        depth += 1
        let outer = flags
        defer {
            depth -= 1
            flags = outer
        }
        guard depth <= Self.deepest else { throw Malformed() }
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .either(branches)
    }

    private mutating func sequence() throws(Malformed) -> PatternNode {
        var parts: [PatternNode] = []
        while let scalar = current, isQuoting || (scalar != "|" && scalar != ")") {
            if isQuoting, take("\\E") {
                isQuoting = false
                if let last = parts.popLast() { parts.append(try repeated(last)) }
            } else if !isQuoting, take("\\Q") {
                isQuoting = true
            } else if let part = try part() {
                parts.append(try repeated(part))
            }
        }
        return .sequence(parts)
    }

    private mutating func repeated(_ body: PatternNode) throws(Malformed) -> PatternNode {
        guard !isQuoting, let (least, most) = try repetition() else { return body }
        let isLazy = take("?")
        guard try repetition() == nil else { throw Malformed() }
        return .repeated(body, least: least, most: most, isLazy: isLazy)
    }

    private mutating func repetition() throws(Malformed) -> (least: Int, most: Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        let start = position
        guard take("{"), let text = try? text(until: "}") else {
            position = start
            return nil
        }
        let ends = text.split(separator: ",", omittingEmptySubsequences: false)
        guard ends.count <= 2, let least = Self.number(ends[0]),
            ends.count == 1 || ends[1].isEmpty || Self.number(ends[1]) != nil
        else {
            // Braces that count nothing stand for themselves.
            position = start
            return nil
        }
        let most = ends.count == 1 ? least : Self.number(ends[1])
        guard max(least, most ?? 0) <= Self.mostRepetitions, least <= most ?? least else { throw Malformed() }
        return (least, most)
    }

    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text) ?? .max
    }

    /// A character, class, assertion or group; nil for flags, which match nothing.
    private mutating func part() throws(Malformed) -> PatternNode? {
        let scalar = try next()
        if isQuoting { return literal(scalar) }
        switch scalar {
        case "(": return try group()
        case "[": return .take(try bracketed())
        case ".": return .take(flags.dotTakesNewline ? .everything : .inverse(.newline))
        case "^": return .check(flags.isMultiline ? .lineStart : .textStart)
        case "$": return .check(flags.isMultiline ? .lineEnd : .textEnd)
        case "*", "+", "?": throw Malformed()
        case "\\": return try escaped()
        default: return literal(scalar)
        }
    }

    private func literal(_ scalar: Unicode.Scalar) -> PatternNode { .take(folded(.one(scalar))) }

    private func folded(_ set: ScalarSet) -> ScalarSet { flags.ignoresCase ? .folded(set) : set }

    private mutating func group() throws(Malformed) -> PatternNode? {
        let outer = flags
        if take("?P<") || take("?<") {
            let name = try text(until: ">")
            guard !name.isEmpty, name.unicodeScalars.allSatisfy(ScalarSet.word.contains) else { throw Malformed() }
        } else if take("?") {
            var isOn = true
            var letter = try next()
            while letter != ":", letter != ")" {
                switch letter {
                case "-": isOn = false
                case "i": flags.ignoresCase = isOn
                case "m": flags.isMultiline = isOn
                case "s": flags.dotTakesNewline = isOn
                default: throw Malformed()
                }
                letter = try next()
            }
            if letter == ")" { return nil }
        }
        let body = try alternatives()
        guard take(")") else { throw Malformed() }
        flags = outer
        return body
    }

    // MARK: classes and escapes

    private mutating func escaped() throws(Malformed) -> PatternNode {
        switch current {
        case "A": position += 1; return .check(.textStart)
        case "z": position += 1; return .check(.textEnd)
        case "b": position += 1; return .check(.wordBoundary)
        case "B": position += 1; return .check(.noWordBoundary)
        default: return .take(folded(try escapedSet()))
        }
    }

    private mutating func escapedSet() throws(Malformed) -> ScalarSet {
        let scalar = try next()
        switch scalar {
        case "d": return .digit
        case "D": return .inverse(.digit)
        case "w": return .word
        case "W": return .inverse(.word)
        case "s": return .space
        case "S": return .inverse(.space)
        case "p": return try category()
        case "P": return .inverse(try category())
        case "a": return .one("\u{07}")
        case "f": return .one("\u{0C}")
        case "n": return .one("\n")
        case "r": return .one("\r")
        case "t": return .one("\t")
        case "v": return .one("\u{0B}")
        case "x":
            let digits = take("{") ? try text(until: "}") : TextFunctions.string([try next(), try next()])
            return .one(try Self.character(digits, radix: 16))
        case "0": return .one(try Self.character("0" + octalDigits(2), radix: 8))
        case "1"..."7":
            let digits = octalDigits(2)
            guard !digits.isEmpty else { throw Malformed() }
            return .one(try Self.character(String(scalar) + digits, radix: 8))
        default:
            guard scalar.value < 0x80, !ScalarSet.word.contains(scalar) || scalar == "_" else { throw Malformed() }
            return .one(scalar)
        }
    }

    private mutating func octalDigits(_ most: Int) -> String {
        let digits = scalars[position...].prefix(most).prefix { $0 >= "0" && $0 <= "7" }
        position += digits.count
        return TextFunctions.string(digits)
    }

    private static func character(_ digits: String, radix: Int) throws(Malformed) -> Unicode.Scalar {
        guard let first = digits.first, first != "+", first != "-", let value = UInt32(digits, radix: radix),
            let scalar = Unicode.Scalar(value)
        else { throw Malformed() }
        return scalar
    }

    private mutating func category() throws(Malformed) -> ScalarSet {
        var name = take("{") ? try text(until: "}") : String(try next())
        let isInverse = name.hasPrefix("^")
        if isInverse { name.removeFirst() }
        guard ScalarSet.categories.values.contains(where: { !name.isEmpty && $0.hasPrefix(name) }) else {
            throw Malformed()
        }
        return isInverse ? .inverse(.category(name)) : .category(name)
    }

    private mutating func bracketed() throws(Malformed) -> ScalarSet {
        let isInverse = take("^")
        var sets: [ScalarSet] = []
        repeat {
            let first = try member()
            guard case .range(let low, let last) = first, low == last, current == "-", scalars.count > position + 1,
                scalars[position + 1] != "]"
            else {
                sets.append(first)
                continue
            }
            position += 1
            guard case .range(let high, let end) = try member(), high == end, low <= high else { throw Malformed() }
            sets.append(.range(low, high))
        } while !take("]")
        let set = folded(.union(sets))
        return isInverse ? .inverse(set) : set
    }

    private mutating func member() throws(Malformed) -> ScalarSet {
        if take("[:") {
            let isInverse = take("^")
            guard let set = ScalarSet.named[try text(until: ":")], take("]") else { throw Malformed() }
            return isInverse ? .inverse(set) : set
        }
        let scalar = try next()
        return scalar == "\\" ? try escapedSet() : .one(scalar)
    }
}
