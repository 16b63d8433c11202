package import JSON

/// Amounts of named resources: `cpu`, `memory`, `nvidia.com/gpu`. A name that is absent counts as zero.
package struct ResourceList: Sendable, Hashable, CustomStringConvertible {
    /// Names and amounts, sorted by name.
    private var entries: [Entry] = []

    private struct Entry: Sendable, Hashable {
        var name: String
        var amount: Quantity
    }

    /// No resources.
    package init() {}

    /// The given amounts.
    package init(_ amounts: [String: Quantity]) {
        entries = amounts.map { Entry(name: $0.key, amount: $0.value) }.sorted { $0.name < $1.name }
    }

    /// Reads a list such as `resources.requests`. Amounts that are no quantities are left out: the server refuses them.
    package init(json: JSONView?) {
        guard let json else { return }
        for (name, value) in json.members {
            if let amount = Quantity(json: value) { self[name] = amount }
        }
    }

    private func position(of name: String) -> (index: Int, found: Bool) {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].name < name { low = middle + 1 } else { high = middle }
        }
        return (low, low < entries.count && entries[low].name == name)
    }

    /// The amount of `name`; nil if it is not listed. Setting nil removes it.
    package subscript(_ name: String) -> Quantity? {
        get {
            let (index, found) = position(of: name)
            return found ? entries[index].amount : nil
        }
        set {
            let (index, found) = position(of: name)
            switch (newValue, found) {
            case (let amount?, true): entries[index].amount = amount
            case (let amount?, false): entries.insert(Entry(name: name, amount: amount), at: index)
            case (nil, true): entries.remove(at: index)
            case (nil, false): break
            }
        }
    }

    /// The amount of `name`, zero if it is not listed.
    package func amount(of name: String) -> Quantity { self[name] ?? .zero }

    /// The names in order.
    package var names: [String] { entries.map(\.name) }
    /// Names and amounts in order of names.
    package var pairs: [(name: String, amount: Quantity)] { entries.map { ($0.name, $0.amount) } }
    /// Whether nothing is listed.
    package var isEmpty: Bool { entries.isEmpty }

    /// Adds the amounts of `other`.
    package static func += (left: inout ResourceList, right: ResourceList) {
        for entry in right.entries { left[entry.name] = left.amount(of: entry.name) + entry.amount }
    }

    /// Subtracts the amounts of `other`; a result below zero stays so.
    package static func -= (left: inout ResourceList, right: ResourceList) {
        for entry in right.entries { left[entry.name] = left.amount(of: entry.name) - entry.amount }
    }

    /// The sums.
    package static func + (left: ResourceList, right: ResourceList) -> ResourceList {
        var sum = left
        sum += right
        return sum
    }

    /// The differences; a result below zero stays so.
    package static func - (left: ResourceList, right: ResourceList) -> ResourceList {
        var difference = left
        difference -= right
        return difference
    }

    /// `factor` times each amount.
    package static func * (list: ResourceList, factor: Int) -> ResourceList {
        var product = list
        for index in product.entries.indices { product.entries[index].amount = product.entries[index].amount * factor }
        return product
    }

    /// Raises each amount to that of `other` where it is smaller.
    package mutating func formMaximum(_ other: ResourceList) {
        for entry in other.entries where self[entry.name].map({ $0 < entry.amount }) ?? true {
            self[entry.name] = entry.amount
        }
    }

    /// Whether each amount is at most that of `room`.
    package func fits(in room: ResourceList) -> Bool {
        entries.allSatisfy { $0.amount <= room.amount(of: $0.name) }
    }

    /// `cpu=100m,memory=1Gi`.
    package var description: String {
        entries.map { "\($0.name)=\($0.amount)" }.joined(separator: ",")
    }

    /// The list as JSON with amounts in canonical form.
    package var value: JSONValue {
        .object(entries.map { ($0.name, $0.amount.value) })
    }
}
