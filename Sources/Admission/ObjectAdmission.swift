import JSON
import KubernetesModel
import Workloads

/// Defaults and validation of all our kinds.
enum ObjectAdmission {
    /// Writes the kind's defaults. An object that is wrong even so is refused here already, with every problem: the API
    /// server checks the CRD's schema before it asks for validation, and would answer only what the schema finds.
    static func mutate(_ object: JSONView, _ request: AdmissionRequest, _ kind: ObjectKind) -> AdmissionDecision {
        let before = JSONValue(object)
        var after = before
        kind.complete(&after, request.operation == .update)
        if let completed = try? after.document() {
            let decision = validate(completed.root, request, kind)
            if !decision.allowed { return decision }
        }
        return .change(from: before, to: after)
    }

    /// Answers every problem of the object.
    static func validate(_ object: JSONView, _ request: AdmissionRequest, _ kind: ObjectKind) -> AdmissionDecision {
        let old = request.operation == .update ? request.oldObject : nil
        var decision = decision(on: kind.problems(object, old), about: object, request, kind)
        decision.warnings = kind.warnings(object)
        return decision
    }

    /// Answers why the stored object must stay.
    static func validateDeletion(
        of object: JSONView, _ request: AdmissionRequest, _ kind: ObjectKind
    ) -> AdmissionDecision {
        decision(on: kind.deletionProblems(object), about: object, request, kind)
    }

    private static func decision(
        on problems: [FieldError], about object: JSONView, _ request: AdmissionRequest, _ kind: ObjectKind
    ) -> AdmissionDecision {
        let name = request.name ?? ObjectMeta(of: object).name
        return problems.isEmpty ? .allow : .refuse(kind.definition.resource, name: name, problems)
    }
}
