/// Ports on the node's network, as a pure function of who asks.
///
/// The original drew a random port for every pod. Then nobody else can know it before it is written, and two replicas
/// of one job may draw the same. Here webhook and controller compute the same number:
///
/// * The owner's UID gives a base in the range, so that jobs spread.
/// * From the base, every replica owns a block of eight ports, by index and role. Blocks of one job do not overlap as
///   long as `8 × roles × highest replica count` fits the range (625 replicas of two roles in the default range).
/// * Within its block a replica's n-th incarnation starts one port further, so that a port still held by connections of
///   the last incarnation is not asked for again at once.
/// * The ninth to sixteenth named port of a pod lie in a block that is counted downwards from the base, those to the
///   thirty-second from the range's other half, up and down. Pods with more than 8 named ports halve the bound above,
///   those with more than 16 quarter it.
///
/// Pods of different jobs may still collide. kube-scheduler counts host ports and keeps such pods apart.
package enum HostPorts {
    /// KubeDL's `--hostnetwork-port-range` default, upper end excluded.
    package static let defaultRange = 20000..<30000

    /// Ports that a replica owns.
    package static let blockSize = 8

    /// Named ports that one pod may have.
    package static let portsPerPod = 32

    /// A port in `range` (1…65535, not empty).
    ///
    /// - Parameters:
    ///   - owner: what the job is known by, its UID.
    ///   - role: the role's place in the profile, from 0.
    ///   - roles: how many roles the profile has, at least 1.
    ///   - index: the replica's index in its role, from 0.
    ///   - restart: the n-th incarnation of this replica, from 0.
    ///   - port: the port's place among the pod's named ports, from 0.
    package static func port(
        owner: String, role: Int, of roles: Int, index: Int, restart: Int, port: Int, in range: Range<Int>
    ) -> Int {
        let size = max(1, range.count)
        let base = Int(hash(owner) % UInt64(size))
        let width = max(1, roles)
        // Reduced before it is multiplied: an index from a label may be as large as an Int.
        let blocks = max(1, size / blockSize)
        let block = (max(0, index) % blocks * width + min(max(0, role), width - 1)) % blocks
        let lane = (max(0, restart) % blockSize + max(0, port) % blockSize) % blockSize
        let offset = block * blockSize + lane
        let plane = max(0, port) % portsPerPod / blockSize
        let start = base + plane / 2 * (size / 2)
        let place = plane.isMultiple(of: 2) ? start + offset : start - 1 - offset
        return range.lowerBound + (place % size + size) % size
    }

    /// FNV-1a with a final mix, so that texts that differ in their last character lie far apart. Stable for ever:
    /// webhook and controller of different versions must agree.
    static func hash(_ text: String) -> UInt64 {
        var value: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 {
            value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        value = (value ^ (value >> 33)) &* 0xff51_afd7_ed55_8ccd
        value = (value ^ (value >> 33)) &* 0xc4ce_b9fe_1a85_ec53
        return value ^ (value >> 33)
    }

    /// Parses `20000-30000`, upper end excluded. Nil unless 1 ≤ lower, upper ≤ 65536 and at least a block fits.
    package static func range(parsing text: String) -> Range<Int>? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let lower = Int(parts[0]), let upper = Int(parts[1]),
            lower >= 1, upper <= 65536, upper - lower >= blockSize
        else { return nil }
        return lower..<upper
    }
}
