import APIMachinery
import CEL
import JSON
import KubernetesModel
import Synchronization

/// The rules of a custom resource: what its schema says.
struct CustomBehavior: ResourceBehavior {
    var schema: StructuralSchema?
    var hasStatus: Bool
    var table: TableLayout
    var selectableFields: [String]
    private let programs = RulePrograms()

    var countsGeneration: Bool { true }

    func prune(_ object: inout JSONValue) -> [FieldPath] { schema?.prune(&object) ?? [] }

    func setDefaults(_ object: inout JSONValue) { schema?.applyDefaults(to: &object) }

    func prepareForCreate(_ object: inout JSONValue) { if hasStatus { object.remove("status") } }

    func validate(_ object: JSONValue) -> [FieldError] { check(object, old: nil) }

    func validateUpdate(_ object: JSONValue, from old: JSONValue) -> [FieldError] { check(object, old: old) }

    private func check(_ object: JSONValue, old: JSONValue?) -> [FieldError] {
        guard let schema else { return [] }
        do {
            let document = try object.document()
            let before = try old?.document()
            var budget = RulePrograms.budget
            return schema.validate(document.root, old: before?.root) { rule, value, old in
                programs.evaluate(rule, value, old, budget: &budget)
            }
        } catch {
            return [FieldError(path: .root, kind: .internalError, detail: "\(error)")]
        }
    }
}

/// Compiled `x-kubernetes-validations` rules by their text.
final class RulePrograms: Sendable {
    /// What all rules on one object may cost together. Source: k8s.io/apiserver pkg/apis/cel RuntimeCELCostBudget.
    static let budget = 10 * CELProgram.defaultCostLimit

    private let programs = Mutex<[String: Result<CELProgram, CELError>]>([:])

    /// Evaluates one rule on a value; a rule on `oldSelf` holds for new values.
    func evaluate(_ rule: ValidationRule, _ value: JSONView, _ old: JSONView?, budget: inout Int) -> RuleOutcome {
        let program: CELProgram
        switch compiled(rule.rule) {
        case .success(let found): program = found
        case .failure(let error): return .error("\(error)")
        }
        if program.variables.contains("oldSelf"), old == nil, !rule.optionalOldSelf { return .holds }
        var values = ["self": CELValue(value)]
        values["oldSelf"] = old.map { CELValue($0) }
        do {
            let result = try program.evaluate(values: values, budget: &budget)
            guard let holds = result.bool else { return .error("expected a bool, found \(result.typeName)") }
            return holds ? .holds : .fails(message: try message(of: rule, values, budget: &budget))
        } catch {
            if budget <= 0 { return .exhausted("validation failed due to running out of cost budget, \(Self.end)") }
            guard error.isBeyondCostLimit else { return .error("\(error)") }
            return .exhausted(
                "'\(error.message)': \(Self.end) due to call cost exceeds limit for rule: \(rule.message ?? rule.rule)")
        }
    }

    private static let end = "no further validation rules will be run"

    /// What the rule says of values that fail; nil where it cannot be computed, but its cost counts.
    private func message(
        of rule: ValidationRule, _ values: [String: CELValue], budget: inout Int
    ) throws(CELError) -> String? {
        guard let text = rule.messageExpression, case .success(let program) = compiled(text) else { return nil }
        do { return try program.evaluate(values: values, budget: &budget).string } catch {
            if budget <= 0 || error.isBeyondCostLimit { throw error }
            return nil
        }
    }

    private func compiled(_ text: String) -> Result<CELProgram, CELError> {
        if let known = programs.withLock({ $0[text] }) { return known }
        let made = CELProgram.compiled(text)
        programs.withLock { $0[text] = made }
        return made
    }
}
