internal import JSON
package import KubernetesModel

/// Who writes, as `metadata.managedFields` records it.
package struct FieldManager: Sendable, Hashable {
    /// The manager's name, such as `kubectl`.
    package var name: String
    /// The API version of what it sends.
    package var apiVersion: String
    /// The subresource that it writes; empty for the object itself.
    package var subresource: String
    /// When it writes.
    package var now: Timestamp

    /// A manager.
    package init(name: String, apiVersion: String, subresource: String = "", now: Timestamp) {
        self.name = name
        self.apiVersion = apiVersion
        self.subresource = subresource
        self.now = now
    }
}

/// The entries of `metadata.managedFields`.
struct ManagedFields: Sendable {
    enum Operation: String, Sendable {
        case apply = "Apply"
        case update = "Update"
    }

    struct Entry: Sendable {
        var manager: String
        var operation: Operation
        var apiVersion: String
        var subresource: String
        var time: String
        var fields: FieldSet

        /// The manager as conflict messages name it.
        var description: String {
            var text = JSONValue(manager).text
            if !subresource.isEmpty { text += " with subresource " + JSONValue(subresource).text }
            if operation == .update { text += " using \(apiVersion)" + (time.isEmpty ? "" : " at \(time)") }
            return text
        }
    }

    var entries: [Entry]

    /// Reads the entries of an object; those without fields or of another format are left out.
    init(of object: JSONValue?) {
        let list = object?[path: ["metadata", "managedFields"]]?.array ?? []
        entries = list.compactMap { json in
            guard let fields = json["fieldsV1"], let operation = json["operation"]?.string.flatMap(Operation.init)
            else {
                return nil
            }
            return Entry(
                manager: json["manager"]?.string ?? "", operation: operation,
                apiVersion: json["apiVersion"]?.string ?? "", subresource: json["subresource"]?.string ?? "",
                time: json["time"]?.string ?? "", fields: FieldSet(json: fields))
        }
    }

    private func place(_ manager: FieldManager, _ operation: Operation) -> Int? {
        entries.firstIndex {
            $0.manager == manager.name && $0.operation == operation && $0.subresource == manager.subresource
                && (operation == .apply || $0.apiVersion == manager.apiVersion)
        }
    }

    /// What the manager owns by this kind of writing.
    func fields(of manager: FieldManager, _ operation: Operation) -> FieldSet {
        place(manager, operation).map { entries[$0].fields } ?? FieldSet()
    }

    /// The entries of all others.
    func others(than manager: FieldManager, _ operation: Operation) -> [Entry] {
        let own = place(manager, operation)
        return entries.enumerated().filter { $0.offset != own }.map(\.element)
    }

    /// Takes fields from all others.
    mutating func take(_ fields: FieldSet, from manager: FieldManager, _ operation: Operation) {
        let own = place(manager, operation)
        for index in entries.indices where index != own { entries[index].fields.subtract(fields) }
    }

    /// Records what the manager owns now; the time changes only when that does.
    mutating func set(_ fields: FieldSet, of manager: FieldManager, _ operation: Operation) {
        if let own = place(manager, operation) {
            guard entries[own].fields != fields || entries[own].apiVersion != manager.apiVersion else { return }
            entries[own].fields = fields
            entries[own].apiVersion = manager.apiVersion
            entries[own].time = manager.now.description
        } else {
            entries.append(
                Entry(
                    manager: manager.name, operation: operation, apiVersion: manager.apiVersion,
                    subresource: manager.subresource, time: manager.now.description, fields: fields))
        }
    }

    /// Writes the entries into an object; those that own nothing go.
    func write(to object: inout JSONValue) {
        let kept = entries.filter { !$0.fields.isEmpty }
        guard !kept.isEmpty else {
            if object[path: ["metadata", "managedFields"]] != nil {
                object[path: ["metadata", "managedFields"]] = nil
            }
            return
        }
        let list = JSONValue(
            kept.map { entry in
                var json: JSONValue = [
                    "manager": JSONValue(entry.manager), "operation": JSONValue(entry.operation.rawValue),
                    "apiVersion": JSONValue(entry.apiVersion),
                ]
                if !entry.time.isEmpty { json["time"] = JSONValue(entry.time) }
                json["fieldsType"] = "FieldsV1"
                json["fieldsV1"] = entry.fields.json
                if !entry.subresource.isEmpty { json["subresource"] = JSONValue(entry.subresource) }
                return json
            })
        if object[path: ["metadata", "managedFields"]] != list { object[path: ["metadata", "managedFields"]] = list }
    }
}
