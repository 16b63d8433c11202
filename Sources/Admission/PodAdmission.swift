import JSON
import KubernetesModel
import Workloads

/// Completes any pod that carries one of our marks, whoever made it.
enum PodAdmission {
    /// In the order in which they are applied.
    private static let mutators: [@Sendable (inout PodEdit) -> Void] = [
        HostNetwork.mutate, FileSync.mutate, PodGroupGang.mutate, GangGate.mutate, SharedMemory.mutate,
        GPUToleration.mutate, SchedulerName.mutate, PriorityClass.mutate, TerminationMessage.mutate,
    ]

    static func admit(
        _ object: JSONView, _ request: AdmissionRequest, _ configuration: AdmissionConfiguration
    ) -> AdmissionDecision {
        let pod = Pod(json: object)
        let annotations = pod.metadata.annotations
        // A mirror pod only shows what a kubelet runs from a file; changing it changes nothing there.
        guard let mark = PodMarks.first(on: pod, configuration), annotations["kubernetes.io/config.mirror"] == nil
        else {
            return .allow
        }
        var edit = PodEdit(pod: pod, request: request, configuration: configuration, mark: mark)
        let path = FieldPath("metadata", "annotations")
        edit.sync = SyncPlan(
            annotations: annotations, at: path, policy: configuration.syncPolicy, problems: &edit.problems)
        edit.problems += AnnotationValidation.plainProblems(of: annotations, at: path)
        for mutate in mutators { mutate(&edit) }
        return decision(edit)
    }

    private static func decision(_ edit: PodEdit) -> AdmissionDecision {
        var edit = edit
        var decision: AdmissionDecision
        if edit.problems.isEmpty {
            edit.recordChanges()
            decision = .change(from: JSONValue(edit.pod.json), to: edit.json)
        } else {
            let metadata = edit.pod.metadata
            let name = metadata.name.isEmpty ? metadata.generateName : metadata.name
            decision = .refuse(.pods, name: edit.request.name ?? name, edit.problems)
        }
        decision.warnings = edit.warnings
        return decision
    }
}
