package import JSON

/// A container of a pod. Source: core/v1 Container.
package struct Container: KubernetesView {
    package let json: JSONView
    package init(json: JSONView) { self.json = json }

    /// The name, unique in the pod.
    package var name: String { json["name"]?.string ?? "" }
    /// The image.
    package var image: String { json["image"]?.string ?? "" }
    /// The program and its first arguments; empty for the image's own.
    package var command: [String] { strings("command") }
    /// The arguments.
    package var arguments: [String] { strings("args") }
    /// The folder it starts in; empty for the image's own.
    package var workingDirectory: String { json["workingDir"]?.string ?? "" }
    /// The environment in order.
    package var environment: [EnvironmentVariable] { views("env") }
    /// The ports.
    package var ports: [ContainerPort] { views("ports") }
    /// Where volumes appear.
    package var volumeMounts: [VolumeMount] { views("volumeMounts") }
    /// What it asks for.
    package var requests: ResourceList { ResourceList(json: json["resources"]?["requests"]) }
    /// What it may use.
    package var limits: ResourceList { ResourceList(json: json["resources"]?["limits"]) }
    /// Whether an init container keeps running beside the containers (its own `restartPolicy` is `Always`).
    package var isSidecar: Bool { json["restartPolicy"]?.stringEquals("Always") ?? false }
    /// The port called `name`.
    package func port(named name: String) -> ContainerPort? { ports.first { $0.name == name } }
}

/// A variable of a container's environment. Source: core/v1 EnvVar.
package struct EnvironmentVariable: KubernetesView {
    package let json: JSONView
    package init(json: JSONView) { self.json = json }

    /// The name.
    package var name: String { json["name"]?.string ?? "" }
    /// The value as written, with `$(OTHER)` not yet replaced; nil if it comes from ``valueFrom``.
    package var value: String? { json["value"]?.string }
    /// Where the value comes from.
    package var valueFrom: JSONView? { json["valueFrom"].flatMap { $0.isNull ? nil : $0 } }
}

/// A port of a container. Source: core/v1 ContainerPort.
package struct ContainerPort: KubernetesView {
    package let json: JSONView
    package init(json: JSONView) { self.json = json }

    /// The name; empty if absent.
    package var name: String { json["name"]?.string ?? "" }
    /// The number inside the pod, 1...65535; 0 if absent.
    package var containerPort: Int { json["containerPort"]?.int ?? 0 }
    /// The number on the node, 1...65535; nil if the port is not published there.
    package var hostPort: Int? { json["hostPort"]?.int }
    /// The address on the node; empty for all.
    package var hostIP: String { json["hostIP"]?.string ?? "" }
    /// `TCP`, `UDP` or `SCTP`.
    package var networkProtocol: String { json["protocol"]?.string ?? "TCP" }
}

/// Where a volume appears in a container. Source: core/v1 VolumeMount.
package struct VolumeMount: KubernetesView {
    package let json: JSONView
    package init(json: JSONView) { self.json = json }

    /// The name of the volume.
    package var name: String { json["name"]?.string ?? "" }
    /// The path in the container.
    package var mountPath: String { json["mountPath"]?.string ?? "" }
    /// The part of the volume that appears; empty for its root.
    package var subPath: String { json["subPath"]?.string ?? "" }
    /// Whether writing is refused.
    package var isReadOnly: Bool { json["readOnly"]?.bool ?? false }
}
