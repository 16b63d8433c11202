import KubernetesModel

/// What makes a pod ours: the chart's `matchConditions` ask for exactly these, so that the API server sends no other.
package enum PodMarks {
    /// Annotations by which a pod asks.
    package static let annotations = [
        AnnotationKey.networkMode.name, AnnotationKey.gitSyncConfig.name, AnnotationKey.fileSync.name,
        AnnotationKey.podDefaults.name,
    ]
    /// Labels by which a pod asks.
    package static let labels = [LabelKey.gangName.name]
    /// Labels that name a PodGroup; marks where the configuration says `podGroups`.
    /// Source: kubernetes-sigs/scheduler-plugins apis/scheduling/v1alpha1.
    package static let podGroupLabels = ["scheduling.x-k8s.io/pod-group"]
    /// Annotations that name a PodGroup; marks where the configuration says `podGroups`.
    /// Source: volcano-sh/apis pkg/apis/scheduling/v1beta1.
    package static let podGroupAnnotations = ["scheduling.k8s.io/group-name", "scheduling.volcano.sh/group-name"]

    /// The first mark that the pod carries; nil when it is none of ours.
    static func first(on pod: Pod, _ configuration: AdmissionConfiguration) -> String? {
        let metadata = pod.metadata
        return annotations.first { metadata.annotations[$0] != nil } ?? labels.first { metadata.labels[$0] != nil }
            ?? (configuration.pods.followsPodGroups ? podGroup(of: pod)?.mark : nil)
    }

    /// The PodGroup that the pod is a member of, and the label or annotation that says so.
    static func podGroup(of pod: Pod) -> (mark: String, path: FieldPath, name: String)? {
        let metadata = pod.metadata
        for mark in podGroupLabels {
            if let name = metadata.labels[mark] { return (mark, FieldPath("metadata", "labels").key(mark), name) }
        }
        for mark in podGroupAnnotations {
            if let name = metadata.annotations[mark] {
                return (mark, FieldPath("metadata", "annotations").key(mark), name)
            }
        }
        return nil
    }
}
