import JSON
import KubernetesModel

/// How many pods of one role a job has and what they look like.
package struct ReplicaSpec: Sendable {
    package var json: JSONView

    package init(json: JSONView) { self.json = json }

    /// Pods of this role, at least 0; nil before defaults.
    package var replicas: Int? { json["replicas"]?.int }
    /// What happens to a pod that ends; nil before defaults or when unknown.
    package var restartPolicy: RestartPolicy? { json["restartPolicy"]?.string.flatMap(RestartPolicy.init(rawValue:)) }
    /// The pod template.
    package var template: JSONView? { json["template"] }

    /// The replicas that may be interrupted; nil for none.
    package var spot: SpotReplicas? {
        json["spotReplicaSpec"].flatMap { $0.kind == .object ? SpotReplicas(json: $0) : nil }
    }

    /// The schema of one role.
    package static var schema: Schema {
        .object([
            .optional(
                "replicas", .int32(minimum: 0, maximum: JobValidation.maximumReplicas).described("Pods of this role.")),
            .optional(
                "restartPolicy",
                .string(RestartPolicy.allCases.map(\.rawValue))
                    .described("What happens to a pod that ends; ExitCode replaces pods that ended by a signal.")),
            .optional("spotReplicaSpec", SpotReplicas.schema.nullable),
            .required("template", .anyObject.described("Pod template (core/v1 PodTemplateSpec).")),
        ])
    }
}
