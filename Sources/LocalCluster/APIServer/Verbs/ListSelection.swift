import JSON
import KubernetesModel

/// The label and field selectors of a request.
struct ListSelection: Sendable {
    private var labels: SelectorQuery?
    private var fields: FieldSelector?

    /// Reads them from the query. Throws 400 for a selector that is not well-formed or names a field that has none.
    init(_ context: RequestContext) throws(StatusBody) {
        if let text = context.query["labelSelector"], !text.isEmpty {
            do {
                labels = try SelectorQuery(parsing: text)
            } catch {
                throw .badRequest("unable to parse requirement: \(error)")
            }
        }
        if let text = context.query["fieldSelector"], !text.isEmpty {
            let allowed = ["metadata.name", "metadata.namespace"] + context.definition.behavior.selectableFields
            do {
                fields = try FieldSelector(parsing: text)
            } catch {
                throw .badRequest("\(error)")
            }
            for term in fields?.terms ?? [] where !allowed.contains(term.field) {
                throw .badRequest("field label not supported: \(term.field)")
            }
        }
        if let name = context.path.name { fields = FieldSelector(field: "metadata.name", equals: name) }
        let key = ["metadata.name", "metadata.namespace"]
        isFixed = labels == nil && (fields?.terms ?? []).allSatisfy { key.contains($0.field) }
    }

    /// Whether no change of an object changes that it is selected.
    let isFixed: Bool

    var isEmpty: Bool { labels == nil && fields == nil }

    func matches(_ object: JSONView) -> Bool {
        if let labels, !labels.matches(StringMap(json: object[path: "metadata", "labels"])) { return false }
        return fields?.matches(object) ?? true
    }
}
