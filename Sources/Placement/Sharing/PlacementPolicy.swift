/// Rules with weights, and what to do between equals.
package struct PlacementPolicy: Sendable {
    /// A rule and how much it counts.
    package struct Term: Sendable {
        /// The rule.
        package var rule: any PlacementRule
        /// What its costs are multiplied with.
        package var weight: Double

        /// A rule that counts `weight`.
        package init(_ rule: any PlacementRule, weight: Double = 1) {
            self.rule = rule
            self.weight = weight
        }
    }

    /// What is added up.
    package var terms: [Term]
    /// Costs are rounded up to multiples of this; 0 compares them as they are.
    package var resolution: Double
    /// Chooses among equals with this seed; `nil` takes the first node.
    package var randomTies: UInt64?

    /// A policy of the given terms.
    package init(_ terms: [Term], resolution: Double = 0, randomTies: UInt64? = nil) {
        self.terms = terms
        self.resolution = resolution
        self.randomTies = randomTies
    }

    /// Rules by name. Each name is also the name of a policy of that rule alone.
    package static let rules: [(name: String, make: @Sendable () -> any PlacementRule)] = [
        ("fragmentation", { FragmentationRule() }), ("starvation", { StarvationRule() }),
        ("device-waste", { DeviceWasteRule() }), ("model-scarcity", { ModelScarcityRule() }),
        ("best-fit", { BestFitRule() }), ("dot-product", { DotProductRule() }), ("packing", { PackingRule() }),
        ("clustering", { ClusteringRule() }), ("spread", { SpreadRule() }), ("heterogeneity", { HeterogeneityRule() }),
    ]

    /// The default: whole devices first, then fragments and starvation, and no more of a scarce model than needed.
    ///
    /// A waste of device is worth more than any fragmentation, so the first weight only has to be large.
    package static let balanced = PlacementPolicy([
        Term(DeviceWasteRule(), weight: 20), Term(FragmentationRule(), weight: 0.5),
        Term(StarvationRule(), weight: 0.5), Term(ModelScarcityRule()),
    ])

    /// The policy called `text`: `balanced`, `fgd`, `random`, a rule, or rules with weights as in
    /// `fragmentation=0.5,starvation=0.5`. `nil` if a name is unknown or a weight is no number.
    package init?(named text: String, seed: UInt64 = 0) {
        switch text {
        case "balanced": self = .balanced
        // Ties decide much of what the published rule achieves: see docs/placement.md.
        case "fgd": self.init([Term(FragmentationRule())], resolution: 20)
        case "random": self.init([], randomTies: seed)
        default:
            var terms: [Term] = []
            for part in text.split(separator: ",") {
                let pair = part.split(separator: "=", maxSplits: 1)
                guard let name = pair.first, let rule = Self.rules.first(where: { $0.name == name })?.make(),
                    let weight = pair.count == 2 ? Double(pair[1]) : 1, weight.isFinite
                else { return nil }
                terms.append(Term(rule, weight: weight))
            }
            guard !terms.isEmpty else { return nil }
            self.init(terms)
        }
    }
}
