import CEL
import JSON
import KubernetesModel

/// An expression of a policy or of a webhook's `matchConditions`.
struct AdmissionExpression: Sendable {
    var name: String
    var source: String
    private let program: Result<CELProgram, CELError>

    init(_ expression: JSONView?, name: String = "") {
        self.name = name
        source = expression?.string ?? ""
        program = CELProgram.compiled(source)
    }

    /// The entries of a list of names and expressions.
    static func list(_ json: JSONView?) -> [AdmissionExpression] {
        json?.elements.map { AdmissionExpression($0["expression"], name: $0["name"]?.string ?? "") } ?? []
    }

    /// The value for a write; takes its cost from `budget`.
    func evaluate(_ values: [String: CELValue], budget: inout Int) throws(CELError) -> CELValue {
        try program.get().evaluate(values: values, budget: &budget)
    }

    /// What expressions see of a write, of which `request` is the review's request.
    static func values(_ request: JSONView, namespace: JSONView?) -> [String: CELValue] {
        func value(_ json: JSONView?) -> CELValue { json.map { CELValue($0) } ?? .null }
        return [
            "request": value(request), "object": value(request["object"]), "oldObject": value(request["oldObject"]),
            "namespaceObject": value(namespace),
        ]
    }

    /// What is wrong with the text of an expression.
    static func problems(of expression: JSONValue?, at path: FieldPath) -> [FieldError] {
        let text = expression?.string ?? ""
        if text.isEmpty { return [.required(path)] }
        guard case .failure(let error) = CELProgram.compiled(text) else { return [] }
        return [.invalid(path, text, "compilation failed: \(error)")]
    }
}
