/// Tries until it succeeds, fails for good, or has been tried `retries` more times; waits between, twice as long each
/// time and half a minute at most.
func retrying<Result: Sendable>(
    _ retries: Int, limits: SyncLimits, report: (String) -> Void,
    _ attempt: () async throws(SyncError) -> Result
) async throws(SyncError) -> Result {
    let started = ContinuousClock.now
    var pause = limits.firstPause
    var left = retries
    while true {
        do throws(SyncError) {
            return try await attempt()
        } catch {
            guard error.isTemporary, left > 0, ContinuousClock.now - started < limits.totalDeadline else { throw error }
            report("\(error.description) Trying again in \(pause); \(left) of \(retries) attempts left.")
        }
        left -= 1
        do {
            // Up to half as long again, so that many pods do not come back at the same moment.
            try await Task.sleep(for: pause + pause * limits.jitter())
        } catch {
            throw SyncError(.cancelled, "stopped while waiting to try again")
        }
        pause = min(pause * 2, .seconds(30))
    }
}
