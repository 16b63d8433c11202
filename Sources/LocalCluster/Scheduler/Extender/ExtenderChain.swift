internal import KubernetesModel
internal import Logging

/// The extenders that are interested in one pod, asked in the order of the configuration.
/// Source: kube-scheduler `findNodesThatPassExtenders`, `prioritizeNodes`, `extendersBinding`, `callExtenders`.
struct ExtenderChain: Sendable {
    private let extenders: [ExtenderClient]
    private let logger: Logger

    /// Those of `extenders` that care for `pod`.
    init(_ extenders: [ExtenderClient], for pod: SchedulablePod, logger: Logger) {
        let names = pod.resourceNames
        self.extenders = extenders.filter { $0.configuration.isInterested(inResources: names) }
        self.logger = logger
    }

    /// The nodes that every extender lets pass, and why others do not. Throws ``ExtenderFailure`` when one fails that is
    /// not ignorable.
    func filter(
        _ pod: SchedulablePod, _ nodes: [NodeState]
    ) async throws -> (feasible: [NodeState], rejections: [String: NodeRejection]) {
        var feasible = nodes
        var rejections: [String: NodeRejection] = [:]
        for extender in extenders where !feasible.isEmpty {
            guard let verb = extender.configuration.filterVerb else { continue }
            guard
                let result = try await ignoringFailure(
                    of: extender, { try await extender.filter(pod, feasible, verb: verb) })
            else { continue }
            for (node, reason) in result.failed {
                rejections[node] = NodeRejection(reasons: [reason], isUnresolvable: false, cause: .extender)
            }
            for (node, reason) in result.unresolvable {
                rejections[node] = NodeRejection(reasons: [reason], isUnresolvable: true, cause: .extender)
            }
            let passing = Set(result.nodeNames)
            feasible.removeAll { !passing.contains($0.node.name) }
        }
        return (feasible, rejections)
    }

    /// The sum of the extenders' scores by node: 0...10 each, brought to 0...100 and weighted. Extenders that fail are
    /// left out.
    func scores(_ pod: SchedulablePod, _ nodes: [NodeState]) async -> [String: Int] {
        var totals: [String: Int] = [:]
        for extender in extenders {
            guard let verb = extender.configuration.prioritizeVerb else { continue }
            do {
                for (node, score) in try await extender.prioritize(pod, nodes, verb: verb) {
                    totals[node, default: 0] &+= score &* extender.configuration.weight &* 10
                }
            } catch {
                logger.warning("An extender's scores are left out", metadata: ["error": "\(error)"])
            }
        }
        return totals
    }

    /// Lets the first extender that binds do so; whether there is one. Throws ``ExtenderFailure`` when it fails and is not
    /// ignorable.
    func bind(_ pod: SchedulablePod, to node: String) async throws -> Bool {
        for extender in extenders {
            guard let verb = extender.configuration.bindVerb else { continue }
            if try await ignoringFailure(of: extender, { try await extender.bind(pod, to: node, verb: verb) }) != nil {
                return true
            }
        }
        return false
    }

    /// The nodes where every extender allows that pods are evicted for `pod`, and which. Throws ``ExtenderFailure`` when
    /// one fails, or names a node without victims, and is not ignorable.
    func preempt(
        _ pod: SchedulablePod, _ victims: [NodeVictims], among nodes: [NodeState]
    ) async throws -> [NodeVictims] {
        var victims = victims
        for extender in extenders where !victims.isEmpty {
            guard let verb = extender.configuration.preemptVerb else { continue }
            let asked = victims
            guard
                let answer = try await ignoringFailure(
                    of: extender, { try await extender.preempt(pod, asked, among: nodes, verb: verb) })
            else { continue }
            if let empty = answer.first(where: { $0.pods.isEmpty }), !extender.configuration.isIgnorable {
                throw ExtenderFailure(description: "expected at least one victim pod on node \"\(empty.node)\"")
            }
            victims = answer.filter { !$0.pods.isEmpty }
        }
        return victims
    }

    /// What `body` gives; nil if it failed and the extender is ignorable.
    private func ignoringFailure<Result: Sendable>(
        of extender: ExtenderClient, _ body: () async throws -> Result
    ) async throws -> Result? {
        do { return try await body() } catch {
            guard extender.configuration.isIgnorable else { throw error }
            logger.warning("An ignorable extender failed", metadata: ["error": "\(error)"])
            return nil
        }
    }
}
