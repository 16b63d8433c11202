internal import JSON
internal import KubernetesModel

extension Pod {
    /// Whether it has neither ended nor been told to.
    var isActive: Bool { !isFinished && !metadata.isDeleting }

    /// How long until it has been ready for `seconds`: zero when it is available, nil while it is not ready.
    ///
    /// Source: pkg/api/v1/pod, `IsPodAvailable`.
    func timeUntilAvailable(minReadySeconds seconds: Int, _ now: Timestamp) -> Duration? {
        guard let ready = status.condition("Ready"), ready.isTrue else { return nil }
        guard seconds > 0 else { return .zero }
        guard let since = ready.lastTransitionTime else { return nil }
        return max(.zero, since + .seconds(seconds) - now)
    }

    /// A pod of a template under a controller. Source: pkg/controller/controller_utils.go, `GetPodFromTemplate`.
    static func make(from template: JSONView, generateName: String, owner: OwnerReference) -> JSONValue {
        var metadata: JSONValue = [
            "generateName": JSONValue(generateName), "ownerReferences": [owner.value],
        ]
        for field in ["labels", "annotations", "finalizers"] {
            if let value = template[path: "metadata", field], !value.isEmpty { metadata[field] = JSONValue(value) }
        }
        return [
            "apiVersion": "v1", "kind": "Pod", "metadata": metadata,
            "spec": template["spec"].map { JSONValue($0) } ?? .object([]),
        ]
    }
}
