import KubernetesModel

/// Which state of a collection a list asks for.
///
/// Source: k8s.io/apimachinery pkg/apis/meta/internalversion/validation.
struct ListVersion: Sendable, Equatable {
    /// The state must not be older than this.
    var wanted: UInt64?
    /// The state must be that of this revision.
    var exact: UInt64?

    /// Reads the query. Throws 400 and 422.
    init(_ query: QueryParameters) throws(StatusBody) {
        let version = query["resourceVersion"] ?? ""
        let match = query["resourceVersionMatch"] ?? ""
        let isContinued = !(query["continue"] ?? "").isEmpty
        func refuse(_ error: FieldError) -> StatusBody { .invalidOption(error, of: "ListOptions") }
        let path = FieldPath("resourceVersionMatch")
        if query["sendInitialEvents"] != nil {
            throw refuse(.forbidden(FieldPath("sendInitialEvents"), "sendInitialEvents is forbidden for list"))
        }
        if !match.isEmpty {
            if version.isEmpty {
                throw refuse(.forbidden(path, "resourceVersionMatch is forbidden unless resourceVersion is provided"))
            }
            if isContinued {
                throw refuse(.forbidden(path, "resourceVersionMatch is forbidden when continue is provided"))
            }
            guard match == "Exact" || match == "NotOlderThan" else {
                throw refuse(.notSupported(path, match, supported: ["Exact", "NotOlderThan", ""]))
            }
            if match == "Exact", version == "0" {
                throw refuse(
                    .forbidden(path, "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""))
            }
        }
        guard !version.isEmpty, version != "0" else { return }
        if isContinued { throw .badRequest("specifying resource version is not allowed when using continue") }
        guard let number = UInt64(version) else { throw .badRequest("invalid resource version: \"\(version)\"") }
        wanted = number
        if match == "Exact" { exact = number }
    }
}
