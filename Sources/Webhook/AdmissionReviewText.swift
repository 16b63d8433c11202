import Admission
import Cryptography
import JSON
import KubernetesModel

/// Writes the AdmissionReview (admission.k8s.io/v1) that answers a request.
enum AdmissionReviewText {
    static func bytes(_ decision: AdmissionDecision, uid: String) -> [UInt8] {
        let patch = decision.allowed ? decision.patch.map { Base64.encode($0.json.bytes) } : nil
        var writer = begin(uid: uid, allowed: decision.allowed, reserving: patch?.count ?? 0)
        if let status = decision.status {
            writer.key("status")
            writer.value(status.value)
        }
        if let patch {
            writer.key("patchType")
            writer.string("JSONPatch")
            writer.key("patch")
            writer.raw([UInt8(ascii: "\"")] + patch + [UInt8(ascii: "\"")])
        }
        if !decision.warnings.isEmpty {
            writer.key("warnings")
            writer.beginArray()
            for warning in decision.warnings { writer.string(warning) }
            writer.endArray()
        }
        return end(&writer)
    }

    static func refusal(_ status: StatusBody, uid: String) -> [UInt8] {
        var writer = begin(uid: uid, allowed: false, reserving: 0)
        writer.key("status")
        writer.value(status.value)
        return end(&writer)
    }

    private static func begin(uid: String, allowed: Bool, reserving count: Int) -> JSONWriter {
        var writer = JSONWriter(reservingBytes: 512 + count)
        writer.beginObject()
        writer.key("apiVersion")
        writer.string("admission.k8s.io/v1")
        writer.key("kind")
        writer.string("AdmissionReview")
        writer.key("response")
        writer.beginObject()
        writer.key("uid")
        writer.string(uid)
        writer.key("allowed")
        writer.bool(allowed)
        return writer
    }

    private static func end(_ writer: inout JSONWriter) -> [UInt8] {
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }
}
