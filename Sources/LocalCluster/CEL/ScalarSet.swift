/// The characters that one place of a regular expression takes.
indirect enum ScalarSet: Sendable {
    case range(Unicode.Scalar, Unicode.Scalar)
    /// A general category, `L` or `Lu`.
    case category(String)
    case union([ScalarSet])
    case inverse(ScalarSet)
    /// With what differs from it in case only.
    case folded(ScalarSet)

    static let digit = ScalarSet.range("0", "9")
    static let word = ScalarSet.union([digit, .range("a", "z"), .range("A", "Z"), .one("_")])
    static let space = ScalarSet.union([.range("\t", "\n"), .range("\u{0C}", "\r"), .one(" ")])
    static let newline = ScalarSet.one("\n")
    static let everything = ScalarSet.inverse(.union([]))

    static func one(_ scalar: Unicode.Scalar) -> ScalarSet { .range(scalar, scalar) }

    /// The classes in brackets, such as `[[:alpha:]]`.
    static let named: [String: ScalarSet] = [
        "alnum": .union([digit, .range("a", "z"), .range("A", "Z")]),
        "alpha": .union([.range("a", "z"), .range("A", "Z")]), "ascii": .range("\0", "\u{7F}"),
        "blank": .union([.one("\t"), .one(" ")]), "cntrl": .union([.range("\0", "\u{1F}"), .one("\u{7F}")]),
        "digit": digit, "graph": .range("!", "~"), "lower": .range("a", "z"), "print": .range(" ", "~"),
        "punct": .union([.range("!", "/"), .range(":", "@"), .range("[", "`"), .range("{", "~")]),
        "space": .union([.range("\t", "\r"), .one(" ")]), "upper": .range("A", "Z"), "word": word,
        "xdigit": .union([digit, .range("a", "f"), .range("A", "F")]),
    ]

    /// General categories by the names that Unicode gives them in two letters.
    static let categories: [Unicode.GeneralCategory: String] = [
        .uppercaseLetter: "Lu", .lowercaseLetter: "Ll", .titlecaseLetter: "Lt", .modifierLetter: "Lm",
        .otherLetter: "Lo", .nonspacingMark: "Mn", .spacingMark: "Mc", .enclosingMark: "Me", .decimalNumber: "Nd",
        .letterNumber: "Nl", .otherNumber: "No", .connectorPunctuation: "Pc", .dashPunctuation: "Pd",
        .openPunctuation: "Ps", .closePunctuation: "Pe", .initialPunctuation: "Pi", .finalPunctuation: "Pf",
        .otherPunctuation: "Po", .mathSymbol: "Sm", .currencySymbol: "Sc", .modifierSymbol: "Sk", .otherSymbol: "So",
        .spaceSeparator: "Zs", .lineSeparator: "Zl", .paragraphSeparator: "Zp", .control: "Cc", .format: "Cf",
        .surrogate: "Cs", .privateUse: "Co",
    ]

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        switch self {
        case .range(let first, let last): first <= scalar && scalar <= last
        case .category(let name): Self.categories[scalar.properties.generalCategory]?.hasPrefix(name) ?? false
        case .union(let sets): sets.contains { $0.contains(scalar) }
        case .inverse(let set): !set.contains(scalar)
        case .folded(let set):
            set.contains(scalar)
                || [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping].contains { mapped in
                    mapped.unicodeScalars.count == 1 && mapped.unicodeScalars.allSatisfy(set.contains)
                }
        }
    }
}
