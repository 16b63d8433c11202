import JSON
import KubernetesModel

extension CustomResource {
    /// The definition of a framework's job kind: the shared members, the framework's own, the replica map and the rules
    /// that the API server can check itself.
    package static func job(
        _ profile: FrameworkProfile, description: String, withModel: Bool = false
    ) -> CustomResource {
        let model: [Schema.Property] =
            withModel
            ? [
                .optional("modelVersion", ModelOutput.schema),
                .optional(
                    "cacheBackend",
                    Schema.anyObject.described("KubeDL's data set cache; not implemented in this version and refused.")
                        .nullable),
            ] : []
        let isNested = profile.runPolicyPath.count > 1
        let policy: [Schema.Property] =
            isNested
            ? RunPolicy.properties + [
                .optional("runPolicy", .object(RunPolicy.properties).described("Clean-up, limits and scheduling."))
            ] : RunPolicy.properties
        let map = Schema.map(of: ReplicaSpec.schema).minimumEntries(1).maximumEntries(8)
            .described("Pods by role: " + profile.roles.map(\.summary).joined(separator: ", ") + ".")
        let replicas = JobRules.onReplicas(profile).reduce(map) { $0.checked($1.rule, orSay: $1.message) }
        let key = profile.replicaSpecsKey
        // The old forms of MPIJob come without a replica map; the webhook makes it.
        let member: Schema.Property = isNested ? .optional(key, replicas) : .required(key, replicas)
        var spec = Schema.object(policy + model + profile.fields + [member]).checked(profile.rules)
        if isNested {
            spec = spec.checked("has(self.\(key)) || has(self.template)", orSay: "\(key) is required")
        }
        spec = spec.checked(JobRules.keepsRoles(key), orSay: "\(key): \(JobRules.immutable)")
        // An object may still get defaults: it has such rules for its members.
        let scalars = profile.fields.filter { $0.schema.json["type"]?.string != "object" }.map(\.name)
        spec = spec.keeping(profile.immutableFields.filter(scalars.contains))
        let path = "." + profile.runPolicyPath.joined(separator: ".")
        return CustomResource(
            profile.resource, description: description, spec: spec, status: JobStatusSchema.schema,
            columns: JobColumns.columns(runPolicy: path, withModel: withModel))
    }
}

/// Columns that `kubectl get` shows for jobs.
package enum JobColumns {
    /// Source: KubeDL's printer columns; Cache-Backend stays for compatibility.
    static func columns(runPolicy: String, withModel: Bool) -> [CustomResource.Column] {
        let model = [
            CustomResource.Column("Model-Version", ".status.modelVersionName"),
            CustomResource.Column("Cache-Backend", ".status.cacheBackendName"),
        ]
        return [
            CustomResource.Column("State", ".status.conditions[-1:].type"),
            CustomResource.Column("Age", ".metadata.creationTimestamp", type: "date"),
        ] + (withModel ? model : []) + [
            CustomResource.Column("Max-Lifetime", "\(runPolicy).activeDeadlineSeconds", type: "integer"),
            CustomResource.Column("TTL-After-Finished", "\(runPolicy).ttlSecondsAfterFinished", type: "integer"),
        ]
    }
}

/// Rules of jobs that follow from the profile, in CEL.
enum JobRules {
    static let immutable = "field is immutable: delete the job and create it anew"

    /// Rules on the replica map; the same as those of ``ReplicaValidation`` and ``JobValidation``.
    static func onReplicas(_ profile: FrameworkProfile) -> [(rule: String, message: String)] {
        let names = profile.roles.map { "'\($0.name)'" }.joined(separator: ", ")
        var rules = [
            (
                rule: "self.all(role, role in [\(names)])",
                message: "roles must be among " + profile.roles.map(\.name).joined(separator: ", ")
            )
        ]
        for role in profile.roles {
            if role.isRequired {
                rules.append(("'\(role.name)' in self", "\(profile.resource.kind) needs a \(role.name)"))
            }
            let entry = "self['\(role.name)']"
            if let exact = role.exactReplicas {
                rules.append(
                    (
                        "!('\(role.name)' in self) || !has(\(entry).replicas) || \(entry).replicas == \(exact)",
                        "\(role.name): replicas must be exactly \(exact)"
                    ))
            }
            guard !role.isElastic else { continue }
            let old = "oldSelf['\(role.name)']"
            rules.append(
                (
                    "!('\(role.name)' in self) || !('\(role.name)' in oldSelf) || !has(\(old).replicas) || "
                        + "(has(\(entry).replicas) && \(entry).replicas == \(old).replicas)",
                    "\(role.name): replicas is immutable: delete the job and create it anew"
                ))
        }
        return rules
    }

    /// Roles neither come nor go.
    static func keepsRoles(_ key: String) -> String {
        "!has(oldSelf.\(key)) || (has(self.\(key)) && self.\(key).all(role, role in oldSelf.\(key)) && "
            + "oldSelf.\(key).all(role, role in self.\(key)))"
    }
}

extension RoleRule {
    /// `Master (exactly one)`
    fileprivate var summary: String { exactReplicas == 1 ? "\(name) (exactly one)" : name }
}
