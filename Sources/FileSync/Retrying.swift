/// Tries until it succeeds, fails for good, or has been tried `retries` more times; waits between, twice as long each
/// time and half a minute at most.
func retrying<Result: Sendable>(
    _ retries: Int, firstPause: Duration, report: (String) -> Void,
    _ attempt: () async throws(SyncError) -> Result
) async throws(SyncError) -> Result {
    var pause = firstPause
    var left = retries
    while true {
        do throws(SyncError) {
            return try await attempt()
        } catch {
            guard error.isTemporary, left > 0 else { throw error }
            report("\(error.description) Trying again in \(pause); \(left) of \(retries) attempts left.")
        }
        left -= 1
        do {
            try await Task.sleep(for: pause)
        } catch {
            throw SyncError(.cancelled, "stopped while waiting to try again")
        }
        pause = min(pause * 2, .seconds(30))
    }
}
