internal import JSON
package import KubernetesModel
package import Logging
internal import Placement

/// Binds pods to nodes for the scheduler, and gives them their GPU devices in the same step.
///
/// May be called again for the same binding: a pod that is bound there already is a success.
package struct Binder: Sendable {
    private let state: ClusterState
    private let api: any ClusterAPI
    private let logger: Logger
    private let now: @Sendable () -> Timestamp

    /// A binder over the given state.
    package init(
        state: ClusterState, api: any ClusterAPI, logger: Logger, now: @escaping @Sendable () -> Timestamp
    ) {
        self.state = state
        self.api = api
        self.logger = logger
        self.now = now
    }

    /// Binds. Returns nil when the pod is bound as asked, else the reason why it is not, for the scheduler.
    package func bind(_ binding: BindingArguments) async -> String? {
        let key = ObjectKey(namespace: binding.namespace, name: binding.name)
        var decision = state.withSnapshot { $0.decideBinding(binding, now: now()) }
        if case .unknownPod = decision {
            do {
                guard let pod = try await api.pod(key), pod.uid == binding.uid else {
                    return "pod \(binding.title) with UID \(binding.uid) is gone"
                }
                decision = state.withSnapshot { snapshot in
                    if snapshot.pods[pod.uid] == nil { snapshot.update(pod, now: now()) }
                    return snapshot.decideBinding(binding, now: now())
                }
            } catch {
                return "cannot read pod \(binding.title): \(error)"
            }
        }
        switch decision {
        case .done: return nil
        case .refuse(let reason): return reason
        case .unknownPod: return "pod \(binding.title) is not known to the extender yet; try again"
        case .bind(let devices, let replaced):
            return await write(binding, key, devices: devices, replaced: replaced)
        }
    }

    private func write(_ binding: BindingArguments, _ key: ObjectKey, devices: [Int], replaced: Claim?) async -> String?
    {
        do {
            try await api.bind(key, GangPatches.binding(binding, devices: devices))
            logger.info(
                "pod bound",
                metadata: [
                    "pod": "\(binding.title)", "node": "\(binding.node)",
                    "devices": "\(devices.map(String.init).joined(separator: ","))",
                ])
            return nil
        } catch {
            return await settle(error, binding, key, replaced: replaced)
        }
    }

    /// Finds out what became of a binding whose call failed: it may have taken effect all the same.
    private func settle(_ failure: APIFailure, _ binding: BindingArguments, _ key: ObjectKey, replaced: Claim?) async
        -> String?
    {
        var reason = "cannot bind pod \(binding.title) to node \(binding.node): \(failure)"
        if failure.kind == .conflict || failure.kind == .unclear {
            do {
                let pod = try await api.pod(key)
                if let pod, pod.uid == binding.uid, let node = pod.nodeName {
                    state.withSnapshot { $0.update(pod, now: now()) }
                    if node == binding.node { return nil }
                    reason = "pod \(binding.title) is bound to node \(node) already, not to \(binding.node)"
                }
            } catch {
                // Bound or not is not known: the room stays set aside until the informer tells, or the claim runs out.
                logger.warning("binding unclear", metadata: ["pod": "\(binding.title)", "reason": "\(error)"])
                return reason
            }
        }
        state.withSnapshot { $0.undoBinding(binding, replaced: replaced) }
        logger.warning("binding failed", metadata: ["pod": "\(binding.title)", "reason": "\(reason)"])
        return reason
    }
}
