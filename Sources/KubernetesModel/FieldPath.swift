/// The path of a field as messages write it: `spec.replicaSpecs[Worker].template.spec.containers[0].name`.
/// Source: apimachinery pkg/util/validation/field.
package struct FieldPath: Hashable, Sendable, CustomStringConvertible {
    /// The path as text; empty for the whole object.
    package let text: String

    /// The whole object.
    package static let root = FieldPath(text: "")

    /// The path of nested members from the whole object.
    package init(_ names: String...) {
        self = names.reduce(.root) { $0.child($1) }
    }

    private init(text: String) { self.text = text }

    /// The member `name` of this object.
    package func child(_ name: String) -> FieldPath {
        FieldPath(text: text.isEmpty ? name : text + "." + name)
    }

    /// The nested members `names` of this object.
    package func child(_ first: String, _ rest: String...) -> FieldPath {
        rest.reduce(child(first)) { $0.child($1) }
    }

    /// The element of this array, from 0.
    package func index(_ index: Int) -> FieldPath { FieldPath(text: text + "[\(index)]") }

    /// The entry of this map.
    package func key(_ key: String) -> FieldPath { FieldPath(text: text + "[\(key)]") }

    /// The path; `<nil>` for the whole object, as Kubernetes writes it.
    package var description: String { text.isEmpty ? "<nil>" : text }
}
