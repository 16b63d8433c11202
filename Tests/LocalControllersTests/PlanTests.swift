import LocalControllers
import Testing

@Suite("Plans")
struct PlanTests {
    @Test("of several moments to look again the earliest counts")
    func earliestCounts() {
        var plan = Plan()
        plan.lookAgain(after: .seconds(5))
        plan.lookAgain(after: .seconds(9))
        #expect(plan.again == .seconds(5))
    }
}
