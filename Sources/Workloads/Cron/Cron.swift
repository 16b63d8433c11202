import JSON
import KubernetesModel

extension ObjectKind {
    /// Cron: makes a job of one of our kinds again and again. Source: KubeDL Cron.
    package static let cron = ObjectKind.object(
        CustomResource(
            ResourceType(group: "apps.kubedl.io", version: "v1alpha1", plural: "crons", kind: "Cron"),
            description: "Cron makes jobs on a schedule.", spec: CronSchema.spec, status: CronSchema.status, columns: []
        ),
        complete: { json in
            guard json["spec"]?.kind == .object else { return }
            let policy = json[path: ["spec", "concurrencyPolicy"]]
            if policy.isAbsent || policy?.string == "" { json[path: ["spec", "concurrencyPolicy"]] = "Allow" }
        },
        check: CronValidation.check)
}

/// The fields of a Cron.
enum CronSchema {
    static var spec: Schema {
        .object([
            .required(
                "schedule",
                .string().minimumLength(1).maximumLength(256)
                    .matching(#"^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|[^@\s]\S*( +\S+){4})$"#)
                    .described("When: five fields as in cron, or @hourly, @daily, @weekly, @monthly, @yearly.")),
            .optional(
                "concurrencyPolicy",
                .string(["Allow", "Forbid", "Replace"])
                    .described("What happens when the last job still runs: Allow, Forbid or Replace.")),
            .optional("suspend", .boolean.described("Whether no more jobs are made.")),
            .optional("deadline", .dateTime.described("Time after which no more jobs are made.")),
            .optional("historyLimit", .int32(minimum: 0).described("Finished jobs that are kept.")),
            .required(
                "template",
                .object([
                    .required("apiVersion", .string().minimumLength(1).maximumLength(253)),
                    .required("kind", .string().minimumLength(1).maximumLength(63)),
                    .required("workload", .anyObject.described("The job, without apiVersion and kind.")),
                ]).described("The job to make.")),
        ])
    }

    static var status: Schema {
        .object([
            .optional("active", .list(of: .anyObject)),
            .optional(
                "history",
                .list(
                    of: .object([
                        .required("object", .anyObject), .required("status", .string()),
                        .optional("created", .dateTime), .optional("finished", .dateTime),
                    ]))),
            .optional("lastScheduleTime", .dateTime),
        ])
    }
}

/// Checks the schedule and the job that a Cron makes.
enum CronValidation {
    static func check(_ json: JSONView, _ problems: inout [FieldError]) {
        if let schedule = json[path: "spec", "schedule"]?.string, !schedule.isEmpty,
            let problem = CronSchedule.problem(schedule)
        {
            let path = FieldPath("spec", "schedule")
            problems.removeAll { $0.path == path }
            problems.append(.invalid(path, schedule, problem))
        }
        guard let template = json[path: "spec", "template"], let kind = template["kind"]?.string,
            let apiVersion = template["apiVersion"]?.string, let workload = template["workload"]
        else { return }
        let path = FieldPath("spec", "template")
        guard let profile = FrameworkProfile.profile(kind: kind, apiVersion: apiVersion) else {
            let known = FrameworkProfile.all.map { "\($0.resource.apiVersion) \($0.resource.kind)" }
            problems.append(.notSupported(path.child("kind"), "\(apiVersion) \(kind)", supported: known))
            return
        }
        problems += self.problems(of: workload, profile, cron: ObjectMeta(of: json).name, at: path.child("workload"))
    }

    /// What would be wrong with each job: it is named after the Cron and the time in seconds.
    private static func problems(
        of workload: JSONView, _ profile: FrameworkProfile, cron: String, at path: FieldPath
    ) -> [FieldError] {
        guard workload.kind == .object else { return [] }
        var job = JSONValue(workload)
        if job["metadata"].map({ $0.kind != .object }) ?? true { job["metadata"] = .object([]) }
        job[path: ["metadata", "name"]] = JSONValue("\(cron.isEmpty ? "x" : cron)-1700000000")
        JobDefaults.apply(to: &job, profile: profile)
        guard let completed = try? job.document().root else { return [] }
        return JobValidation.problems(of: completed, profile: profile).map { problem in
            var problem = problem
            let isName = problem.path == FieldPath("metadata", "name")
            problem.path = isName ? problem.path : path.child(problem.path.text)
            return problem
        }
    }
}
