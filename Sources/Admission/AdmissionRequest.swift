import JSON
import KubernetesModel

/// What the API server asks: one object that is about to be stored. Views only, nothing is decoded before it is read.
///
/// Source: admission.k8s.io/v1 AdmissionRequest.
package struct AdmissionRequest: Sendable {
    /// What is done to the object.
    package enum Operation: String, Sendable {
        case create = "CREATE"
        case update = "UPDATE"
        case delete = "DELETE"
        case connect = "CONNECT"
    }

    /// Identifies the request; the answer carries it.
    package var uid: String
    /// What is done.
    package var operation: Operation
    /// The API group; empty for the core group.
    package var group: String
    /// The API version.
    package var version: String
    /// The plural name, such as `pods`.
    package var resource: String
    /// The subresource; empty for the object itself.
    package var subresource: String
    /// Nil for cluster-scoped objects.
    package var namespace: String?
    /// Nil while the object is to be named by `generateName`.
    package var name: String?
    /// Whether nothing will be stored.
    package var isDryRun: Bool
    /// The object as it is to be stored; nil on deletion.
    package var object: JSONView?
    /// The object as it is stored; nil on creation.
    package var oldObject: JSONView?

    /// A request from its parts.
    package init(
        uid: String, operation: Operation, group: String, version: String, resource: String, subresource: String = "",
        namespace: String? = nil, name: String? = nil, isDryRun: Bool = false, object: JSONView? = nil,
        oldObject: JSONView? = nil
    ) {
        self.uid = uid
        self.operation = operation
        self.group = group
        self.version = version
        self.resource = resource
        self.subresource = subresource
        self.namespace = namespace
        self.name = name
        self.isDryRun = isDryRun
        self.object = object
        self.oldObject = oldObject
    }

    /// Reads an AdmissionReview of version `admission.k8s.io/v1`. Throws ``AdmissionReviewError`` with the place of what
    /// is missing or of another type.
    package init(review: JSONView) throws(AdmissionReviewError) {
        guard review.kind == .object else {
            throw AdmissionReviewError(pointer: "", message: "an AdmissionReview object is expected")
        }
        let apiVersion = review["apiVersion"]?.string ?? ""
        guard apiVersion == "admission.k8s.io/v1", review["kind"]?.string == "AdmissionReview" else {
            throw AdmissionReviewError(
                pointer: "/apiVersion",
                message: "admission.k8s.io/v1 AdmissionReview is expected, not \"\(apiVersion)\"")
        }
        guard let request = review["request"], request.kind == .object else {
            throw AdmissionReviewError(pointer: "/request", message: "an object is expected")
        }
        uid = try Self.text(request, "uid")
        if uid.isEmpty { throw AdmissionReviewError(pointer: "/request/uid", message: "must not be empty") }
        let name = try Self.text(request, "operation")
        guard let operation = Operation(rawValue: name) else {
            throw AdmissionReviewError(pointer: "/request/operation", message: "unknown operation \"\(name)\"")
        }
        self.operation = operation
        guard let resource = request["resource"], resource.kind == .object else {
            throw AdmissionReviewError(pointer: "/request/resource", message: "an object is expected")
        }
        group = resource["group"]?.string ?? ""
        version = resource["version"]?.string ?? ""
        self.resource = resource["resource"]?.string ?? ""
        subresource = request["subResource"]?.string ?? ""
        namespace = request["namespace"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        self.name = request["name"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        isDryRun = request["dryRun"]?.bool ?? false
        object = try Self.object(request, "object")
        oldObject = try Self.object(request, "oldObject")
        if object == nil, operation == .create || operation == .update {
            throw AdmissionReviewError(pointer: "/request/object", message: "an object is expected for \(name)")
        }
    }

    private static func text(_ json: JSONView, _ key: String) throws(AdmissionReviewError) -> String {
        guard let text = json[key]?.string else {
            throw AdmissionReviewError(pointer: "/request/\(key)", message: "a string is expected")
        }
        return text
    }

    private static func object(_ json: JSONView, _ key: String) throws(AdmissionReviewError) -> JSONView? {
        guard let value = json[key], !value.isNull else { return nil }
        guard value.kind == .object else {
            throw AdmissionReviewError(pointer: "/request/\(key)", message: "an object is expected")
        }
        return value
    }
}

/// A text that is no AdmissionReview: what is wrong and where.
package struct AdmissionReviewError: Error, Sendable, Hashable, CustomStringConvertible {
    /// JSON pointer in the review.
    package var pointer: String
    /// What is wrong.
    package var message: String

    /// An error from its parts.
    package init(pointer: String, message: String) {
        self.pointer = pointer
        self.message = message
    }

    package var description: String {
        "not an AdmissionReview: \(pointer.isEmpty ? "the whole text" : pointer): \(message)"
    }
}
