/// The schema of a job's `status`.
package enum JobStatusSchema {
    /// Source: KubeDL `JobStatus`; `restarts` is ours.
    package static var schema: Schema {
        .object([
            .optional("conditions", .list(of: condition, keyedBy: "type")),
            .optional("replicaStatuses", .map(of: replicas).maximumEntries(16)),
            .optional("startTime", .dateTime),
            .optional("completionTime", .dateTime),
            .optional("lastReconcileTime", .dateTime),
            .optional("modelVersionName", .string()),
            .optional("cacheBackendName", .string()),
        ])
    }

    private static var condition: Schema {
        .object([
            .required("type", .string()),
            .required("status", .string(["True", "False", "Unknown"])),
            .optional("reason", .string()),
            .optional("message", .string()),
            .optional("lastUpdateTime", .dateTime),
            .optional("lastTransitionTime", .dateTime),
        ])
    }

    private static var replicas: Schema {
        .object([
            .optional("active", .int32(minimum: 0)),
            .optional("succeeded", .int32(minimum: 0)),
            .optional("failed", .int32(minimum: 0)),
            .optional("evicted", .int32(minimum: 0)),
            .optional(
                "restarts",
                .map(of: .int32(minimum: 0)).described("Replaced pods by index; indexes without any are absent.")),
        ])
    }
}
