import JSON

/// Values that programs stumble over.
private let nasty: [JSONValue] = [
    nil, true, 0, -1, "", "x", "host", "9223372036854775807", "-9223372036854775808", [], .object([]), [nil],
    ["a": nil],
    JSONValue(Int.max), JSONValue(Int.min), 1.5, "$(X)", "../..", "\u{0}", "é",
]

extension JSONValue {
    /// The value with one member or element somewhere in it removed, replaced or doubled.
    package func mutated(using random: inout some RandomNumberGenerator) -> JSONValue {
        if let members, !members.isEmpty, Int.random(in: 0..<8, using: &random) > 0 {
            var changed = members.map { ($0.key, $0.value) }
            let place = Int.random(in: changed.indices, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0: changed.remove(at: place)
            case 1: changed[place].1 = Self.nastyValue(using: &random)
            case 2: changed[place].0 = changed[place].0.uppercased()
            default: changed[place].1 = changed[place].1.mutated(using: &random)
            }
            return .object(changed)
        }
        if var elements = array, !elements.isEmpty, Int.random(in: 0..<8, using: &random) > 0 {
            let place = Int.random(in: elements.indices, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0: elements.remove(at: place)
            case 1: elements.append(elements[place])
            default: elements[place] = elements[place].mutated(using: &random)
            }
            return JSONValue(elements)
        }
        return Self.nastyValue(using: &random)
    }

    private static func nastyValue(using random: inout some RandomNumberGenerator) -> JSONValue {
        nasty.randomElement(using: &random) ?? nil
    }
}
