internal import JSON
internal import KubernetesClient
internal import KubernetesModel
internal import Logging

extension NodeAgent {
    /// A status that has not changed is written anew after this time. Source: kubelet `nodeStatusReportFrequency`.
    private static let reportPeriod = Duration.seconds(300)

    private var key: ObjectKey { ObjectKey(namespace: nil, name: node.name) }

    /// Shows that the node is alive until the task is cancelled: renews its lease, and keeps its status.
    func beat() async throws {
        let pause = Duration.seconds(shared.configuration.leaseSeconds) / 4
        var reported = Timestamp.now()
        while true {
            await shared.machine.untilAwake()
            do throws(APIError) {
                let node = Node(json: try await shared.client.get(.nodes, key).root)
                try await renewLease(of: node)
                try await report(on: node, &reported)
            } catch {
                logger.warning("The node's heartbeat fails; it is tried again", metadata: ["error": "\(error)"])
            }
            try await Task.sleep(for: pause)
        }
    }

    /// Source: k8s.io/component-helpers apimachinery/lease, with the owner that kubelet gives it.
    private func renewLease(of node: Node) async throws(APIError) {
        let namespace = "kube-node-lease"
        let name = JSONValue(node.name)
        let spec: JSONValue = [
            "holderIdentity": name, "leaseDurationSeconds": JSONValue(shared.configuration.leaseSeconds),
            "renewTime": JSONValue(Timestamp.now().microDescription),
        ]
        do {
            let lease = ObjectKey(namespace: namespace, name: node.name)
            _ = try await shared.client.patch(.leases, lease, .merge(["spec": spec]))
        } catch {
            guard error.isNotFound else { throw error }
            let owner: JSONValue = [
                "apiVersion": "v1", "kind": "Node", "name": name, "uid": JSONValue(node.metadata.uid),
            ]
            let lease: JSONValue = [
                "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
                "metadata": ["name": name, "namespace": JSONValue(namespace), "ownerReferences": [owner]],
                "spec": spec,
            ]
            _ = try await shared.client.create(.leases, namespace: namespace, lease)
        }
    }

    /// Writes the status if somebody else has changed it, or if it has not been written for long.
    /// Source: kubelet `tryUpdateNodeStatus`.
    private func report(on node: Node, _ reported: inout Timestamp) async throws(APIError) {
        let now = Timestamp.now()
        let status = NodeText(node: self.node, isolation: shared.isolation).status(now: now, before: node.conditions)
        let known = Set(node.conditions.map { [$0.type, $0.status, $0.reason] })
        let isKnown = (status["conditions"]?.elements ?? []).allSatisfy { condition in
            known.contains(["type", "status", "reason"].map { condition[$0]?.string ?? "" })
        }
        if isKnown, now - reported < Self.reportPeriod { return }
        _ = try await shared.client.patch(.nodes, key, .strategic(["status": status]), subresource: "status")
        reported = now
    }
}
