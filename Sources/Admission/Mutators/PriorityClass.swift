import JSON
import KubernetesModel

/// The configured PriorityClass, for pods that name none.
///
/// The API server's plugin Priority runs before webhooks and again after a webhook changed the pod. Its first run wrote
/// the number and the preemption policy of a pod without a class, and its second refuses those of another class. So
/// both are taken out with the class being set, and the second run writes the right ones. A cluster with a class marked
/// `globalDefault` has it on every pod already. Source: kubernetes plugin/pkg/admission/priority `admitPod`.
enum PriorityClass {
    static func mutate(_ edit: inout PodEdit) {
        guard let name = edit.defaults?.priorityClassName, edit.pod.spec.priorityClassName.isEmpty else { return }
        edit.json[path: ["spec", "priorityClassName"]] = JSONValue(name)
        edit.json[path: ["spec", "priority"]] = nil
        edit.json[path: ["spec", "preemptionPolicy"]] = nil
        edit.record("spec.priorityClassName", name, because: "configuration pods.priorityClassName")
    }
}
