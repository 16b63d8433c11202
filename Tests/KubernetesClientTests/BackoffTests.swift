import KubernetesClient
import Testing

@Suite("back-off") struct BackoffTests {
    @Test(
        "doubles from the base to the cap",
        arguments: [(1, 5), (2, 10), (3, 20), (11, 5120), (18, 655_360), (19, 1_000_000), (1_000_000, 1_000_000)])
    func delays(failures: Int, milliseconds: Int) {
        #expect(Backoff.workQueue.delay(failures: failures) == .milliseconds(milliseconds))
    }

    @Test("jitter only lengthens, at most by its share")
    func jitter() {
        var generator = SystemRandomNumberGenerator()
        let backoff = Backoff(base: .seconds(1), cap: .seconds(8), jitter: 0.5)
        for failures in 1...10 {
            let plain = backoff.delay(failures: failures)
            let spread = backoff.delay(failures: failures, using: &generator)
            #expect(spread >= plain && spread <= plain * 1.5)
        }
    }
}
