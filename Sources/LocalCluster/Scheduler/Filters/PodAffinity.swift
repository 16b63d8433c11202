internal import KubernetesModel

/// Where a pod may go by its required pod affinity and anti-affinity, and by the anti-affinity of pods that are there.
/// Source: kube-scheduler plugins/interpodaffinity filtering.go.
struct PodAffinity: Sendable {
    /// The value of a node label.
    private struct Place: Hashable {
        var key: String
        var value: String
    }

    private let attracting: [PodAffinityTerm]
    private let repelling: [PodAffinityTerm]
    private let attractsItself: Bool
    private var attractive: Set<Place> = []
    private var repellent: Set<Place> = []
    private var defended: Set<Place> = []

    /// Looks at the pods on `nodes`; `namespaces` are the labels of namespaces by name.
    init(of pod: SchedulablePod, _ nodes: [NodeState], _ namespaces: [String: StringMap]) {
        let attracting = PodAffinityTerm.required("podAffinity", of: pod)
        self.attracting = attracting
        repelling = PodAffinityTerm.required("podAntiAffinity", of: pod)
        attractsItself = attracting.allSatisfy { $0.selects(pod, namespaces) }
        for state in nodes {
            let labels = state.node.metadata.labels
            func place(_ term: PodAffinityTerm) -> Place? {
                labels[term.topologyKey].map { Place(key: term.topologyKey, value: $0) }
            }
            for other in state.pods {
                if !attracting.isEmpty, attracting.allSatisfy({ $0.selects(other, namespaces) }) {
                    attractive.formUnion(attracting.compactMap(place))
                }
                repellent.formUnion(repelling.filter { $0.selects(other, namespaces) }.compactMap(place))
                guard other.hasPodAffinity else { continue }
                let terms = PodAffinityTerm.required("podAntiAffinity", of: other)
                defended.formUnion(terms.filter { $0.selects(pod, namespaces) }.compactMap(place))
            }
        }
    }

    /// Why the pod cannot go to `node`; nil if it can. The first of pods that attract each other may go anywhere.
    func rejection(on node: Node) -> NodeRejection? {
        let labels = node.metadata.labels
        func isIn(_ places: Set<Place>, _ term: PodAffinityTerm) -> Bool {
            labels[term.topologyKey].map { places.contains(Place(key: term.topologyKey, value: $0)) } ?? false
        }
        let hasKeys = attracting.allSatisfy { labels[$0.topologyKey] != nil }
        let isDrawn = attracting.allSatisfy { isIn(attractive, $0) } || (attractive.isEmpty && attractsItself)
        if !hasKeys || !isDrawn {
            return NodeRejection(
                reasons: ["node(s) didn't match pod affinity rules"], isUnresolvable: true, cause: .otherPods)
        }
        if repelling.contains(where: { isIn(repellent, $0) }) {
            return NodeRejection(
                reasons: ["node(s) didn't match pod anti-affinity rules"], isUnresolvable: false, cause: .otherPods)
        }
        if defended.contains(where: { labels[$0.key] == $0.value }) {
            let text = "node(s) didn't satisfy existing pods anti-affinity rules"
            return NodeRejection(reasons: [text], isUnresolvable: false, cause: .otherPods)
        }
        return nil
    }
}
