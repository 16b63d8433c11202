import KubernetesModel

/// The query of a request with typed reads; the last of several equal names wins, as for a single-valued option.
struct QueryParameters: Sendable {
    var pairs: [(String, String)]

    init(_ pairs: [(String, String)]) { self.pairs = pairs }

    subscript(_ name: String) -> String? { pairs.last { $0.0 == name }?.1 }

    /// All values of a name, in order.
    func all(_ name: String) -> [String] { pairs.filter { $0.0 == name }.map(\.1) }

    /// `true`, `1` or an empty value. Throws 400 for another text.
    func flag(_ name: String) throws(StatusBody) -> Bool {
        switch self[name] {
        case nil, "false", "0", "False", "f", "F", "FALSE": return false
        case "true", "1", "", "True", "t", "T", "TRUE": return true
        case let text?: throw .badRequest("query parameter \(name): \"\(text)\" is not true or false")
        }
    }

    /// A whole number. Throws 400 for another text.
    func integer(_ name: String) throws(StatusBody) -> Int? {
        guard let text = self[name], !text.isEmpty else { return nil }
        guard let number = Int(text) else {
            throw .badRequest("query parameter \(name): \"\(text)\" is not a whole number")
        }
        return number
    }
}

/// What to do about unknown and duplicate fields of a request's body.
enum FieldValidation: String, Sendable {
    case ignore = "Ignore"
    case warn = "Warn"
    case strict = "Strict"
}

/// Options that all writing verbs share.
struct WriteParameters: Sendable {
    var isDryRun = false
    var fieldManager: String?
    var fieldValidation = FieldValidation.warn
    /// Nil if the query does not say.
    var force: Bool?

    init() {}

    /// Reads them from a query. Throws 400 for a value that is not allowed.
    init(_ query: QueryParameters) throws(StatusBody) {
        let dryRun = query.all("dryRun")
        guard dryRun.allSatisfy({ $0 == "All" || $0.isEmpty }) else {
            throw .invalidOption(
                .notSupported(FieldPath("dryRun"), dryRun.joined(separator: ","), supported: ["All"]))
        }
        isDryRun = dryRun.contains("All")
        fieldManager = query["fieldManager"].flatMap { $0.isEmpty ? nil : $0 }
        if let fieldManager, fieldManager.utf8.count > 128 {
            throw .invalidOption(.tooLong(FieldPath("fieldManager"), limit: 128))
        }
        if let text = query["fieldValidation"], !text.isEmpty {
            guard let validation = FieldValidation(rawValue: text) else {
                throw .invalidOption(
                    .notSupported(
                        FieldPath("fieldValidation"), text, supported: ["", "Ignore", "Strict", "Warn"]))
            }
            fieldValidation = validation
        }
        if query["force"] != nil { force = try query.flag("force") }
    }
}

extension StatusBody {
    /// 422 for an option of a request, such as a query parameter.
    static func invalidOption(_ error: FieldError, of kind: String = "Options") -> StatusBody {
        .invalid(
            ResourceType(
                group: "meta.k8s.io", version: "v1", plural: kind.lowercased(), kind: kind, isNamespaced: false), "",
            [error])
    }
}
