import JSON
import KubernetesModel

/// Binding a pod to a node. Pure. Source: pkg/registry/core/pod/storage/storage.go setPodNodeAndMetadata.
enum PodBinding {
    /// The pod with the node that a Binding names. Throws 400, 409, 422.
    static func bound(_ pod: JSONValue, by binding: JSONValue, now: Timestamp) throws(StatusBody) -> JSONValue {
        let name = pod.metadataName
        let node = binding[path: "target", "name"]?.string ?? ""
        let kind = binding[path: "target", "kind"]?.string ?? ""
        guard kind.isEmpty || kind == "Node" else {
            throw StatusBody.badRequest("target.kind: Unsupported value: \"\(kind)\": supported values: \"Node\"")
        }
        guard !node.isEmpty else { throw .badRequest("target.name: Required value") }
        func conflict(_ why: String) -> StatusBody {
            .conflict(GroupResource(group: "", plural: "pods/binding"), name: name, why)
        }
        if let uid = binding[path: "metadata", "uid"]?.string, !uid.isEmpty, uid != pod[path: "metadata", "uid"]?.string
        {
            throw conflict(
                "Precondition failed: UID in precondition: \(uid), UID in object meta: "
                    + (pod[path: "metadata", "uid"]?.string ?? ""))
        }
        if pod[path: "metadata", "deletionTimestamp"]?.string != nil {
            throw conflict("pod \(name) is being deleted, cannot be assigned to a host")
        }
        if let current = pod[path: "spec", "nodeName"]?.string, !current.isEmpty {
            throw conflict("pod \(name) is already assigned to node \"\(current)\"")
        }
        if !(pod[path: "spec", "schedulingGates"]?.isEmpty ?? true) {
            throw conflict("pod \(name) has non-empty .spec.schedulingGates")
        }
        var bound = pod
        bound[path: ["spec", "nodeName"]] = JSONValue(node)
        for (key, value) in binding[path: "metadata", "annotations"]?.members ?? [] {
            bound[path: ["metadata", "annotations", key]] = value
        }
        for (key, value) in binding[path: "metadata", "labels"]?.members ?? [] {
            bound[path: ["metadata", "labels", key]] = value
        }
        var status = bound["status"] ?? .object([])
        PodStatusRules.set(["type": "PodScheduled", "status": "True", "lastProbeTime": .null], in: &status, now: now)
        bound["status"] = status
        return bound
    }
}
