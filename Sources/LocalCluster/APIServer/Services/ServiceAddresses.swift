import JSON
import KubernetesModel
import Synchronization

/// Hands out cluster addresses of services from one IPv4 block, each at most once at a time.
final class ServiceAddresses: Sendable {
    private let block: IPv4Block
    private let used: Mutex<Set<UInt32>>

    /// Network and broadcast address are never given out, and those of `services` are taken.
    init(block: IPv4Block, services: [StoredObject]) {
        self.block = block
        used = Mutex(
            Set(services.compactMap { $0.json[path: "spec", "clusterIP"]?.string.flatMap { IPv4Block.number($0) } }))
    }

    /// A free address; nil when the block is full.
    func allocate() -> String? {
        used.withLock { used in
            guard let free = block.hosts.first(where: { !used.contains($0) }) else { return nil }
            used.insert(free)
            return IPv4Block.text(free)
        }
    }

    /// Takes a certain address. False if it is taken or not in the block.
    func reserve(_ address: String) -> Bool {
        guard let number = IPv4Block.number(address), block.hosts.contains(number) else { return false }
        return used.withLock { $0.insert(number).inserted }
    }

    /// Whether an address is one of the block's.
    func contains(_ address: String) -> Bool { IPv4Block.number(address).map { block.hosts.contains($0) } ?? false }

    /// Gives an address back; texts that are none of the block are ignored.
    func release(_ address: String) {
        guard let number = IPv4Block.number(address) else { return }
        used.withLock { _ = $0.remove(number) }
    }
}

/// A block of IPv4 addresses such as `127.96.0.0/16`.
struct IPv4Block: Sendable, Equatable, CustomStringConvertible {
    private let network: UInt32
    private let prefix: Int

    /// Nil for a text that is not an address with a prefix of 8...30 bits.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = Self.number(String(parts[0])), let prefix = Int(parts[1]),
            (8...30).contains(prefix)
        else { return nil }
        self.prefix = prefix
        network = address & ~(UInt32.max >> UInt32(prefix))
    }

    /// The addresses without the first and the last of the block.
    var hosts: Range<UInt32> { network + 1..<(network | UInt32.max >> UInt32(prefix)) }
    var description: String { "\(Self.text(network))/\(prefix)" }

    static func number(_ text: String) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var number: UInt32 = 0
        for part in parts {
            guard let byte = UInt8(part) else { return nil }
            number = number << 8 | UInt32(byte)
        }
        return number
    }

    static func text(_ number: UInt32) -> String {
        [24, 16, 8, 0].map { String(number >> UInt32($0) & 255) }.joined(separator: ".")
    }
}
