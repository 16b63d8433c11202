import JSON
import KubernetesModel

/// The part of a job's `spec` that every framework shares, read from the spec itself.
///
/// Source: KubeDL `RunPolicy`, inlined into `spec`.
package struct RunPolicy: Sendable {
    package var json: JSONView?

    /// Reads the policy from a job's `spec`.
    package init(json: JSONView?) { self.json = json }

    /// What is deleted when the job has ended; `None` when absent.
    package var cleanPodPolicy: CleanPodPolicy {
        json?["cleanPodPolicy"]?.string.flatMap(CleanPodPolicy.init(parsing:)) ?? .none
    }
    /// Seconds that a finished job is kept, at least 0; nil keeps it.
    package var ttlSecondsAfterFinished: Int? { seconds("ttlSecondsAfterFinished") }
    /// Seconds from the job's start after which it fails, at least 1; nil is no limit.
    package var activeDeadlineSeconds: Int? { seconds("activeDeadlineSeconds") }
    /// Restarts allowed before the job fails, at least 0; nil is no limit.
    package var backoffLimit: Int? { json?["backoffLimit"]?.int }
    /// Pods that must fit together before any starts, at least 1; nil means all.
    package var minAvailable: Int? { json?[path: "schedulingPolicy", "minAvailable"]?.int }
    /// The PriorityClass for pods whose template names none.
    package var priorityClassName: String? {
        json?[path: "schedulingPolicy", "priorityClassName"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// At most 68 years, so that adding them to a time stays a time.
    private func seconds(_ key: String) -> Int? { (json?[key]?.int).map { min(max(0, $0), Int(Int32.max)) } }

    /// The members of `spec` for a CRD.
    package static var properties: [Schema.Property] {
        [
            .optional(
                "cleanPodPolicy",
                .string(CleanPodPolicy.allCases.map(\.rawValue) + [""])
                    .described("What is deleted when the job has ended: All (also the empty text), Running or None.")),
            .optional(
                "ttlSecondsAfterFinished",
                .int32(minimum: 0).described("Seconds that a finished job is kept; it stays when absent.")),
            .optional(
                "activeDeadlineSeconds",
                .int64(minimum: 1).described("Seconds from the start after which the job fails.")),
            .optional(
                "backoffLimit", .int32(minimum: 0).described("Restarts allowed before the job fails.")),
            .optional("schedulingPolicy", schedulingPolicy.nullable),
            .optional(
                "cronPolicy",
                Schema.anyObject.described("KubeDL's periodic runs; not implemented in this version and refused.")
                    .nullable),
        ]
    }

    private static var schedulingPolicy: Schema {
        .object([
            .optional(
                "minAvailable",
                .int32(minimum: 1).described("Pods that must fit together before any starts; all when absent.")),
            .optional("priority", .int32().described("Order in the queue; larger goes first.")),
            .optional(
                "priorityClassName",
                .string().maximumLength(253).described("PriorityClass for pods whose template names none.")),
            .optional("queue", .string().maximumLength(253).described("Queue that the job waits in.")),
        ]).described("How the job's pods are scheduled together.")
    }
}
