import Testing

@testable import Webhook

@Suite("Plan of certificates")
struct CertificatePlanTests {
    /// 120 s of life: due after 80, propagated after 10.
    static var policy: CertificatePolicy {
        var policy = CertificatePolicy(names: ["hook.svc"])
        policy.lifetime = 120
        return policy
    }

    struct Case: CustomTestStringConvertible, Sendable {
        var title: String
        var current: ServingCertificate?
        var next: ServingCertificate?
        var retired: [RetiredAuthority] = []
        var bundles: [[UInt8]]
        var publishedFor = 0
        var now: Int64
        var plan: CertificatePlan
        var testDescription: String { title }
    }

    static let old = RetiredAuthority(authority: [9], notAfter: 150)

    static let cases = [
        Case(title: "nothing yet: one is made", bundles: [[], []], now: 0, plan: .prepare),
        Case(
            title: "the first is published before it is served", next: made(1, 0), bundles: [[], []], now: 1,
            plan: .publish),
        Case(title: "the first needs no wait", next: made(1, 0), bundles: [[1], [1]], now: 1, plan: .activate),
        Case(
            title: "a good one rests until it is due", current: made(1, 0), bundles: [[1]], now: 5,
            plan: .wait(.seconds(75))),
        Case(
            title: "an overwritten bundle is repaired", current: made(1, 0), bundles: [[1], [7]], now: 5, plan: .publish
        ),
        Case(title: "an emptied bundle is repaired", current: made(1, 0), bundles: [[]], now: 5, plan: .publish),
        Case(
            title: "without configurations there is nothing to publish", current: made(1, 0), bundles: [], now: 5,
            plan: .wait(.seconds(75))),
        Case(
            title: "it is renewed at two thirds of its life", current: made(1, 0), bundles: [[1]], now: 80,
            plan: .prepare),
        Case(
            title: "new and old authority are published together", current: made(1, 0), next: made(2, 80),
            bundles: [[1]], now: 81, plan: .publish),
        Case(
            title: "the next waits until it is trusted everywhere", current: made(1, 0), next: made(2, 80),
            bundles: [[1, 2]], publishedFor: 4, now: 85, plan: .wait(.seconds(6))),
        Case(
            title: "then it is served", current: made(1, 0), next: made(2, 80), bundles: [[1, 2]], publishedFor: 10,
            now: 91, plan: .activate),
        Case(
            title: "it is served at once when the current one has ended", current: made(1, 0), next: made(2, 121),
            bundles: [[1, 2]], now: 122, plan: .activate),
        Case(
            title: "a retired authority stays while its certificate is valid", current: made(2, 100), retired: [old],
            bundles: [[2, 9]], now: 150, plan: .wait(.seconds(1))),
        Case(
            title: "then it is forgotten", current: made(2, 100), retired: [old], bundles: [[2, 9]], now: 151,
            plan: .forget),
        Case(title: "and taken out of the bundle", current: made(2, 100), bundles: [[2, 9]], now: 151, plan: .publish),
        Case(
            title: "other names need another certificate", current: made(1, 0, names: ["other"]), bundles: [[1]],
            now: 5, plan: .prepare),
        Case(
            title: "a prepared one for other names is replaced", current: made(1, 0),
            next: made(2, 3, names: ["other"]), bundles: [[1]], now: 5, plan: .prepare),
        Case(
            title: "a prepared one that is due itself is replaced", current: made(1, 0), next: made(2, 80),
            bundles: [[1, 2]], now: 160, plan: .prepare),
    ]

    @Test("each state has one next step", arguments: cases)
    func step(_ item: Case) {
        var record = CertificateRecord()
        (record.current, record.next, record.retired) = (item.current, item.next, item.retired)
        let observed = ObservedCertificates(
            record: record, bundles: item.bundles, publishedFor: .seconds(item.publishedFor))
        #expect(planCertificates(observed, policy: Self.policy, now: item.now) == item.plan)
    }

    @Test("time spent published counts from the last write to a configuration")
    func publicationClock() {
        var clock = PublicationClock()
        let observe = { (clock: inout PublicationClock, versions: [String], bundle: [UInt8], now: Int) in
            clock.observe(versions: versions, bundles: [bundle], wanted: [1], now: .seconds(now))
        }
        #expect(observe(&clock, ["1"], [1], 10) == .zero)
        #expect(observe(&clock, ["1"], [1], 14) == .seconds(4))
        #expect(observe(&clock, ["2"], [], 15) == .zero)
        #expect(observe(&clock, ["3"], [1], 16) == .zero)
        #expect(observe(&clock, ["3"], [1], 17) == .seconds(1))
        #expect(observe(&clock, ["5"], [1], 18) == .zero, "a change that was missed")
        #expect(clock.observe(versions: ["5"], bundles: [[1]], wanted: [1, 2], now: .seconds(19)) == .zero)
    }

    @Test("the time to propagate is ten minutes, less for short lives")
    func propagation() {
        #expect(Self.policy.propagation == .seconds(10))
        #expect(CertificatePolicy(names: []).propagation == .seconds(600))
    }
}

/// A certificate whose authority is one byte, valid for 120 s from `start`.
private func made(_ number: UInt8, _ start: Int64, names: Set<String> = ["hook.svc"]) -> ServingCertificate {
    ServingCertificate(
        authority: [number], certificate: [number], key: [number], names: names, notAfter: start + 120)
}
