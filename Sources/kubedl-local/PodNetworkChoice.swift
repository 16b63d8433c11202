import ArgumentParser
import LocalNode

/// What network pods have that do not ask for their node's.
enum PodNetworkChoice: String, ExpressibleByArgument, CaseIterable {
    /// Their own where the machine allows it.
    case auto
    /// Their own.
    case bridge
    /// The machine's.
    case host

    /// The pods' own network, or nil and what is not possible without. Throws ``ClusterProblem`` if it has to be there and
    /// cannot.
    func open(index: Int) async throws -> (PodNetwork?, limitation: String?) {
        if self == .host { return (nil, nil) }
        await ServiceNetwork.withUnused { await PodNetwork.removeLeftover(index: $0) }
        do {
            return (try await PodNetwork.open(index: index), nil)
        } catch {
            if self == .bridge { throw ClusterProblem("--pod-network bridge is not possible here: \(error)") }
            return (nil, "pods share this machine's network, so that no two may use the same port (\(error))")
        }
    }
}
