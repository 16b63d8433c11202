import JSON
import KubernetesModel

extension TableLayout {
    private static let templateColumns = [
        TableColumn("Containers", priority: 1), TableColumn("Images", priority: 1),
        TableColumn("Selector", priority: 1),
    ]

    private static func templateCells(_ object: JSONView) -> [JSONValue] {
        let containers = object[path: "spec", "template", "spec", "containers"].map { Array($0.elements) } ?? []
        return [
            JSONValue(containers.compactMap { $0["name"]?.string }.joined(separator: ",")),
            JSONValue(containers.compactMap { $0["image"]?.string }.joined(separator: ",")),
            JSONValue(labelText(object[path: "spec", "selector", "matchLabels"])),
        ]
    }

    private static func number(_ object: JSONView, _ path: String...) -> Int { object[path: path]?.int ?? 0 }

    static let deployments = TableLayout(
        [
            .name, TableColumn("Ready"), TableColumn("Up-to-date", type: "integer"),
            TableColumn("Available", type: "integer"), .age,
        ] + templateColumns
    ) { object, now in
        [
            object.nameCell,
            JSONValue("\(number(object, "status", "readyReplicas"))/\(number(object, "spec", "replicas"))"),
            JSONValue(number(object, "status", "updatedReplicas")),
            JSONValue(number(object, "status", "availableReplicas")), object.ageCell(now),
        ] + templateCells(object)
    }

    static let replicaSets = TableLayout(
        [
            .name, TableColumn("Desired", type: "integer"), TableColumn("Current", type: "integer"),
            TableColumn("Ready", type: "integer"), .age,
        ] + templateColumns
    ) { object, now in
        [
            object.nameCell, JSONValue(number(object, "spec", "replicas")),
            JSONValue(number(object, "status", "replicas")), JSONValue(number(object, "status", "readyReplicas")),
            object.ageCell(now),
        ] + templateCells(object)
    }

    static let statefulSets = TableLayout(
        [.name, TableColumn("Ready"), .age] + templateColumns.prefix(2)
    ) { object, now in
        [
            object.nameCell,
            JSONValue("\(number(object, "status", "readyReplicas"))/\(number(object, "spec", "replicas"))"),
            object.ageCell(now),
        ] + templateCells(object).prefix(2)
    }

    static let jobs = TableLayout(
        [.name, TableColumn("Status"), TableColumn("Completions"), TableColumn("Duration"), .age] + templateColumns
    ) { object, now in
        let conditions = object[path: "status", "conditions"].map { Array($0.elements) } ?? []
        func holds(_ type: String) -> Bool {
            conditions.contains { $0["type"]?.string == type && $0["status"]?.string == "True" }
        }
        // Source: pkg/printers/internalversion, `printJob`.
        var status = ["Complete", "Failed"].first(where: holds)
        if status == nil, object[path: "metadata", "deletionTimestamp"] != nil { status = "Terminating" }
        status = status ?? ["Suspended", "FailureTarget", "SuccessCriteriaMet"].first(where: holds)
        let parallelism = number(object, "spec", "parallelism")
        let completions =
            object[path: "spec", "completions"]?.int.map { "\($0)" }
            ?? (parallelism > 1 ? "1 of \(parallelism)" : "1")
        var duration = ""
        if let start = object[path: "status", "startTime"]?.string {
            let end = object[path: "status", "completionTime"]?.string.flatMap { Timestamp($0) } ?? now
            duration = ageText(start, end)
        }
        return [
            object.nameCell, JSONValue(status ?? "Running"),
            JSONValue("\(number(object, "status", "succeeded"))/\(completions)"),
            JSONValue(duration), object.ageCell(now),
        ] + templateCells(object)
    }

    /// Source of both: pkg/printers/internalversion, `printPodDisruptionBudget` and `printResourceQuota`.
    static let disruptionBudgets = TableLayout([
        .name, TableColumn("Min Available"), TableColumn("Max Unavailable"),
        TableColumn("Allowed Disruptions", type: "integer"), .age,
    ]) { object, now in
        func share(_ field: String) -> JSONValue {
            let value = object[path: "spec", field]
            return JSONValue(value?.string ?? value?.int.map { "\($0)" } ?? "N/A")
        }
        return [
            object.nameCell, share("minAvailable"), share("maxUnavailable"),
            JSONValue(number(object, "status", "disruptionsAllowed")), object.ageCell(now),
        ]
    }

    static let quotas = TableLayout(
        [.name, TableColumn("Request"), TableColumn("Limit"), .age]
    ) { object, now in
        let hard = (object[path: "status", "hard"]?.stringDictionary ?? [:]).sorted { $0.key < $1.key }
        func text(isLimit: Bool) -> JSONValue {
            let shown = hard.filter { $0.key.hasPrefix("limits.") == isLimit }
            return JSONValue(
                shown.map { "\($0.key): \(object[path: "status", "used", $0.key]?.string ?? "0")/\($0.value)" }
                    .joined(separator: ", "))
        }
        return [object.nameCell, text(isLimit: false), text(isLimit: true), object.ageCell(now)]
    }
}
