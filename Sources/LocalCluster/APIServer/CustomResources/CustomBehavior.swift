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

    init(schema: StructuralSchema?, hasStatus: Bool, table: TableLayout, selectableFields: [String]) {
        self.schema = schema
        self.hasStatus = hasStatus
        self.table = table
        self.selectableFields = selectableFields
    }

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
            return schema.validate(document.root, old: before?.root, rules: programs.evaluate)
        } catch {
            return [FieldError(path: .root, kind: .internalError, detail: "\(error)")]
        }
    }
}

/// Compiled `x-kubernetes-validations` rules by their text.
final class RulePrograms: Sendable {
    private let programs = Mutex<[String: Result<CELProgram, CELError>]>([:])

    /// Evaluates one rule on a value; a rule on `oldSelf` holds for new values.
    @Sendable func evaluate(_ rule: ValidationRule, _ value: JSONView, _ old: JSONView?) -> RuleOutcome {
        let program: CELProgram
        switch compiled(rule.rule) {
        case .success(let found): program = found
        case .failure(let error): return .error("\(error)")
        }
        if program.variables.contains("oldSelf"), old == nil, !rule.optionalOldSelf { return .holds }
        var bindings = ["self": value]
        if let old { bindings["oldSelf"] = old }
        do {
            if try program.holds(bindings: bindings) { return .holds }
            return .fails(message: try message(of: rule, bindings))
        } catch {
            return .error("\(error)")
        }
    }

    private func message(of rule: ValidationRule, _ bindings: [String: JSONView]) throws(CELError) -> String? {
        guard let expression = rule.messageExpression, case .success(let program) = compiled(expression) else {
            return nil
        }
        return try program.evaluate(bindings: bindings).string
    }

    private func compiled(_ text: String) -> Result<CELProgram, CELError> {
        if let known = programs.withLock({ $0[text] }) { return known }
        let made: Result<CELProgram, CELError>
        do throws(CELError) { made = .success(try CELProgram(compiling: text)) } catch { made = .failure(error) }
        programs.withLock { $0[text] = made }
        return made
    }
}
