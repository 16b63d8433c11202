/// Methods of strings. Positions count Unicode characters (scalars).
enum TextFunctions {
    /// The result; nil if the arguments do not fit.
    static func call(
        _ name: String, _ text: String, _ values: [CELValue], at offset: Int
    ) throws(CELError) -> CELValue? {
        let arguments = values.dropFirst()
        if arguments.isEmpty {
            switch name {
            case "lowerAscii": return .string(mapped(text, from: "A"..."Z", by: 32))
            case "upperAscii": return .string(mapped(text, from: "a"..."z", by: -32))
            case "trim": return .string(trimmed(text))
            default: return nil
            }
        }
        switch (name, arguments.first) {
        case ("charAt", .int(let place)?): return .string(try part(text, place, place + 1, offset, atEnd: ""))
        case ("substring", .int(let start)?):
            let end = arguments.dropFirst().first.map { $0.int ?? -1 } ?? Int64(text.unicodeScalars.count)
            return .string(try part(text, start, end, offset, atEnd: nil))
        default: break
        }
        guard case .string(let other)? = arguments.first else { return nil }
        switch name {
        case "startsWith": return .bool(text.utf8.starts(with: other.utf8))
        case "endsWith": return .bool(text.utf8.reversed().starts(with: other.utf8.reversed()))
        case "contains": return .bool(try index(of: other, in: text, isLast: false, [], offset) >= 0)
        case "matches": return .bool(try expression(other, at: offset).matches(text))
        case "find": return .string(try expression(other, at: offset).parts(of: text, limit: 1).first ?? "")
        case "findAll":
            let limit = arguments.dropFirst().first?.int ?? -1
            let found = try expression(other, at: offset).parts(of: text, limit: limit < 0 ? .max : Int(limit))
            return .list(found.map { .string($0) })
        case "indexOf", "lastIndexOf":
            return .int(try index(of: other, in: text, isLast: name == "lastIndexOf", arguments, offset))
        case "split", "replace": return try parts(name, text, other, Array(arguments.dropFirst()), offset)
        default: return nil
        }
    }

    private static func expression(_ pattern: String, at offset: Int) throws(CELError) -> RegularExpression {
        guard let expression = RegularExpression(pattern) else {
            throw CELError("error parsing regexp: `\(pattern)`", offset: offset)
        }
        return expression
    }

    private static func mapped(_ text: String, from range: ClosedRange<Unicode.Scalar>, by shift: Int) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if range.contains(scalar), let other = Unicode.Scalar(UInt32(Int(scalar.value) + shift)) {
                result.unicodeScalars.append(other)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func trimmed(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return string(scalars[first...last])
    }

    static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars)
        return text
    }

    private static func part(
        _ text: String, _ start: Int64, _ end: Int64, _ offset: Int, atEnd: String?
    ) throws(CELError) -> String {
        let scalars = Array(text.unicodeScalars)
        if let atEnd, start == Int64(scalars.count) { return atEnd }
        guard start >= 0, end >= start, end <= Int64(scalars.count) else {
            throw CELError("index out of range: \(start)", offset: offset)
        }
        return string(scalars[Int(start)..<Int(end)])
    }

    private static func index(
        of part: String, in text: String, isLast: Bool, _ arguments: ArraySlice<CELValue>, _ offset: Int
    ) throws(CELError) -> Int64 {
        let (whole, wanted) = (Array(text.unicodeScalars), Array(part.unicodeScalars))
        let bound = arguments.dropFirst().first?.int
        if let bound, bound < 0 || bound > Int64(whole.count) {
            throw CELError("index out of range: \(bound)", offset: offset)
        }
        guard wanted.count <= whole.count else { return -1 }
        let places = 0...(whole.count - wanted.count)
        func isHere(_ place: Int) -> Bool { whole[place..<place + wanted.count].elementsEqual(wanted) }
        let found =
            isLast
            ? places.last { $0 <= (bound.map { Int($0) } ?? .max) && isHere($0) }
            : places.first { $0 >= (bound.map { Int($0) } ?? 0) && isHere($0) }
        return Int64(found ?? -1)
    }

    private static func parts(
        _ name: String, _ text: String, _ separator: String, _ more: [CELValue], _ offset: Int
    ) throws(CELError) -> CELValue? {
        if name == "replace" {
            guard case .string(let replacement)? = more.first else { return nil }
            let limit = more.dropFirst().first?.int ?? -1
            return .string(
                split(text, separator, pieces: limit < 0 || limit == .max ? .max : Int(limit) + 1).joined(
                    separator: replacement))
        }
        let limit = more.first?.int ?? -1
        if limit == 0 { return .list([]) }
        return .list(split(text, separator, pieces: limit < 0 ? .max : Int(limit)).map { .string($0) })
    }

    /// Splits at a separator into at most so many pieces; an empty separator parts all characters.
    private static func split(_ text: String, _ separator: String, pieces: Int) -> [String] {
        let (whole, wanted) = (Array(text.unicodeScalars), Array(separator.unicodeScalars))
        var found: [String] = []
        var start = 0
        var place = wanted.isEmpty ? 1 : 0
        while place + wanted.count <= whole.count, found.count < pieces - 1 {
            if wanted.isEmpty, place == whole.count { break }
            if whole[place..<place + wanted.count].elementsEqual(wanted) {
                found.append(string(whole[start..<place]))
                start = place + wanted.count
                place = wanted.isEmpty ? place + 1 : start
            } else {
                place += 1
            }
        }
        return found + [string(whole[start...])]
    }
}
