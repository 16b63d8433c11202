import Cryptography
import JSON
import KubernetesModel

/// What a webhook said.
struct WebhookAnswer: Sendable {
    var isAllowed: Bool
    var patch: JSONPatch?
    var warnings: [String]
    var status: JSONView?

    /// Reads an AdmissionReview. Throws a text for an answer that is none.
    init(_ bytes: [UInt8], uid: String, isMutating: Bool) throws(WebhookFailure) {
        let review: JSONView
        do { review = try JSONDocument(parsing: bytes).root } catch {
            throw WebhookFailure("the answer is not JSON: \(error)")
        }
        guard review["kind"]?.string == "AdmissionReview", review["apiVersion"]?.string == "admission.k8s.io/v1" else {
            throw WebhookFailure(
                "expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got "
                    + "\(review["apiVersion"]?.string ?? ""), Kind=\(review["kind"]?.string ?? "")")
        }
        guard let response = review["response"], !response.isNull else {
            throw WebhookFailure("webhook response was absent")
        }
        guard response["uid"]?.string == uid else {
            throw WebhookFailure("expected response.uid=\"\(uid)\", got \"\(response["uid"]?.string ?? "")\"")
        }
        isAllowed = response["allowed"]?.bool ?? false
        warnings = response["warnings"]?.strings ?? []
        status = response["status"]
        guard let text = response["patch"]?.string, !text.isEmpty else { return }
        guard isMutating else { throw WebhookFailure("a validating webhook must not answer a patch") }
        guard response["patchType"]?.string == "JSONPatch" else {
            throw WebhookFailure("webhook returned response.patch but not response.patchType=JSONPatch")
        }
        guard let decoded = Base64.decode(text) else { throw WebhookFailure("response.patch is not base64") }
        do { patch = try JSONPatch(try JSONDocument(parsing: decoded).root) } catch {
            throw WebhookFailure("response.patch is not a JSON patch: \(error)")
        }
    }

    /// The refusal as the client gets it. Source: apiserver pkg/admission/plugin/webhook/errors/statuserror.go.
    func refusal(by name: String) -> StatusBody {
        let denied = "admission webhook \"\(name)\" denied the request"
        var body = StatusBody(code: 400, reason: "", message: "")
        if let status {
            var given = JSONValue(status)
            given["kind"] = "Status"
            if let view = try? given.document().root, let read = StatusBody(json: view) { body = read }
        }
        if !(400..<600).contains(body.code) { body.code = 400 }
        if !body.message.isEmpty {
            body.message = "\(denied): \(body.message)"
        } else if !body.reason.isEmpty {
            body.message = "\(denied): \(body.reason)"
        } else {
            body.message = "\(denied) without explanation"
        }
        return body
    }
}

/// A webhook that could not be called or did not answer as it must.
struct WebhookFailure: Error, Sendable, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}

/// Base64 with white space, as bundles in manifests have it.
enum Base64Text {
    static func decode(_ text: String) -> [UInt8]? { Base64.decode(text.filter { !$0.isWhitespace }) }
}
