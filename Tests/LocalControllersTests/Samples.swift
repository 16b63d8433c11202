import JSON
import KubernetesModel
import LocalControllers

let now = Timestamp(seconds: 1_800_000_000)

/// Parses an object that a test writes as JSON text.
func object(_ text: String) throws -> JSONView { try JSONDocument(parsing: text).root }

/// A pod with label `app=web`; `owner` is its controller's UID, `since` how long it has been ready, in seconds.
func pod(
    _ name: String, owner: String? = "root", phase: String = "Running", ready since: Int64? = 600, node: String = "n1",
    labels: String = #"{"app":"web"}"#, metadata: String = "", status: String = ""
) throws -> JSONView {
    let references = owner.map {
        #""ownerReferences":[{"apiVersion":"v1","kind":"K","name":"o","uid":"\#($0)","controller":true}],"#
    }
    let ready = since.map {
        #"{"type":"Ready","status":"True","lastTransitionTime":"\#(now - .seconds($0))"}"#
    }
    return try object(
        #"""
        {"metadata":{"name":"\#(name)","namespace":"ns","uid":"\#(name)",\#(references ?? "")
          "creationTimestamp":"\#(now - .seconds(1000))",\#(metadata)"labels":\#(labels)},
         "spec":{"nodeName":"\#(node)","containers":[{"name":"c"}]},
         "status":{\#(status)"phase":"\#(phase)","conditions":[\#(ready ?? "")]}}
        """#)
}

extension Plan {
    /// Its changes, each in a line: `create pods web-`, `delete pods a`, `scale web-1 3`, `release a`.
    var lines: [String] { changes.map(Self.line) }

    private static func line(_ change: Change) -> String {
        switch change {
        case .create(let type, let object):
            let metadata = object["metadata"]
            let index = metadata?[path: "annotations", "batch.kubernetes.io/job-completion-index"]?.string ?? ""
            return "create \(type.plural) " + (metadata?["name"]?.string ?? metadata?["generateName"]?.string ?? "")
                + index
        case .delete(let type, let key, _, _): return "delete \(type.plural) \(key.name)"
        case .adopt(_, let key, _): return "adopt \(key.name)"
        case .status(_, let key, _): return "status \(key.name)"
        case .discard(let type, let key, _, _): return "discard \(type.plural) \(key.name)"
        case .folder(let path, let isWanted): return "\(isWanted ? "make" : "remove") \(path)"
        case .merge(_, let key, let patch):
            if let count = patch[path: "spec", "replicas"]?.int { return "scale \(key.name) \(count)" }
            if patch[path: "metadata", "ownerReferences"] != nil { return "let go \(key.name)" }
            return patch[path: "metadata", "finalizers"] == nil ? "note \(key.name)" : "release \(key.name)"
        }
    }

    /// A condition of its status as `status reason`; nil if there is none.
    func condition(_ type: String) -> String? {
        status?["conditions"]?.elements.first { $0["type"]?.string == type }
            .map { "\($0["status"]?.string ?? "") \($0["reason"]?.string ?? "")" }
    }

    /// A number of its status; 0 if absent.
    func number(_ field: String) -> Int { status?[field]?.int ?? 0 }
}
