import JSON
import KubernetesModel

/// The configured scheduler, for pods that have Kubernetes' default and are not bound yet.
enum SchedulerName {
    static func mutate(_ edit: inout PodEdit) {
        guard let name = edit.defaults?.schedulerName, edit.pod.spec.nodeName == nil else { return }
        let current = edit.pod.spec.json["schedulerName"]?.string ?? ""
        // The API server fills in default-scheduler before it asks webhooks.
        guard name != current, current.isEmpty || current == "default-scheduler" else { return }
        edit.json[path: ["spec", "schedulerName"]] = JSONValue(name)
        edit.record("spec.schedulerName", name, because: "configuration pods.schedulerName")
    }
}
