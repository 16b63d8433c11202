internal import JSON
internal import KubernetesModel
internal import Placement

/// What kube-scheduler sends to `filter` and `prioritize`.
///
/// The keys are Go field names, capitalised. Source: k8s.io/kube-scheduler extender/v1 `ExtenderArgs`.
struct ExtenderArguments {
    /// The nodes in question.
    enum Candidates {
        /// Names only, from a scheduler that knows the extender as `nodeCacheCapable`.
        case names(JSONView)
        /// Whole Node objects.
        case nodes(JSONView)
    }

    var pod: PodProjection
    var candidates: Candidates

    /// Reads a body. Throws ``JSONError`` with the place of what is wrong.
    init(body: [UInt8]) throws(JSONError) {
        let root = try JSONDocument(parsing: body).root.requireObject()
        let pod = try root.requireObject("Pod")
        let metadata = try pod.requireObject("metadata")
        _ = try metadata.requireString("uid")
        _ = try pod.requireObject("spec")
        self.pod = PodProjection(Pod(json: pod))
        if let names = root["NodeNames"], !names.isNull {
            candidates = .names(try names.requireArray())
        } else {
            candidates = .nodes(try root.requireObject("Nodes").requireArray("items"))
        }
    }

    /// Calls `body` with each candidate: its name, its state, and its own JSON text.
    ///
    /// The state is `nil` where the node is not known and no Node object came with the call. Throws ``JSONError``
    /// where a candidate is not what it should be.
    func forEach(
        in snapshot: borrowing ClusterSnapshot, _ body: (String, NodeState?, JSONView) throws(JSONError) -> Void
    ) throws(JSONError) {
        switch candidates {
        case .names(let names):
            for element in names.elements {
                let name = try element.requireString()
                try body(name, snapshot.node(name), element)
            }
        case .nodes(let items):
            for element in items.elements {
                let name = try element.requireObject("metadata").requireString("name")
                let state = snapshot.node(name) ?? NodeState(NodeProjection(Node(json: element)))
                try body(name, state, element)
            }
        }
    }
}
