package import JSON

/// A pod. Source: core/v1 Pod.
package struct Pod: KubernetesObject {
    package static let resource = ResourceType.pods
    package let json: JSONView
    package init(json: JSONView) { self.json = json }

    /// What the pod is to be.
    package var spec: PodSpec { PodSpec(json: json["spec"] ?? json) }
    /// What was observed of it.
    package var status: PodStatus { PodStatus(json: json["status"]) }
    /// Whether it has ended: phase Succeeded or Failed.
    package var isFinished: Bool { status.phase == .succeeded || status.phase == .failed }
    /// The host ports of its containers, including those of init containers that are sidecars.
    package var hostPorts: [ContainerPort] {
        (spec.containers + spec.initContainers.filter(\.isSidecar)).flatMap(\.ports).filter { ($0.hostPort ?? 0) > 0 }
    }
}

/// A pod template, as workloads carry it: metadata and spec of the pods to make.
package struct PodTemplate: KubernetesView {
    package let json: JSONView
    package init(json: JSONView) { self.json = json }

    /// The metadata of the pods.
    package var metadata: ObjectMeta { ObjectMeta(of: json) }
    /// The spec of the pods; nil if the template has none.
    package var spec: PodSpec? { view("spec") }
}
