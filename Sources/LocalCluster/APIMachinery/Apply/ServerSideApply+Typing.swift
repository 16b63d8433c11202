package import JSON
package import KubernetesModel

extension ServerSideApply {
    /// 500 for a configuration that does not have the type of its resource. The status code of kube-apiserver, whose
    /// apimachinery pkg/util/managedfields/internal/structuredmerge.go gives this error none.
    package static func untyped(_ applied: JSONValue, _ problems: [String]) -> StatusBody {
        let (group, metadata) = (applied["apiVersion"]?.string ?? "", applied["metadata"])
        let id = "\(metadata?["namespace"]?.string ?? "")/\(metadata?["name"]?.string ?? "")"
        let kind = (group.contains("/") ? group : "/" + group) + ", Kind=\(applied["kind"]?.string ?? "")"
        let text =
            problems.count == 1 ? problems[0] : (["errors:"] + problems.map { "  " + $0 }).joined(separator: "\n")
        return StatusBody(
            code: 500, reason: "", message: "failed to create typed patch object (\(id); \(kind)): \(text)")
    }
}

extension MergeNode {
    /// Elements of sets and maps that occur twice. Source: structured-merge-diff typed/validate.go.
    func duplicates(in value: JSONValue, at path: String = "") -> [String] {
        switch value.kind {
        case .object where !isAtomicObject:
            return (value.members ?? []).flatMap { child($0.key).duplicates(in: $0.value, at: "\(path).\($0.key)") }
        case .array:
            var seen = Set<String>()
            return value.elements.enumerated().flatMap { index, part -> [String] in
                guard let name = pathElement(of: part) else {
                    return element.duplicates(in: part, at: "\(path)[\(index)]")
                }
                let text = FieldSet.text(of: name)
                return (seen.insert(name).inserted ? [] : ["\(path): duplicate entries for key \(text)"])
                    + element.duplicates(in: part, at: path + text)
            }
        default: return []
        }
    }
}
