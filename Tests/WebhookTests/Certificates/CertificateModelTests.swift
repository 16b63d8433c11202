import TestSupport
import Testing

@testable import Webhook

@Suite("Certificates of several replicas")
struct CertificateModelTests {
    @Test("whatever the order of steps, crashes and delays, the API server trusts what every replica serves")
    func everyInterleaving() {
        // From the start, and from the middle of a renewal: with the next one made, published and served.
        for start in [Self.fresh()] + Self.renewals() {
            var seen: Set<CertificateModel> = [start]
            var frontier = [start]
            for _ in 0..<7 {
                var reached: [CertificateModel] = []
                for state in frontier {
                    for action in CertificateModel.Action.allCases {
                        var after = state
                        after.perform(action)
                        guard seen.insert(after).inserted else { continue }
                        if let violation = after.violation {
                            Issue.record("\(violation) after \(action)")
                            return
                        }
                        reached.append(after)
                    }
                }
                frontier = reached
            }
        }
    }

    @Test("so it is for days, with clocks that differ", arguments: 0..<200 as Range<UInt64>)
    func longRuns(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let skews = (0..<2).map { _ in Int64.random(in: -2...2, using: &generator) }
        var model = CertificateModel(skews: skews, longestLag: 3)
        // Steps come often, crashes and vandals seldom.
        let actions: [CertificateModel.Action] =
            Array(repeating: .stepA, count: 8) + Array(repeating: .stepB, count: 8)
            + [.crashA, .crashB, .followA, .followB, .learn, .learn, .tick, .tick, .tick, .overwrite]
        for _ in 0..<3000 {
            guard let action = actions.randomElement(using: &generator) else { return }
            model.perform(action)
            guard model.violation == nil else {
                Issue.record("seed \(seed): \(model.violation ?? "")")
                return
            }
        }
        #expect(model.made > 3, "certificates were renewed")
        #expect(model.record.retired.count <= 3)
    }

    private static func fresh() -> CertificateModel { CertificateModel(skews: [1, -1], longestLag: 2) }

    /// States of one undisturbed renewal: just due, prepared, published, activated.
    private static func renewals() -> [CertificateModel] {
        var model = fresh()
        var found: [CertificateModel] = []
        while model.now < 30 {
            let before = model.record
            for action: CertificateModel.Action in [.stepA, .stepA, .stepA, .learn, .followA, .followB] {
                model.perform(action)
            }
            if model.now > 10, model.record != before || model.record.next != nil { found.append(model) }
            if model.record == before && model.record.bundle == model.bundle { model.perform(.tick) }
        }
        return found
    }
}
