import JSON

/// Events have two forms of the same object: `v1` and `events.k8s.io/v1`.
///
/// Source: pkg/apis/core/v1, pkg/apis/events/v1 conversion.
enum EventConversion {
    /// Core field and the field of the same value in events.k8s.io.
    private static let names = [
        ("involvedObject", "regarding"), ("message", "note"), ("source", "deprecatedSource"),
        ("firstTimestamp", "deprecatedFirstTimestamp"), ("lastTimestamp", "deprecatedLastTimestamp"),
        ("count", "deprecatedCount"), ("reportingComponent", "reportingController"),
    ]

    static func toEventsV1(_ event: JSONValue) -> JSONValue {
        renamed(event, "events.k8s.io/v1", Dictionary(uniqueKeysWithValues: names))
    }

    static func toCoreV1(_ event: JSONValue) -> JSONValue {
        renamed(event, "v1", Dictionary(uniqueKeysWithValues: names.map { ($0.1, $0.0) }))
    }

    private static func renamed(_ event: JSONValue, _ apiVersion: String, _ names: [String: String]) -> JSONValue {
        guard event["apiVersion"]?.string != apiVersion else { return event }
        var event = JSONValue.object((event.members ?? []).map { (names[$0.key] ?? $0.key, $0.value) })
        event["apiVersion"] = JSONValue(apiVersion)
        return event
    }
}
