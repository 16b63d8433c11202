import JSON
import KubernetesModel

enum AdmissionOperation: String, Sendable {
    case create = "CREATE"
    case update = "UPDATE"
    case delete = "DELETE"
    case connect = "CONNECT"

    /// The `options` of an AdmissionReview.
    func options(_ context: RequestContext) -> JSONValue {
        let kind =
            switch self {
            case .create: "CreateOptions"
            case .update: context.isPatch ? "PatchOptions" : "UpdateOptions"
            case .delete, .connect: "DeleteOptions"
            }
        var value: JSONValue = ["kind": JSONValue(kind), "apiVersion": "meta.k8s.io/v1"]
        if context.write.isDryRun { value["dryRun"] = ["All"] }
        if let manager = context.write.fieldManager { value["fieldManager"] = JSONValue(manager) }
        if context.query["fieldValidation"] != nil {
            value["fieldValidation"] = JSONValue(context.write.fieldValidation.rawValue)
        }
        return value
    }
}

/// One write, as admission sees it.
struct AdmissionAttributes: Sendable {
    var operation: AdmissionOperation
    var definition: ResourceDefinition
    var subresource: String
    var namespace: String?
    var name: String
    /// Nil for a deletion.
    var object: JSONValue?
    /// Nil for a creation.
    var oldObject: JSONValue?
    var options: JSONValue
    var user: RequestUser
    var isDryRun: Bool
    let warnings: ResponseWarnings

    /// The `request` of an AdmissionReview, in the version of `shown`.
    ///
    /// Source: k8s.io/api admission/v1 AdmissionRequest.
    func review(uid: String, as shown: ResourceDefinition) -> JSONValue {
        func resource(_ definition: ResourceDefinition) -> JSONValue {
            [
                "group": JSONValue(definition.group), "version": JSONValue(definition.version),
                "resource": JSONValue(definition.plural),
            ]
        }
        var request: JSONValue = [
            "uid": JSONValue(uid), "kind": shown.groupVersionKind, "resource": resource(shown),
            "requestKind": definition.groupVersionKind, "requestResource": resource(definition),
        ]
        if !subresource.isEmpty {
            request["subResource"] = JSONValue(subresource)
            request["requestSubResource"] = JSONValue(subresource)
        }
        if !name.isEmpty { request["name"] = JSONValue(name) }
        if let namespace { request["namespace"] = JSONValue(namespace) }
        request["operation"] = JSONValue(operation.rawValue)
        request["userInfo"] = user.json
        request["object"] = object.map { converted($0, to: shown) } ?? JSONValue.null
        request["oldObject"] = oldObject.map { converted($0, to: shown) } ?? JSONValue.null
        request["dryRun"] = JSONValue(isDryRun)
        request["options"] = options
        return request
    }

    private func converted(_ object: JSONValue, to shown: ResourceDefinition) -> JSONValue {
        guard object["apiVersion"]?.string != shown.apiVersion else { return object }
        var object = object
        object["apiVersion"] = JSONValue(shown.apiVersion)
        return object
    }
}
