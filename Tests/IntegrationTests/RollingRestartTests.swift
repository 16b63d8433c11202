import Foundation
import JSON
import TestSupport
import Testing

/// Webhooks that are replaced one after the other while reviews never pause.
@Suite("rolling restart of the webhook")
struct RollingRestartTests {
    @Test("no review fails during five restarts")
    func restarts() async throws {
        let folder = try TemporaryFolder()
        try await Program.output([Fixture.checkout.appending(path: "certs/issue.sh").path(), folder.path])
        let script = Fixture.checkout.appending(path: "Tests/Fixtures/rolling-restart.py").path()
        let outcome = try await Program.run(
            ["python3", script, builtProduct("kubedl").path(), folder.path, "5"],
            environment: ["SWIFT_BACKTRACE": "enable=no"])
        try #require(outcome.status == 0, "\(outcome.errors)")
        let counts = try JSONValue(parsing: outcome.output)
        #expect(counts["failures"]?.int == 0, "\(outcome.errors)")
        #expect(counts["requests"]?.int ?? 0 > 250)
        #expect(counts["closed"]?.int ?? 0 > 0, "a replica that stops asks its clients to leave")
    }
}
