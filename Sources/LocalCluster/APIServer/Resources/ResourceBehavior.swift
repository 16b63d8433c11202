import JSON
import KubernetesModel

/// The rules of one kind: defaults, what the server owns, what is valid, and how `kubectl get` shows it. Pure.
///
/// Source of the order in which they are called: k8s.io/apiserver pkg/registry/rest/{create,update}.go.
protocol ResourceBehavior: Sendable {
    /// Drops fields that the kind does not have and answers their paths.
    func prune(_ object: inout JSONValue) -> [FieldPath]
    /// Writes values in their one canonical way, such as quantities as texts.
    func normalize(_ object: inout JSONValue)
    /// Fills in what was left out; runs on every object that is read from a request or changed by a webhook.
    func setDefaults(_ object: inout JSONValue)
    /// Clears and sets fields that belong to the server, for a new object.
    func prepareForCreate(_ object: inout JSONValue)
    /// The same for a change of the main resource. (The status is already the old one if there is a status
    /// subresource.)
    func prepareForUpdate(_ object: inout JSONValue, from old: JSONValue)
    /// Every problem of a new object, apart from its metadata.
    func validate(_ object: JSONValue) -> [FieldError]
    /// Every problem of a changed object, apart from its metadata.
    func validateUpdate(_ object: JSONValue, from old: JSONValue) -> [FieldError]
    /// Why a name is not allowed; nil if it is.
    func nameProblem(_ name: String) -> String?
    /// Whether `metadata.generation` counts changes outside metadata and status.
    var countsGeneration: Bool { get }
    /// The fields that a field selector may name besides `metadata.name` and `metadata.namespace`.
    var selectableFields: [String] { get }
    /// The columns of `kubectl get`, without Name where it is the first and without Age where it is the last.
    var table: TableLayout { get }
}

extension ResourceBehavior {
    func prune(_ object: inout JSONValue) -> [FieldPath] { [] }
    func normalize(_ object: inout JSONValue) {}
    func setDefaults(_ object: inout JSONValue) {}
    func prepareForCreate(_ object: inout JSONValue) {}
    func prepareForUpdate(_ object: inout JSONValue, from old: JSONValue) {}
    func validate(_ object: JSONValue) -> [FieldError] { [] }
    func validateUpdate(_ object: JSONValue, from old: JSONValue) -> [FieldError] { validate(object) }
    func nameProblem(_ name: String) -> String? { NameValidation.dns1123SubdomainProblem(name) }
    var countsGeneration: Bool { false }
    var selectableFields: [String] { [] }
    var table: TableLayout { .nameAndAge }
}

/// A kind that the server keeps and gives back and has no rules for.
struct StoredOnly: ResourceBehavior {
    var countsGeneration: Bool
    var table: TableLayout
    /// Whether names may have any characters that a path segment can carry, as for RBAC.
    var hasPathSegmentNames: Bool

    init(countsGeneration: Bool = false, table: TableLayout = .nameAndAge, hasPathSegmentNames: Bool = false) {
        self.countsGeneration = countsGeneration
        self.table = table
        self.hasPathSegmentNames = hasPathSegmentNames
    }

    func nameProblem(_ name: String) -> String? {
        guard hasPathSegmentNames else { return NameValidation.dns1123SubdomainProblem(name) }
        if name == "." || name == ".." { return "may not be '\(name)'" }
        return name.contains("/") || name.contains("%") ? "may not contain '/' or '%'" : nil
    }
}
