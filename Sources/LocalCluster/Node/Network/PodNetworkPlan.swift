/// The addresses of one cluster's own network: a /16 of 10.0.0.0/8, its lower half for nodes and pods, its upper half for
/// services.
struct PodNetworkPlan: Sendable, Hashable {
    /// Tells clusters of one machine apart; 0...31.
    var index: Int
    /// The second number of all addresses.
    var second: Int

    /// The bits of the network that nodes and pods share.
    static let prefix = 17
    /// How many pods can have addresses at the same time.
    static let podCapacity = 126 * 256
    /// Where the search for a free network begins; each cluster begins at a place of its own.
    private static let first = 96

    /// The first network that no route of the machine overlaps with; nil if there is none.
    init?(index: Int, routes: [IPv4Range]) {
        let candidates = (0..<256).map { (Self.first + index + $0) % 256 }
        let free = candidates.first { second in
            let range = IPv4Range(first: 10 << 24 | UInt32(second) << 16, prefix: 16)
            return !routes.contains { $0.overlaps(range) }
        }
        guard let free else { return nil }
        self.index = index
        second = free
    }

    /// The name of the bridge.
    var bridge: String { "kubedl-\(index)" }
    /// The address of the bridge, which is the way to services and host-network pods.
    var gateway: String { "10.\(second).0.254" }
    /// The addresses of services.
    var serviceRange: String { "10.\(second).128.0/17" }
    /// The address of a node; `number` is 1...250.
    func nodeAddress(_ number: Int) -> String { "10.\(second).0.\(number)" }
    /// The address of the pod that got `slot`, 0..<``podCapacity``.
    func podAddress(_ slot: Int) -> String { "10.\(second).\(1 + slot / 256).\(slot % 256)" }
    /// The host's end of the link of a node.
    func nodeLink(_ address: String) -> String { "kd\(index)n\(address.split(separator: ".").last ?? "")" }
    /// The host's end of the link of the pod that got `slot`.
    func link(_ slot: Int) -> String { "kd\(index)p\(slot)" }
}

/// A range of IPv4 addresses.
struct IPv4Range: Sendable, Hashable {
    /// The first address as a number.
    var first: UInt32
    /// The number of bits that all have in common, 0...32.
    var prefix: Int

    /// Such a range.
    init(first: UInt32, prefix: Int) {
        self.first = first
        self.prefix = prefix
    }

    /// Reads `10.1.0.0/16` or `10.1.2.3`; nil for anything else.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let numbers = (parts.first ?? "").split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard (1...2).contains(parts.count), numbers.count == 4, !numbers.contains(nil) else { return nil }
        let prefix = parts.count == 2 ? Int(parts[1]) : 32
        guard let prefix, (0...32).contains(prefix) else { return nil }
        first = numbers.reduce(0) { $0 << 8 | UInt32($1 ?? 0) }
        self.prefix = prefix
    }

    /// Whether the two have an address in common.
    func overlaps(_ other: IPv4Range) -> Bool {
        let shift = 32 - min(prefix, other.prefix)
        return UInt64(first) >> shift == UInt64(other.first) >> shift
    }

    /// The ranges that `ip -o route show table all` and `ip -o address show` speak of; default routes are left out.
    static func ranges(in text: String) -> [IPv4Range] {
        text.split(whereSeparator: \.isWhitespace).compactMap { IPv4Range($0) }.filter { $0.prefix > 0 }
    }
}

/// Hands out numbers, each to one holder at a time, the longest unused first.
struct SlotPool: Sendable {
    private let capacity: Int
    private var next = 0
    private var taken: Set<Int> = []

    /// The numbers 0..<`capacity`.
    init(capacity: Int) { self.capacity = capacity }

    /// A free number; nil if there is none.
    mutating func take() -> Int? {
        guard taken.count < capacity else { return nil }
        while taken.contains(next) { next = (next + 1) % capacity }
        defer { next = (next + 1) % capacity }
        taken.insert(next)
        return next
    }

    /// Gives a number back.
    mutating func giveBack(_ slot: Int) { taken.remove(slot) }
}
