import JSON
import KubernetesModel

/// One column of a `metav1.Table`.
struct TableColumn: Sendable, Equatable {
    var name: String
    var type: String
    var format: String
    var description: String
    /// 0 is always shown, above 0 only with `-o wide`.
    var priority: Int

    init(
        _ name: String, type: String = "string", format: String = "", description: String = "", priority: Int = 0
    ) {
        self.name = name
        self.type = type
        self.format = format
        self.description = description.isEmpty ? name : description
        self.priority = priority
    }

    static let name = TableColumn(
        "Name", format: "name", description: "Name must be unique within a namespace.")
    static let age = TableColumn(
        "Age", description: "CreationTimestamp is the server time when this object was created.")

    var json: JSONValue {
        [
            "name": JSONValue(name), "type": JSONValue(type), "format": JSONValue(format),
            "description": JSONValue(description), "priority": JSONValue(priority),
        ]
    }
}

/// The columns of a kind and how one object fills them.
struct TableLayout: Sendable {
    var columns: [TableColumn]
    /// One cell for each column.
    var cells: @Sendable (JSONView, Timestamp) -> [JSONValue]

    init(_ columns: [TableColumn], cells: @escaping @Sendable (JSONView, Timestamp) -> [JSONValue]) {
        self.columns = columns
        self.cells = cells
    }

    /// Columns that are each filled on their own.
    init(_ columns: FilledColumn...) {
        self.init(columns.map(\.column)) { object, now in columns.map { $0.cell(object, now) } }
    }

    /// Name and age.
    static let nameAndAge = TableLayout(.name, .age)

    /// A table of objects, or the one row of a watch event when `columns` are left out.
    func table(
        _ objects: [JSONView], metadata: JSONValue, now: Timestamp, include: String, withColumns: Bool = true
    ) -> JSONValue {
        let rows = objects.map { object -> JSONValue in
            var row: JSONValue = ["cells": JSONValue(cells(object, now))]
            switch include {
            case "Object": row["object"] = JSONValue(object)
            case "None": break
            default: row["object"] = partialMetadata(of: object)
            }
            return row
        }
        return [
            "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata,
            "columnDefinitions": withColumns ? JSONValue(columns.map(\.json)) : JSONValue([JSONValue]()),
            "rows": JSONValue(rows),
        ]
    }
}

/// An object's metadata alone, as `meta.k8s.io/v1` PartialObjectMetadata.
func partialMetadata(of object: JSONView) -> JSONValue {
    [
        "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
        "metadata": object["metadata"].map { JSONValue($0) } ?? [:],
    ]
}

extension JSONView {
    var nameCell: JSONValue { JSONValue(self[path: "metadata", "name"]?.string ?? "") }

}

/// How long ago an RFC 3339 time was, as `kubectl` writes it; `<unknown>` for none.
func ageText(_ time: String?, _ now: Timestamp) -> String {
    guard let time, let moment = Timestamp(time) else { return "<unknown>" }
    return shortDuration(seconds: (now - moment).components.seconds)
}

/// Source: k8s.io/apimachinery pkg/util/duration HumanDuration.
func shortDuration(seconds: Int64) -> String {
    if seconds < -1 { return "<invalid>" }
    if seconds < 0 { return "0s" }
    if seconds < 120 { return "\(seconds)s" }
    let minutes = seconds / 60
    if minutes < 10 { return seconds % 60 == 0 ? "\(minutes)m" : "\(minutes)m\(seconds % 60)s" }
    if minutes < 180 { return "\(minutes)m" }
    let hours = minutes / 60
    if hours < 8 { return minutes % 60 == 0 ? "\(hours)h" : "\(hours)h\(minutes % 60)m" }
    if hours < 48 { return "\(hours)h" }
    let days = hours / 24
    if hours < 24 * 8 { return hours % 24 == 0 ? "\(days)d" : "\(days)d\(hours % 24)h" }
    if hours < 24 * 365 * 2 { return "\(days)d" }
    let years = days / 365
    if hours < 24 * 365 * 8 { return days % 365 == 0 ? "\(years)y" : "\(years)y\(days % 365)d" }
    return "\(years)y"
}
