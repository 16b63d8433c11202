internal import JSON
internal import KubernetesClient
internal import KubernetesModel
internal import Synchronization

extension PodScheduler {
    /// How long a pod's claims may take to be bound. Source: kube-scheduler VolumeBindingArgs `bindTimeoutSeconds`.
    private static let bindTimeout = Duration.seconds(600)

    /// Follows claims, volumes and classes.
    func volumeInformers() -> [Informer<JSONDocument>] {
        let parts: [(ResourceType, @Sendable (inout VolumeState, ObjectKey, JSONDocument?) -> Void)] = [
            (.persistentVolumeClaims, { $0.claims[$1] = $2 }), (.persistentVolumes, { $0.volumes[$1.name] = $2 }),
            (.storageClasses, { $0.classes[$1.name] = $2 }),
        ]
        return parts.map { type, set in
            let informer = Informer(client: client, type: type, logger: logger) { $0.detached() }
            informer.onChange { key, _, new in
                self.state.withLock { state in
                    set(&state.volumes, key, new)
                    state.queue.clusterChanged(.volumesChanged)
                }
                self.signal()
            }
            return informer
        }
    }

    /// Says for which node claims that waited for it are to be bound, and returns once they are.
    func bindVolumes(of pod: SchedulablePod, on node: String) async throws {
        for (key, claim) in state.withLock({ $0.volumes.claims(of: pod) }) where !VolumeState.isBound(claim) {
            let annotations: JSONValue = .object([(VolumeState.selectedNode, JSONValue(node))])
            _ = try await client.patch(
                .persistentVolumeClaims, key, .merge(["metadata": ["annotations": annotations]]))
        }
        let deadline = ContinuousClock.now + Self.bindTimeout
        while !state.withLock({ $0.volumes.claims(of: pod).allSatisfy { VolumeState.isBound($0.claim) } }) {
            if ContinuousClock.now > deadline { throw VolumeTimeout() }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}

/// A pod's claims were not bound in time.
private struct VolumeTimeout: Error, CustomStringConvertible {
    let description = "binding volumes: context deadline exceeded"
}
