import Foundation
import TestSupport

/// Objects for the sessions.
enum Manifests {
    static let pod = """
        apiVersion: v1
        kind: Pod
        metadata: {name: web, labels: {app: web, tier: front}}
        spec:
          terminationGracePeriodSeconds: 0
          containers:
            - {name: main, image: x, command: [sh, -c, "echo one; echo two; sleep 1000"]}
            - {name: side, image: x, command: [sh, -c, "echo side; sleep 1000"]}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        data: {a: "1"}
        """

    static let map = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: map, labels: {part: x}}
        data: {a: "1"}
        """

    static let rest = """
        apiVersion: storage.k8s.io/v1
        kind: StorageClass
        metadata: {name: fast, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}
        provisioner: none
        reclaimPolicy: Retain
        ---
        apiVersion: v1
        kind: PersistentVolume
        metadata: {name: disk}
        spec:
          capacity: {storage: 1Gi}
          accessModes: [ReadWriteMany, ReadWriteOnce]
          persistentVolumeReclaimPolicy: Retain
          hostPath: {path: /tmp}
        ---
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: mine}
        spec: {accessModes: [ReadWriteOnce], storageClassName: other, resources: {requests: {storage: 1Gi}}}
        ---
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: each}
        spec:
          selector: {matchLabels: {app: each}}
          template:
            metadata: {labels: {app: each}}
            spec: {nodeSelector: {none: here}, containers: [{name: main, image: x}]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: shut}
        spec: {podSelector: {matchLabels: {app: web}}}
        ---
        apiVersion: v1
        kind: LimitRange
        metadata: {name: range}
        spec: {limits: [{type: Container, max: {cpu: "2"}}]}
        """

    /// A definition of the kind Widget.
    static func widget() throws -> String {
        try String(
            contentsOf: Fixture.checkout.appending(path: "Tests/Fixtures/clients/widget.yaml"), encoding: .utf8)
    }
}
