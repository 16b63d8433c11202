import JSON
import KubernetesModel

/// Columns of what makes pods. Source: k8s.io/kubernetes pkg/printers/internalversion/printers.go.
extension TableLayout {
    private typealias Path = [String]

    /// The containers, the images and the selector of a template, for `-o wide`.
    private static func containers(_ template: Path = ["spec", "template"]) -> FilledColumn {
        list("Containers", template, "name")
    }

    private static func images(_ template: Path = ["spec", "template"]) -> FilledColumn {
        list("Images", template, "image")
    }

    private static func list(_ name: String, _ template: Path, _ field: String, priority: Int = 1) -> FilledColumn {
        .made(name, priority: priority) { object in
            let containers = object[path: template + ["spec", "containers"]]?.elements.compactMap { $0[field]?.string }
            return (containers ?? []).joined(separator: ",")
        }
    }

    private static let selector = FilledColumn.labels("Selector", "spec", "selector", priority: 1)

    private static let ready = FilledColumn.made("Ready") { object in
        "\(object[path: "status", "readyReplicas"]?.int ?? 0)/\(object[path: "spec", "replicas"]?.int ?? 0)"
    }

    static let deployments = TableLayout(
        .name, ready, .number("Up-to-date", "status", "updatedReplicas"),
        .number("Available", "status", "availableReplicas"), .age, containers(), images(), selector)

    /// Also those of replication controllers.
    static let replicaSets = TableLayout(
        .name, .number("Desired", "spec", "replicas"), .number("Current", "status", "replicas"),
        .number("Ready", "status", "readyReplicas"), .age, containers(), images(), selector)

    static let statefulSets = TableLayout(.name, ready, .age, containers(), images())

    static let daemonSets = TableLayout(
        .name, .number("Desired", "status", "desiredNumberScheduled"),
        .number("Current", "status", "currentNumberScheduled"), .number("Ready", "status", "numberReady"),
        .number("Up-to-date", "status", "updatedNumberScheduled"), .number("Available", "status", "numberAvailable"),
        .labels("Node Selector", "spec", "template", "spec", "nodeSelector"), .age, containers(), images(), selector)

    static let cronJobs = TableLayout(
        .name, .text("Schedule", "spec", "schedule"), .text("Timezone", "spec", "timeZone", empty: "<none>"),
        .made("Suspend") { $0[path: "spec", "suspend"]?.bool.map { $0 ? "True" : "False" } ?? "<unset>" },
        .count("Active", ["status", "active"]),
        .since("Last Schedule", "status", "lastScheduleTime"), .age,
        containers(["spec", "jobTemplate", "spec", "template"]), images(["spec", "jobTemplate", "spec", "template"]),
        .labels("Selector", "spec", "jobTemplate", "spec", "selector", priority: 1))

    static let podTemplates = TableLayout(
        .name, list("Containers", ["template"], "name", priority: 0),
        list("Images", ["template"], "image", priority: 0),
        .labels("Pod Labels", "template", "metadata", "labels"))

    static let controllerRevisions = TableLayout(
        .name,
        .made("Controller") { revision in
            let owner = revision[path: "metadata", "ownerReferences"]?.elements.first { $0["controller"]?.bool == true }
            guard let owner, let kind = owner["kind"]?.string, let name = owner["name"]?.string else { return "<none>" }
            let group = owner["apiVersion"]?.string.map { $0.split(separator: "/") } ?? []
            return kind.lowercased() + (group.count == 2 ? ".\(group[0])" : "") + "/" + name
        }, .text("Revision", "revision"), .age)

    static let autoscalers = TableLayout(
        .name,
        .made("Reference") { object in
            let target = object[path: "spec", "scaleTargetRef"]
            return "\(target?["kind"]?.string ?? "")/\(target?["name"]?.string ?? "")"
        },
        .made("Targets") { object in
            let metrics = object[path: "spec", "metrics"]?.elements.map { metric -> String in
                let resource = metric["resource"]
                let target = resource?["target"]
                let wanted = target?["averageUtilization"]?.int.map { "\($0)%" } ?? scalarText(target?["averageValue"])
                return "\(resource?["name"]?.string ?? "<unknown>"): <unknown>/\(wanted ?? "<unknown>")"
            }
            return metrics.map { $0.joined(separator: ", ") } ?? "<none>"
        }, .text("MinPods", "spec", "minReplicas", empty: "<unset>"), .number("MaxPods", "spec", "maxReplicas"),
        .number("Replicas", "status", "currentReplicas"), .age)

    static let scales = TableLayout(
        .name, .number("Desired", "spec", "replicas"), .number("Available", "status", "replicas"), .age)

    static let jobs = TableLayout(
        .name,
        .made("Status") { job in
            let conditions = job[path: "status", "conditions"]?.elements.filter { $0["status"]?.string == "True" } ?? []
            let types = ["Complete", "Failed", "Suspended", "FailureTarget", "SuccessCriteriaMet"]
            guard let found = types.first(where: { type in conditions.contains { $0["type"]?.string == type } }) else {
                return job[path: "metadata", "deletionTimestamp"] == nil ? "Running" : "Terminating"
            }
            return found
        },
        .made("Completions") { job in
            let succeeded = job[path: "status", "succeeded"]?.int ?? 0
            if let completions = job[path: "spec", "completions"]?.int { return "\(succeeded)/\(completions)" }
            let parallelism = job[path: "spec", "parallelism"]?.int ?? 0
            return parallelism > 1 ? "\(succeeded)/1 of \(parallelism)" : "\(succeeded)/1"
        },
        FilledColumn(column: TableColumn("Duration")) { job, now in
            let end = job[path: "status", "completionTime"]?.string.flatMap { Timestamp($0) } ?? now
            return JSONValue(job[path: "status", "startTime"]?.string.map { ageText($0, end) } ?? "")
        }, .age, containers(), images(), selector)
}
