@testable import Webhook

/// Two replicas, both of which believe that they lead, an API server that learns late, and someone who overwrites
/// bundles: everything that planCertificates must bear. One second a tick; a certificate lives for 24.
struct CertificateModel: Hashable {
    enum Action: Hashable, CaseIterable {
        case stepA, stepB, crashA, crashB, followA, followB, learn, tick, overwrite
    }

    /// One replica: its keeper, which reads configuration, then Secret, then writes; and what it serves.
    struct Replica: Hashable {
        enum Stage: Hashable { case idle, hasBundle, hasPlan(CertificatePlan) }
        /// How far its clock is ahead, in seconds.
        var skew: Int64
        var stage = Stage.idle
        var bundle: [UInt8] = []
        var bundleVersion = 0
        var record = CertificateRecord()
        var recordVersion = 0
        var clock = PublicationClock()
        var served: ServingCertificate?
        /// Ticks since it last followed the Secret.
        var lag = 0
    }

    var now: Int64 = 0
    var record = CertificateRecord()
    var recordVersion = 0
    var bundle: [UInt8] = []
    var bundleVersion = 0
    /// What the API server believes that the bundle is.
    var known: [UInt8] = []
    var replicas: [Replica]
    /// Someone overwrote the bundle, and the API server has not yet learnt of the repair.
    var isTampered = false
    var made: UInt8 = 0
    /// Most ticks that a replica may not hear of a change of the Secret.
    var longestLag: Int

    static let policy: CertificatePolicy = {
        var policy = CertificatePolicy(names: ["hook"])
        policy.lifetime = 24
        return policy
    }()

    init(skews: [Int64], longestLag: Int) {
        replicas = skews.map { Replica(skew: $0) }
        self.longestLag = longestLag
    }

    mutating func perform(_ action: Action) {
        switch action {
        case .stepA: step(0)
        case .stepB: step(1)
        case .crashA: crash(0)
        case .crashB: crash(1)
        case .followA: follow(0)
        case .followB: follow(1)
        case .learn: learn()
        case .tick: tick()
        case .overwrite:
            guard !record.bundle.isEmpty else { return }
            bundle = [255]
            bundleVersion += 1
            isTampered = true
        }
    }

    private mutating func learn() {
        known = bundle
        if bundle == record.bundle { isTampered = false }
    }

    /// A second passes; the API server has learnt by then what was written before, a replica after a few.
    private mutating func tick() {
        learn()
        now += 1
        for index in replicas.indices {
            replicas[index].lag += 1
            if replicas[index].lag > longestLag { follow(index) }
        }
    }

    private mutating func follow(_ index: Int) {
        replicas[index].lag = 0
        if let current = record.current { replicas[index].served = current }
    }

    /// A killed replica is started again: it knows nothing, and is not ready before it has read the Secret.
    private mutating func crash(_ index: Int) { replicas[index] = Replica(skew: replicas[index].skew) }

    private mutating func step(_ index: Int) {
        var replica = replicas[index]
        defer { replicas[index] = replica }
        switch replica.stage {
        case .idle:
            (replica.bundle, replica.bundleVersion, replica.stage) = (bundle, bundleVersion, .hasBundle)
        case .hasBundle:
            (replica.record, replica.recordVersion) = (record, recordVersion)
            let publishedFor = replica.clock.observe(
                versions: ["\(replica.bundleVersion)"], bundles: [replica.bundle], wanted: record.bundle,
                now: .seconds(now))
            let observed = ObservedCertificates(
                record: record, bundles: [replica.bundle], publishedFor: publishedFor)
            replica.stage = .hasPlan(planCertificates(observed, policy: Self.policy, now: now + replica.skew))
        case .hasPlan(let plan):
            replica.stage = .idle
            write(plan, &replica)
        }
    }

    /// Writes fail, as the API server's do, when what was read is no longer there.
    private mutating func write(_ plan: CertificatePlan, _ replica: inout Replica) {
        switch plan {
        case .wait: return
        case .publish:
            guard bundleVersion == replica.bundleVersion else { return }
            bundle = replica.record.bundle
            bundleVersion += 1
            return
        case .prepare:
            let start = now + replica.skew
            made += 1
            replica.record.next = ServingCertificate(
                authority: [made], certificate: [made], key: [made], names: Self.policy.names,
                notAfter: start + Self.policy.lifetime)
        case .activate: replica.record.activate()
        case .forget: replica.record.forget(now: now + replica.skew)
        }
        guard recordVersion == replica.recordVersion else { return }
        record = replica.record
        recordVersion += 1
    }

    /// What must never happen, in words; `nil` while all is well.
    var violation: String? {
        if bundleVersion > 0 && bundle.isEmpty { return "a bundle is empty" }
        // Before the first bundle is known nobody could call, so nothing is lost.
        guard !isTampered, !known.isEmpty else { return nil }
        for replica in replicas {
            guard let served = replica.served, now <= served.notAfter - 4 else { continue }
            if !known.contains(served.authority[0]) {
                return "at \(now) a replica serves \(served.authority), the API server trusts \(known)"
            }
        }
        return nil
    }
}
