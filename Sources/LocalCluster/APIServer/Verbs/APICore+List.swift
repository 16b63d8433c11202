import Cryptography
import JSON
import KubernetesModel

extension APICore {
    /// GET of a collection: the matching objects, in pages if `limit` is set.
    func list(_ context: RequestContext) throws(StatusBody) -> JSONValue {
        let selection = try ListSelection(context)
        let limit = try context.query.integer("limit") ?? 0
        let page = try ContinueToken(context.query["continue"])
        let version = try ListVersion(context.query)
        if let wanted = version.wanted, wanted > store.revision { throw tooLarge(wanted) }
        let resource = context.definition.storage
        let namespace = context.key.namespace
        var objects: [StoredObject]
        var revision: UInt64
        if let past = page?.revision ?? version.exact {
            revision = past
            objects = try store.list(resource, namespace: namespace, at: past)
        } else {
            (objects, revision) = store.list(resource, namespace: namespace)
        }
        if let page { objects = Array(objects.drop { !page.isBefore($0.key) }) }
        if !selection.isEmpty { objects = objects.filter { selection.matches($0.json) } }
        guard limit > 0, objects.count > limit, let last = objects.prefix(limit).last else {
            return listBody(objects.map(\.json), revision: revision, context)
        }
        let token = ContinueToken(revision: revision, last: last.key)
        let remaining = selection.isEmpty ? objects.count - limit : nil
        return listBody(
            objects.prefix(limit).map(\.json), revision: revision, context, next: token.text, remaining: remaining)
    }

    /// A resourceVersion that is still to come cannot be served; the client is told to come again.
    private func tooLarge(_ wanted: UInt64) -> StatusBody {
        StatusBody(
            code: 504, reason: "Timeout", message: "Too large resource version: \(wanted), current: \(store.revision)",
            details: .init(
                causes: [.init(field: "", reason: "ResourceVersionTooLarge", message: "Too large resource version")],
                retryAfterSeconds: 1))
    }

    /// A list in the form that the request asked for.
    func listBody(
        _ objects: [JSONView], revision: UInt64, _ context: RequestContext, next: String? = nil, remaining: Int? = nil
    ) -> JSONValue {
        var metadata: JSONValue = ["resourceVersion": JSONValue(String(revision))]
        if let next { metadata["continue"] = JSONValue(next) }
        if let remaining { metadata["remainingItemCount"] = JSONValue(remaining) }
        let definition = context.definition
        switch context.form {
        case .table:
            return definition.behavior.table.table(
                objects, metadata: metadata, now: clock(), include: context.query["includeObject"] ?? "Metadata")
        case .partialMetadata:
            return [
                "kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": metadata,
                "items": JSONValue(objects.map { partialMetadata(of: $0) }),
            ]
        default:
            return [
                "kind": JSONValue(definition.listKind), "apiVersion": JSONValue(definition.apiVersion),
                "metadata": metadata,
                "items": JSONValue(objects.map { item($0, definition) }),
            ]
        }
    }

    /// An object of a list; those of built-in kinds leave out what the list says.
    private func item(_ object: JSONView, _ definition: ResourceDefinition) -> JSONValue {
        var item = served(JSONValue(object), as: definition)
        guard definition.custom == nil else { return item }
        item.remove("kind")
        item.remove("apiVersion")
        return item
    }

    /// One object in the form that the request asked for.
    func objectBody(_ object: JSONValue, _ context: RequestContext, withColumns: Bool = true) -> JSONValue {
        guard context.form == .table || context.form == .partialMetadata, object["kind"]?.string != "Status" else {
            return object
        }
        guard let view = try? object.document().root else { return object }
        if context.form == .partialMetadata { return partialMetadata(of: view) }
        let version = object[path: "metadata", "resourceVersion"] ?? ""
        let layout = context.path.subresource == "scale" ? .scales : context.definition.behavior.table
        return layout.table(
            [view], metadata: ["resourceVersion": version], now: clock(),
            include: context.query["includeObject"] ?? "Metadata", withColumns: withColumns)
    }
}

/// Where the next page of a list begins. Opaque to clients.
struct ContinueToken: Sendable, Equatable {
    var revision: UInt64
    var last: ObjectKey

    init(revision: UInt64, last: ObjectKey) {
        self.revision = revision
        self.last = last
    }

    /// Nil without a token. Throws 400 for a text that is none.
    init?(_ text: String?) throws(StatusBody) {
        guard let text, !text.isEmpty else { return nil }
        guard let bytes = Base64.decode(text), let json = try? JSONDocument(parsing: bytes).root,
            let revision = json["rv"]?.string.flatMap({ UInt64($0) }), let name = json["name"]?.string
        else { throw .badRequest("continue key is not valid: invalid continue token") }
        self.revision = revision
        last = ObjectKey(namespace: json["namespace"]?.string, name: name)
    }

    var text: String {
        var json: JSONValue = ["rv": JSONValue(String(revision)), "name": JSONValue(last.name)]
        if let namespace = last.namespace { json["namespace"] = JSONValue(namespace) }
        return Base64.encodeText(json.bytes)
    }

    /// Whether a key belongs to this page.
    func isBefore(_ key: ObjectKey) -> Bool { last < key }
}
