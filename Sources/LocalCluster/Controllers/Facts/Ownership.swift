internal import JSON
internal import KubernetesModel

/// The UID of the controller of an object; nil if it has none.
func controllerUID(of object: JSONView) -> String? { ObjectMeta(of: object).controller?.uid }

extension JSONView {
    var meta: ObjectMeta { ObjectMeta(of: self) }

    /// The labels that its `spec.selector` asks for; nil if it is absent or cannot be used.
    var labelSelector: LabelSelector? {
        self[path: "spec", "selector"].flatMap { try? LabelSelector(json: $0) }
    }

    /// Whether its selector matches the labels of `object`.
    func selects(_ object: JSONView) -> Bool { labelSelector?.matches(object.meta.labels) ?? false }

    /// Whether it controls `object`, or selects it while nobody does.
    func controlsOrSelects(_ object: JSONView) -> Bool {
        controllerUID(of: object).map { $0 == meta.uid } ?? selects(object)
    }

    /// The conditions of its status.
    var conditions: [JSONView] { self[path: "status", "conditions"]?.elements.map { $0 } ?? [] }
}
