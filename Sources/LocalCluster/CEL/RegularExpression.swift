/// A regular expression as Go's package regexp reads it. Matching follows all alternatives at once, so that its time is
/// bounded by the length of the text times ``size``; there is no backtracking. Source: https://github.com/google/re2
/// doc/syntax.txt, without scripts in `\p{…}`; Thompson's construction.
package struct RegularExpression: Sendable {
    enum Instruction: Sendable {
        case take(ScalarSet)
        case check(Assertion)
        /// Goes on at both places; what begins at the first wins.
        case fork(Int, Int)
        case jump(Int)
        case match
    }

    enum Assertion: Sendable { case textStart, textEnd, lineStart, lineEnd, wordBoundary, noWordBoundary }

    /// Most instructions of one expression; Go has a limit of its own for what repetitions make of it.
    private static let largestSize = 4_000

    private(set) var program: [Instruction] = []
    private var work = 0

    /// How many states it has at most at one place of a text, 1...4,001.
    package var size: Int { program.count }

    /// Nil if `pattern` is no regular expression, or one that is too large.
    package init?(_ pattern: String) {
        do throws(PatternParser.Malformed) {
            try emit(try PatternParser.tree(of: pattern))
            program.append(.match)
        } catch { return nil }
    }

    private mutating func emit(_ node: PatternNode) throws(PatternParser.Malformed) {
        work += 1
        guard program.count < Self.largestSize, work < 4 * Self.largestSize else { throw .init() }
        switch node {
        case .take(let set): program.append(.take(set))
        case .check(let assertion): program.append(.check(assertion))
        case .sequence(let nodes): for part in nodes { try emit(part) }
        case .either(let branches):
            var jumps: [Int] = []
            for branch in branches.dropLast() {
                let fork = program.count
                program.append(.match)
                try emit(branch)
                jumps.append(program.count)
                program.append(.match)
                program[fork] = .fork(fork + 1, program.count)
            }
            if let last = branches.last { try emit(last) }
            for jump in jumps { program[jump] = .jump(program.count) }
        case .repeated(let body, let least, let most, let isLazy):
            try emit(body, least, most, isLazy: isLazy)
        }
    }

    private mutating func emit(
        _ body: PatternNode, _ least: Int, _ most: Int?, isLazy: Bool
    ) throws(PatternParser.Malformed) {
        var skips: [Int] = []
        for _ in 0..<(most == nil ? max(0, least - 1) : least) { try emit(body) }
        for _ in 0..<(most.map { $0 - least } ?? (least == 0 ? 1 : 0)) {
            skips.append(program.count)
            program.append(.match)
            if most != nil { try emit(body) }
        }
        if most == nil {
            let start = program.count
            try emit(body)
            let end = program.count + 1
            program.append(isLazy ? .fork(end, start) : .fork(start, end))
        }
        for skip in skips {
            program[skip] = isLazy ? .fork(program.count, skip + 1) : .fork(skip + 1, program.count)
        }
    }

    /// Whether a part of `text` matches.
    package func matches(_ text: String) -> Bool { firstMatch(in: Array(text.unicodeScalars), from: 0) != nil }

    /// The parts of `text` that match, one after another, at most `limit`.
    package func parts(of text: String, limit: Int) -> [String] {
        let scalars = Array(text.unicodeScalars)
        var found: [String] = []
        var start = 0
        var previousEnd: Int?
        while found.count < limit, start <= scalars.count, let match = firstMatch(in: scalars, from: start) {
            if !match.isEmpty || match.lowerBound != previousEnd {
                found.append(TextFunctions.string(scalars[match]))
                previousEnd = match.upperBound
            }
            start = match.isEmpty ? match.upperBound + 1 : match.upperBound
        }
        return found
    }

    /// The match that begins first; of several the one that the pattern prefers.
    private func firstMatch(in text: [Unicode.Scalar], from start: Int) -> Range<Int>? {
        var states = PatternStates(program: program, text: text)
        var current: [PatternStates.State] = []
        var found: Range<Int>?
        for place in start...text.count {
            if found == nil { states.add(0, begun: place, at: place, to: &current) }
            if current.isEmpty, found != nil { break }
            var next: [PatternStates.State] = []
            states: for state in current {
                switch program[state.position] {
                case .take(let set) where place < text.count && set.contains(text[place]):
                    states.add(state.position + 1, begun: state.begun, at: place + 1, to: &next)
                case .match:
                    found = state.begun..<place
                    break states
                default: break
                }
            }
            current = next
        }
        return found
    }
}

/// Where a match can stand at one place of a text.
private struct PatternStates {
    struct State {
        var position: Int
        /// Where its match begins.
        var begun: Int
    }

    let program: [RegularExpression.Instruction]
    let text: [Unicode.Scalar]
    /// The last place at which each instruction was reached, so that none is followed twice.
    private var reached: [Int]

    init(program: [RegularExpression.Instruction], text: [Unicode.Scalar]) {
        self.program = program
        self.text = text
        reached = Array(repeating: -1, count: program.count)
    }

    /// Adds what `position` leads to without taking a character, what is preferred first.
    mutating func add(_ position: Int, begun: Int, at place: Int, to states: inout [State]) {
        var pending = [position]
        while let position = pending.popLast() {
            guard reached[position] != place else { continue }
            reached[position] = place
            switch program[position] {
            case .take, .match: states.append(State(position: position, begun: begun))
            case .jump(let target): pending.append(target)
            case .fork(let first, let second): pending += [second, first]
            case .check(let assertion): if holds(assertion, at: place) { pending.append(position + 1) }
            }
        }
    }

    private func holds(_ assertion: RegularExpression.Assertion, at place: Int) -> Bool {
        let (before, after) = (place > 0 ? text[place - 1] : nil, place < text.count ? text[place] : nil)
        func isWord(_ scalar: Unicode.Scalar?) -> Bool { scalar.map(ScalarSet.word.contains) ?? false }
        return switch assertion {
        case .textStart: before == nil
        case .textEnd: after == nil
        case .lineStart: before == nil || before == "\n"
        case .lineEnd: after == nil || after == "\n"
        case .wordBoundary: isWord(before) != isWord(after)
        case .noWordBoundary: isWord(before) == isWord(after)
        }
    }
}
