import JSON
import KubernetesModel

/// A column together with what fills it.
struct FilledColumn: Sendable {
    var column: TableColumn
    var cell: @Sendable (JSONView, Timestamp) -> JSONValue

    static let name = FilledColumn(column: .name) { object, _ in object.nameCell }
    static let age = FilledColumn(column: .age) { object, now in
        JSONValue(ageText(object[path: "metadata", "creationTimestamp"]?.string, now))
    }

    /// A text made of the object.
    static func made(
        _ name: String, priority: Int = 0, _ text: @escaping @Sendable (JSONView) -> String
    ) -> FilledColumn {
        FilledColumn(column: TableColumn(name, priority: priority)) { object, _ in JSONValue(text(object)) }
    }

    /// The text, number or flag at a path, or `empty`.
    static func text(_ name: String, _ path: String..., empty: String = "", priority: Int = 0) -> FilledColumn {
        made(name, priority: priority) { scalarText($0[path: path]) ?? empty }
    }

    /// The number at a path, 0 if there is none.
    static func number(_ name: String, _ path: String...) -> FilledColumn {
        FilledColumn(column: TableColumn(name, type: "integer")) { object, _ in JSONValue(object[path: path]?.int ?? 0)
        }
    }

    /// How many members or elements stand at the paths.
    static func count(_ name: String, _ paths: [String]...) -> FilledColumn {
        FilledColumn(column: TableColumn(name)) { object, _ in
            JSONValue(paths.reduce(0) { $0 + (object[path: $1]?.count ?? 0) })
        }
    }

    /// How long ago the time at a path was.
    static func since(_ name: String, _ path: String...) -> FilledColumn {
        FilledColumn(column: TableColumn(name)) { object, now in
            JSONValue(object[path: path]?.string.map { ageText($0, now) } ?? "<none>")
        }
    }

    /// The labels of a selector at a path.
    static func labels(_ name: String, _ path: String..., priority: Int = 0) -> FilledColumn {
        made(name, priority: priority) { TableLayout.labelText($0[path: path]) }
    }
}

/// A text, number or flag as `kubectl` writes it; nil for nothing and the empty text.
func scalarText(_ value: JSONView?) -> String? {
    if let text = value?.string { return text.isEmpty ? nil : text }
    return value?.int.map(String.init) ?? value?.bool.map(String.init)
}
