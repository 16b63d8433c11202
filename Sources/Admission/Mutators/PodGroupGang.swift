import KubernetesModel

/// A pod of a PodGroup becomes a member of our gang of that name, where the configuration says so.
///
/// The PodGroup itself is not looked up, so how many members must fit is said by `kubedl.io/gang-min-member` on the pod.
enum PodGroupGang {
    static func mutate(_ edit: inout PodEdit) {
        let metadata = edit.pod.metadata
        guard let defaults = edit.defaults, defaults.followsPodGroups, metadata.labels[LabelKey.gangName.name] == nil,
            let group = PodMarks.podGroup(of: edit.pod)
        else { return }
        if let problem = group.name.isEmpty ? "must name a PodGroup" : NameValidation.labelValueProblem(group.name) {
            edit.problems.append(.invalid(group.path, group.name, problem))
            return
        }
        edit.json.setLabel(.gangName, group.name)
        edit.record("metadata.labels[\(LabelKey.gangName.name)]", group.name, because: group.mark)
        if metadata.annotations[AnnotationKey.gangMinMember.name] == nil {
            edit.warnings.append(
                "\(AnnotationKey.gangMinMember.name) is missing: members of the PodGroup start one by one")
        }
    }
}
