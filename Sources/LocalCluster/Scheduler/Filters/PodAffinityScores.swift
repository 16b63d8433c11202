internal import KubernetesModel

/// How well nodes serve the wishes of pods to be near each other or apart: those of the pod, and those of pods that have a
/// node. Source: kube-scheduler plugins/interpodaffinity scoring.go.
enum PodAffinityScores {
    /// 0...100 for each of `nodes`, looking at pods on all nodes; nil if nobody has a wish.
    static func scores(
        _ pod: SchedulablePod, _ nodes: [NodeState], among all: [NodeState], _ namespaces: [String: StringMap]
    ) -> [Int]? {
        let wishes = weighted(pod, requiredWeight: 0)
        var sums: [String: [String: Int]] = [:]
        for state in all {
            func add(_ term: PodAffinityTerm, _ weight: Int) {
                guard weight != 0, let value = state.node.metadata.labels[term.topologyKey] else { return }
                sums[term.topologyKey, default: [:]][value, default: 0] += weight
            }
            for other in state.pods {
                for (term, weight) in wishes where term.selects(other, namespaces) { add(term, weight) }
                guard other.hasPodAffinity else { continue }
                for (term, weight) in weighted(other, requiredWeight: 1) where term.selects(pod, namespaces) {
                    add(term, weight)
                }
            }
        }
        if sums.isEmpty { return nil }
        let raw = nodes.map { state in
            sums.reduce(0) { sum, places in
                sum + (state.node.metadata.labels[places.key].flatMap { places.value[$0] } ?? 0)
            }
        }
        guard let least = raw.min(), let most = raw.max(), most > least else { return raw.map { _ in 0 } }
        return raw.map { 100 * ($0 - least) / (most - least) }
    }

    /// A pod's wishes, those to be apart with negative weights, and its required affinity with `requiredWeight`.
    private static func weighted(
        _ pod: SchedulablePod, requiredWeight: Int
    ) -> [(term: PodAffinityTerm, weight: Int)] {
        guard pod.hasPodAffinity else { return [] }
        return PodAffinityTerm.preferred("podAffinity", of: pod)
            + PodAffinityTerm.preferred("podAntiAffinity", of: pod).map { ($0.term, -$0.weight) }
            + PodAffinityTerm.required("podAffinity", of: pod).map { ($0, requiredWeight) }
    }
}
