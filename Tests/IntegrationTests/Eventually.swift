/// Asks again until `condition` gives a value; throws what it last said once `patience` is over.
func eventually<Value>(
    _ what: String, within patience: Duration = .seconds(60), _ condition: () async throws -> Value?
) async throws -> Value {
    let deadline = ContinuousClock.now + patience
    while true {
        if let value = try await condition() { return value }
        guard ContinuousClock.now < deadline else { throw NeverHappened(what: what, patience: patience) }
        try await ContinuousClock().sleep(for: .milliseconds(100))
    }
}

/// Something that a test waited for and that did not come.
struct NeverHappened: Error, CustomStringConvertible {
    var what: String
    var patience: Duration
    var description: String { "\(what): not within \(patience)" }
}
