import JSON
import KubernetesModel

/// The older forms of an MPIJob: one template and a number of processing units, and limits in `spec` itself.
///
/// They stay in the stored job, so that applying a changed manifest again is noticed. Source: KubeDL MPIJob v1alpha1 and
/// v1alpha2.
enum MPILegacy {
    static let fields: [Schema.Property] = [
        .optional("gpus", units("GPUs of all workers together; older form.")),
        .optional("gpusPerNode", units("GPUs of one worker; 1 when absent.")),
        .optional("processingUnits", units("Processing units of all workers together; older form.")),
        .optional("processingUnitsPerNode", units("Processing units of one worker; 1 when absent.")),
        .optional(
            "processingResourceType",
            .string(["gpu", "cpu", WellKnownNames.gpuResource])
                .described("Resource that a unit is; the template's limit of it is the number of slots.")),
        .optional("launcherOnMaster", .boolean.described("Without effect: place the launcher with its template.")),
        .optional(
            "replicas", .int32(minimum: 1, maximum: JobValidation.maximumReplicas).described("Workers; older form.")),
        .optional("template", Schema.anyObject.described("Pod template of launcher and workers; older form.")),
        .optional(
            "mpiDistribution",
            .string(MPIDistribution.allCases.map(\.rawValue)).described("MPI implementation; OpenMPI when absent.")),
    ]

    private static func units(_ text: String) -> Schema { .int32(minimum: 1, maximum: 1_000_000).described(text) }

    static let rules = [
        CrossFieldRule(
            "!has(self.gpus) || !has(self.processingUnits)", at: "processingUnits",
            orSay: "may not be given together with gpus: use one of them"
        ) { given("gpus", $0) && given("processingUnits", $0) },
        divides("gpus", by: "gpusPerNode"), divides("processingUnits", by: "processingUnitsPerNode"),
    ]

    private static func given(_ key: String, _ spec: JSONView) -> Bool { spec[key].map { !$0.isNull } ?? false }

    private static func divides(_ total: String, by each: String) -> CrossFieldRule {
        CrossFieldRule(
            "!has(self.\(total)) || !has(self.\(each)) || self.\(total) < self.\(each) || "
                + "self.\(total) % self.\(each) == 0",
            at: total, orSay: "must be less than \(each) or a multiple of it"
        ) { spec in
            guard let number = spec[total]?.int, let divisor = spec[each]?.int, divisor > 0 else { return false }
            return number >= divisor && number % divisor != 0
        }
    }

    /// Writes the present form beside the older one, where it is not there yet.
    static func convert(_ spec: inout JSONValue) {
        moveRunPolicy(&spec)
        guard let template = spec["template"], template.kind == .object else { return }
        let (workers, slots) = size(spec, template)
        if spec["slotsPerWorker"].isAbsent, let slots { spec["slotsPerWorker"] = JSONValue(slots) }
        guard spec["mpiReplicaSpecs"].isAbsent || spec["mpiReplicaSpecs"]?.kind == .object else { return }
        var roles = spec["mpiReplicaSpecs"] ?? .object([])
        if roles.isNull { roles = .object([]) }
        for (name, count) in [("Worker", workers ?? 1), ("Launcher", 1)]
        where !roles.keys.contains(where: { $0.lowercased() == name.lowercased() }) {
            roles[name] = ["replicas": JSONValue(count), "template": template]
        }
        spec["mpiReplicaSpecs"] = roles
    }

    /// Members of the run policy that stand in `spec` go into `runPolicy`, and win there, as in the original.
    private static func moveRunPolicy(_ spec: inout JSONValue) {
        guard spec["runPolicy"].isAbsent || spec["runPolicy"]?.kind == .object else { return }
        var policy = spec["runPolicy"] ?? .object([])
        if policy.isNull { policy = .object([]) }
        for property in RunPolicy.properties {
            guard let value = spec[property.name], !value.isNull else { continue }
            policy[property.name] = value
            spec[property.name] = nil
        }
        spec["runPolicy"] = policy
    }

    /// Workers and slots of each; nil where nothing says so. Validation reports what does not divide.
    private static func size(_ spec: JSONValue, _ template: JSONValue) -> (workers: Int?, slots: Int?) {
        for (total, each) in [("gpus", "gpusPerNode"), ("processingUnits", "processingUnitsPerNode")] {
            guard let number = spec[total]?.int, number > 0 else { continue }
            let per = max(1, spec[each]?.int ?? 1)
            return number < per ? (1, number) : (min(number / per, JobValidation.maximumReplicas), per)
        }
        let type = spec["processingResourceType"]?.string
        let resource = type == "cpu" ? "cpu" : WellKnownNames.gpuResource
        let limit = template[path: ["spec", "containers"]]?[0]?[path: ["resources", "limits", resource]]
        let units = (limit?.string ?? limit?.numberText).flatMap { Quantity($0) }?.roundedUpValue
        return (spec["replicas"]?.int, units.flatMap { (1...1_000_000).contains($0) ? Int($0) : nil })
    }
}
