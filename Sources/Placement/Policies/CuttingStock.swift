/// The fewest devices that hold a demand for shares, as a linear program solved by column generation.
///
/// Revised simplex on the covering program: a basis of cutting patterns, prices from it, and the best new pattern by a
/// knapsack over 1000 thousandths. At most ``largestSizeCount`` sizes and ``largestStepCount`` steps, so it ends in
/// milliseconds; stopping early leaves prices that are too high, never unusable.
struct CuttingStock {
    static let largestSizeCount = 48
    static let largestStepCount = 400
    private static let capacity = 1000
    private static let tolerance = 1e-7

    private let sizes: [Int]
    /// The inverse of the basis, row by row, and how often each of its patterns is cut.
    private var inverse: [[Double]]
    private var uses: [Double]

    /// A demand in devices by size. The sizes with the largest demand count if there are too many.
    init(_ demand: [Int32: Double]) {
        let kept = demand.filter { $0.value > 0 && (1..<1000).contains($0.key) }
            .sorted { ($0.value * Double($0.key), $0.key) > ($1.value * Double($1.key), $1.key) }
            .prefix(Self.largestSizeCount).sorted { $0.key < $1.key }
        sizes = kept.map { Int($0.key) }
        let full = sizes.map { Double(Self.capacity / $0) }
        inverse = full.indices.map { row in full.indices.map { $0 == row ? 1 / full[row] : 0 } }
        uses = zip(kept, full).map { $0.value / $1 }
    }

    /// The value of 0…1000 free thousandths as a part of a device: what the best combination of shares in it is worth.
    mutating func solve() -> [Double] {
        var worth = best().worth
        for _ in 0..<Self.largestStepCount {
            let (values, pattern) = best()
            worth = values
            guard values[Self.capacity] > 1 + Self.tolerance, exchange(pattern) else { break }
        }
        worth[Self.capacity] = 1
        return worth
    }

    /// The knapsack at the current prices: values of all amounts, and how often each size is in the best full pattern.
    private func best() -> (worth: [Double], pattern: [Double]) {
        let prices = sizes.indices.map { column in max(0, inverse.reduce(0) { $0 + $1[column] }) }
        var worth = [Double](repeating: 0, count: Self.capacity + 1)
        var last = [Int](repeating: -1, count: Self.capacity + 1)
        for amount in 1...Self.capacity {
            worth[amount] = worth[amount - 1]
            for (index, size) in sizes.enumerated() {
                guard size <= amount else { break }
                let value = worth[amount - size] + prices[index]
                if value > worth[amount] + 1e-12 {
                    worth[amount] = value
                    last[amount] = index
                }
            }
        }
        var pattern = [Double](repeating: 0, count: sizes.count)
        var amount = Self.capacity
        while amount > 0 {
            if last[amount] < 0 {
                amount -= 1
            } else {
                pattern[last[amount]] += 1
                amount -= sizes[last[amount]]
            }
        }
        return (worth, pattern)
    }

    /// Takes a pattern into the basis for the one that runs out first. Returns false if none does.
    private mutating func exchange(_ pattern: [Double]) -> Bool {
        let change = inverse.map { row in zip(row, pattern).reduce(0) { $0 + $1.0 * $1.1 } }
        let candidates = uses.indices.filter { change[$0] > 1e-9 }
        guard let leaving = candidates.min(by: { uses[$0] / change[$0] < uses[$1] / change[$1] }) else { return false }
        let amount = uses[leaving] / change[leaving]
        for row in uses.indices where row != leaving { uses[row] -= amount * change[row] }
        uses[leaving] = amount
        inverse[leaving] = inverse[leaving].map { $0 / change[leaving] }
        for row in uses.indices where row != leaving && change[row] != 0 {
            for column in uses.indices { inverse[row][column] -= change[row] * inverse[leaving][column] }
        }
        return true
    }
}
