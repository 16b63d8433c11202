internal import JSON
internal import KubernetesModel

/// What a Lease says about who leads. Source: coordination.k8s.io/v1 LeaseSpec.
struct LeaseRecord: Sendable, Hashable {
    /// Who leads; empty when nobody does.
    var holder: String
    /// Whole seconds that a holder keeps the lease without renewing it.
    var durationSeconds: Int
    var acquireTime: Timestamp?
    var renewTime: Timestamp?
    /// How often the holder has changed.
    var transitions: Int

    init(holder: String, durationSeconds: Int, acquireTime: Timestamp?, renewTime: Timestamp?, transitions: Int) {
        self.holder = holder
        self.durationSeconds = durationSeconds
        self.acquireTime = acquireTime
        self.renewTime = renewTime
        self.transitions = transitions
    }

    init(_ lease: Lease) {
        let seconds = lease.duration?.components.seconds ?? 0
        self.init(
            holder: lease.holder ?? "", durationSeconds: Int(seconds), acquireTime: lease.acquireTime,
            renewTime: lease.renewTime, transitions: lease.transitions)
    }

    /// Writes the record into a Lease, whose other fields stay.
    func write(to lease: inout JSONValue) {
        lease[path: "spec", "holderIdentity"] = JSONValue(holder)
        lease[path: "spec", "leaseDurationSeconds"] = JSONValue(durationSeconds)
        lease[path: "spec", "acquireTime"] = acquireTime.map { JSONValue($0.microDescription) }
        lease[path: "spec", "renewTime"] = renewTime.map { JSONValue($0.microDescription) }
        lease[path: "spec", "leaseTransitions"] = JSONValue(transitions)
    }
}
