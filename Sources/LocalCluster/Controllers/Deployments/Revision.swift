internal import JSON
internal import KubernetesModel

/// A ReplicaSet of a Deployment, as it is or will be once the plan is carried out.
struct Revision {
    static let hashLabel = "pod-template-hash"
    static let revisionKey = "deployment.kubernetes.io/revision"
    static let historyKey = "deployment.kubernetes.io/revision-history"
    static let desiredKey = "deployment.kubernetes.io/desired-replicas"
    static let mostKey = "deployment.kubernetes.io/max-replicas"

    /// Nil for one that is to be created.
    var json: JSONView?
    var name: String
    var uid = ""
    var replicas: Int
    var annotations: [String: String]

    init(_ json: JSONView) {
        self.json = json
        name = json.meta.name
        uid = json.meta.uid
        replicas = json[path: "spec", "replicas"]?.int ?? 1
        annotations = json.meta.annotations.dictionary
    }

    init(name: String, replicas: Int, annotations: [String: String]) {
        self.name = name
        self.replicas = replicas
        self.annotations = annotations
    }

    var number: Int { annotations[Self.revisionKey].flatMap { Int($0) } ?? 0 }
    /// The Deployment's replicas when this set was last scaled.
    var desired: Int? { annotations[Self.desiredKey].flatMap { Int($0) } }
    /// The most pods that the Deployment could have then.
    var most: Int? { annotations[Self.mostKey].flatMap { Int($0) } }
    /// Sorts by creation.
    var age: (Timestamp, String) { (json?.meta.creationTimestamp ?? Timestamp(seconds: .max), name) }
    func observed(_ field: String) -> Int { json?[path: "status", field]?.int ?? 0 }
    var available: Int { observed("availableReplicas") }
}
