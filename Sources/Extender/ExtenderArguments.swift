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

    /// One candidate, for as long as the snapshot stays as it is.
    struct Candidate {
        /// Where its state is.
        enum Place {
            case known(Int)
            case given(NodeState)
            case nowhere
        }

        var place: Place
        /// The node's name as it came, quotes included.
        var name: JSONView
        /// What came for it: its name, or the whole Node.
        var json: JSONView

        func misfit(of query: PodQuery, in snapshot: borrowing ClusterSnapshot) -> Misfit? {
            switch place {
            case .known(let index): snapshot.misfit(of: query, at: index)
            case .given(let state): state.misfit(of: query)
            case .nowhere: .unknownNode
            }
        }

        func score(of query: PodQuery, in snapshot: borrowing ClusterSnapshot) -> Int {
            switch place {
            case .known(let index): snapshot.score(of: query, at: index)
            case .given(let state): state.score(of: query)
            case .nowhere: 0
            }
        }
    }

    /// Calls `body` with each candidate. Throws ``JSONError`` where one is not what it should be.
    func forEach(
        in snapshot: borrowing ClusterSnapshot, _ body: (Candidate) throws(JSONError) -> Void
    ) throws(JSONError) {
        switch candidates {
        case .names(let names):
            for name in names.elements {
                let index = snapshot.index(ofNode: try name.requireString())
                try body(Candidate(place: index.map { .known($0) } ?? .nowhere, name: name, json: name))
            }
        case .nodes(let items):
            for item in items.elements {
                let name = try item.requireObject("metadata").require("name")
                let index = snapshot.index(ofNode: try name.requireString())
                let place = index.map { Candidate.Place.known($0) }
                let given = place ?? .given(NodeState(NodeProjection(Node(json: item))))
                try body(Candidate(place: given, name: name, json: item))
            }
        }
    }
}
