internal import KubernetesClient
internal import Placement

extension PodProjection {
    /// The same with one copy of each text that many pods have: nodes, namespaces, gangs and controllers.
    func sharing(_ pool: StringPool) -> Self {
        var pod = self
        pod.namespace = pool.shared(namespace)
        pod.nodeName = nodeName.map(pool.shared)
        if let key = gang?.key {
            pod.gang?.key = GangKey(namespace: pod.namespace, name: pool.shared(key.name))
        }
        if let controller {
            pod.controller = PodController(
                apiVersion: pool.shared(controller.apiVersion), kind: pool.shared(controller.kind),
                name: pool.shared(controller.name), uid: pool.shared(controller.uid))
        }
        return pod
    }
}
