import KubernetesModel

/// Checks the suite's annotations on a job, a pod or a template.
package enum AnnotationValidation {
    /// Every problem of our annotations; those of others are not looked at.
    package static func problems(of annotations: StringMap, at path: FieldPath) -> [FieldError] {
        var problems: [FieldError] = []
        _ = SyncPlan(annotations: annotations, at: path, problems: &problems)
        return problems + plainProblems(of: annotations, at: path)
    }

    /// Every problem of annotations that are no configuration of their own, for callers that read the ``SyncPlan``.
    package static func plainProblems(of annotations: StringMap, at path: FieldPath) -> [FieldError] {
        var problems: [FieldError] = []
        if let mode = annotations[.networkMode], NetworkMode(rawValue: mode) == nil {
            problems.append(
                .notSupported(
                    path.key(AnnotationKey.networkMode.name), mode, supported: NetworkMode.allCases.map(\.rawValue)))
        }
        if let wish = annotations[.podDefaults], PodDefaultsWish(rawValue: wish) == nil {
            problems.append(
                .notSupported(
                    path.key(AnnotationKey.podDefaults.name), wish,
                    supported: PodDefaultsWish.allCases.map(\.rawValue)))
        }
        checkCount(.gangMinMember, in: annotations, minimum: 1, at: path, &problems)
        checkCount(.restartCount, in: annotations, minimum: 0, at: path, &problems)
        return problems
    }

    private static func checkCount(
        _ key: AnnotationKey<Int>, in annotations: StringMap, minimum: Int, at path: FieldPath,
        _ problems: inout [FieldError]
    ) {
        guard let text = annotations[key.name] else { return }
        guard let count = Int(text), count >= minimum else {
            problems.append(.invalid(path.key(key.name), text, "must be a whole number, at least \(minimum)"))
            return
        }
    }
}
