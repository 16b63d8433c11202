extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    /// `null`. Where an optional value is wanted, `nil` is the absent value: write ``null`` there.
    package init(nilLiteral: ()) { node = .null }

    /// `true` or `false`.
    package init(booleanLiteral value: Bool) { self.init(value) }

    /// An integer.
    package init(integerLiteral value: Int) { self.init(value) }

    /// A number.
    package init(floatLiteral value: Double) { self.init(value) }

    /// A string.
    package init(stringLiteral value: String) { self.init(value) }

    /// An array.
    package init(arrayLiteral elements: JSONValue...) { self.init(elements) }

    /// An object in the order written; of the same name the last counts.
    package init(dictionaryLiteral members: (String, JSONValue)...) { self = .object(members) }
}
