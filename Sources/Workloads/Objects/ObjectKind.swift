import JSON
import KubernetesModel

/// One of our kinds as data: its definition, how it is completed and what is wrong with it. Admission serves them all alike.
package struct ObjectKind: Sendable {
    /// Names, schema and columns.
    package var definition: CustomResource
    /// The framework of a job; nil for other kinds.
    package var profile: FrameworkProfile?
    /// Writes defaults; twice is as once. Told whether the object is there already.
    package var complete: @Sendable (inout JSONValue, _ isUpdate: Bool) -> Void
    /// Everything wrong with the completed object, or with an update of `old`.
    package var problems: @Sendable (JSONView, _ old: JSONView?) -> [FieldError]
    /// What works but probably is not meant, each in at most 120 characters.
    package var warnings: @Sendable (JSONView) -> [String]
    /// Why the object must not be deleted now.
    package var deletionProblems: @Sendable (JSONView) -> [FieldError]

    /// A job of a framework.
    package static func job(_ profile: FrameworkProfile, _ definition: CustomResource) -> ObjectKind {
        ObjectKind(
            definition: definition, profile: profile,
            complete: { JobDefaults.apply(to: &$0, profile: profile, isUpdate: $1) },
            problems: { JobValidation.problems(of: $0, old: $1, profile: profile) },
            warnings: { JobValidation.warnings(of: $0, profile: profile) }, deletionProblems: { _ in [] })
    }

    /// A kind whose fields are checked by its schema, and whose remaining rules are `rules` on `spec` and `check`.
    ///
    /// - Parameter needsController: whether nothing of this version acts on such objects yet, which is warned about.
    package static func object(
        _ definition: CustomResource, rules: [CrossFieldRule] = [], immutable: [String] = [],
        needsController: Bool = true, complete: @escaping @Sendable (inout JSONValue) -> Void = { _ in },
        check: @escaping @Sendable (JSONView, inout [FieldError]) -> Void = { _, _ in },
        deletionProblems: @escaping @Sendable (JSONView) -> [FieldError] = { _ in [] }
    ) -> ObjectKind {
        ObjectKind(
            definition: definition, profile: nil, complete: { object, _ in complete(&object) },
            problems: { object, old in
                if let old, ObjectMeta(of: old).isDeleting { return [] }
                return ObjectValidation.problems(
                    of: object, old: old, definition, rules: rules, immutable: immutable, check)
            },
            warnings: { _ in
                needsController
                    ? ["\(definition.resource.kind): stored and checked, but nothing in this version acts on it yet"]
                    : []
            },
            deletionProblems: deletionProblems)
    }

    /// Every kind of the suite, in the order in which charts and commands install them.
    package static let all: [ObjectKind] = [
        .job(.tensorFlow, .tfJob), .job(.pyTorch, .pyTorchJob), .job(.mpi, .mpiJob), .job(.xgBoost, .xgBoostJob),
        .job(.xdl, .xdlJob), .job(.mars, .marsJob), .job(.elasticDL, .elasticDLJob),
        .job(.elasticBatch, .elasticBatchJob), .model, .modelVersion, .inference, .cron, .notebook, .cacheBackend,
    ]

    /// The kind of an API group and resource (`pytorchjobs`), if it is ours.
    package static func kind(group: String, resource plural: String) -> ObjectKind? {
        all.first { $0.definition.resource.group == group && $0.definition.resource.plural == plural }
    }
}

/// Checks an object by its definition.
enum ObjectValidation {
    static func problems(
        of json: JSONView, old: JSONView?, _ definition: CustomResource, rules: [CrossFieldRule], immutable: [String],
        _ check: (JSONView, inout [FieldError]) -> Void
    ) -> [FieldError] {
        var problems: [FieldError] = []
        guard let spec = problems.object("spec", of: json, at: .root) else {
            if json["spec"].map(\.isNull) ?? true { problems.append(.required(FieldPath("spec"))) }
            return problems
        }
        let path = FieldPath("spec")
        problems += SchemaCheck.problems(of: spec, definition.spec.json, at: path)
        // Rules of several fields say nothing sensible about fields of the wrong type.
        if problems.isEmpty { problems += rules.compactMap { $0.problem(spec, path) } }
        check(json, &problems)
        for field in immutable {
            guard let before = old?[path: "spec", field], !before.isNull else { continue }
            if spec[field].map({ JSONValue($0) }) ?? .null != JSONValue(before) {
                problems.append(
                    .forbidden(path.child(field), "field is immutable: delete the object and create it anew"))
            }
        }
        return problems
    }

    /// `self.f` must stay as it was, for each field, in CEL.
    static func transitionRules(_ fields: [String]) -> [(rule: String, message: String)] {
        fields.map { field in
            (
                "!has(oldSelf.\(field)) || (has(self.\(field)) && self.\(field) == oldSelf.\(field))",
                "\(field): field is immutable: delete the object and create it anew"
            )
        }
    }
}

extension Schema {
    /// The same schema of a `spec`, with fields that never change.
    func keeping(_ fields: [String]) -> Schema {
        ObjectValidation.transitionRules(fields).reduce(self) { $0.checked($1.rule, orSay: $1.message) }
    }
}
