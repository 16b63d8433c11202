import JSON
import KubernetesModel

/// `spotReplicaSpec` of a role: its last replicas may be interrupted, and are marked so.
///
/// Mended against the original: an empty class name leaves the template's as it is. Source: KubeDL `SpotReplicaSpec`.
package struct SpotReplicas: Sendable {
    package var json: JSONView

    package init(json: JSONView) { self.json = json }

    /// How many of the role's replicas, counted from the last, at least 0.
    package var count: Int { max(0, json["spotReplicaNumber"]?.int ?? 0) }
    /// The PriorityClass of these replicas; nil for the template's.
    package var priorityClassName: String? {
        json["priorityClassName"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }
    /// Labels on top of the template's.
    package var labels: StringMap { StringMap(json: json["labels"]) }

    /// The schema of `spotReplicaSpec`.
    package static var schema: Schema {
        .object([
            .optional("spotReplicaNumber", .int32(minimum: 0).described("Replicas, counted from the last index.")),
            .optional(
                "priorityClassName",
                .string().maximumLength(253).described("PriorityClass of these replicas; wins over the template's.")),
            .optional(
                "labels",
                .map(of: .string().maximumLength(63)).maximumEntries(64)
                    .described("Labels of these replicas, on top of the template's.")),
        ]).described("Replicas that may be interrupted, for cheaper capacity.")
    }
}
