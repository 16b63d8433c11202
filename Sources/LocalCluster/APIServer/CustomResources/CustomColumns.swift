import JSON
import KubernetesModel

/// `additionalPrinterColumns`. Source: k8s.io/apiextensions-apiserver pkg/registry/customresource/tableconvertor.
enum CustomColumns {
    private struct Column: Sendable {
        var shown: TableColumn
        var path: ColumnPath
    }

    static func layout(for version: JSONView) -> TableLayout {
        guard let given = version["additionalPrinterColumns"], !given.isEmpty else { return .nameAndAge }
        let columns = given.elements.map { column in
            Column(
                shown: TableColumn(
                    column["name"]?.string ?? "", type: column["type"]?.string ?? "string",
                    format: column["format"]?.string ?? "", description: column["description"]?.string ?? "",
                    priority: column["priority"]?.int ?? 0),
                path: ColumnPath(column["jsonPath"]?.string ?? ""))
        }
        return TableLayout([.name] + columns.map(\.shown)) { object, now in
            [object.nameCell] + columns.map { cell($0, object, now) }
        }
    }

    private static func cell(_ column: Column, _ object: JSONView, _ now: Timestamp) -> JSONValue {
        let found = column.path.find(in: object)
        guard let first = found.first, !first.isNull else { return .null }
        switch column.shown.type {
        case "date": return JSONValue(ageText(first.string, now))
        case "integer": return first.int.map { JSONValue($0) } ?? .null
        case "number", "boolean": return JSONValue(first)
        default:
            let texts = found.map { value in
                value.string ?? value.text
            }
            return JSONValue(texts.joined(separator: " "))
        }
    }
}
