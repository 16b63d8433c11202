package import JSON

/// A number of pods, or a percentage of them: `2` or `"25%"`. Source: apimachinery pkg/util/intstr.
package struct Share: Sendable, Hashable {
    /// The number, or the percentage.
    var value: Int
    var isPercentage: Bool

    /// Reads a share; nil for anything else.
    package init?(json: JSONView?) {
        guard let json, let value = json.int ?? json.string.flatMap({ $0.last == "%" ? Int($0.dropLast()) : nil })
        else { return nil }
        self.value = value
        isPercentage = json.int == nil
    }

    /// How many that is of `total`, a fraction rounded up or down.
    package func count(of total: Int, roundedUp: Bool) -> Int {
        isPercentage ? (value * total + (roundedUp ? 99 : 0)) / 100 : value
    }
}
