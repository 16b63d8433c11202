import JSON
import KubernetesModel

/// Everything that a pod gets before it starts, from its annotations: what `kubedl-sync` is told.
package struct SyncPlan: Sendable {
    /// The variable that carries the plan as JSON.
    package static let variable = "KUBEDL_SYNC_CONFIG"
    /// Sources in one plan.
    package static let maximumSources = 32

    /// The code; nil for none.
    package var git: GitSyncConfiguration?
    /// The sources of `kubedl.io/file-sync`, in order.
    package var sources: [SyncedSource]
    /// What was allowed when the annotations were read.
    package var policy: SyncPolicy

    /// Reads the annotations of a pod or job. Nil when nothing is asked for, or when there are problems.
    package init?(
        annotations: StringMap, at path: FieldPath, policy: SyncPolicy = SyncPolicy(), problems: inout [FieldError]
    ) {
        let before = problems.count
        self.policy = policy
        if let text = annotations[.gitSyncConfig] {
            git = GitSyncConfiguration(
                parsing: text, at: path.key(AnnotationKey.gitSyncConfig.name), policy: policy, problems: &problems)
        }
        sources = []
        if let text = annotations[.fileSync] {
            let place = path.key(AnnotationKey.fileSync.name)
            sources = FileSyncList.parse(text, at: place, policy: policy, problems: &problems) ?? []
            checkAgainstCode(at: place, problems: &problems)
        }
        if git?.image != nil, sources.contains(where: \.isFetched) {
            problems.append(
                .forbidden(
                    path.key(AnnotationKey.gitSyncConfig.name).child("image"),
                    "may not be given together with \(AnnotationKey.fileSync.name), which needs the suite's own image"))
        }
        if problems.count > before || (git == nil && sources.isEmpty) { return nil }
    }

    private func checkAgainstCode(at path: FieldPath, problems: inout [FieldError]) {
        guard let git else { return }
        for (index, source) in sources.enumerated() {
            let isInside = SyncDestination.contains(git.destination, source.destination)
            let isWhole = git.periodSeconds == nil && source.periodSeconds == nil && source.isFetched
            guard SyncDestination.contains(source.destination, git.destination) || (isInside && !isWhole) else {
                continue
            }
            let rule = isInside ? "must not lie in" : "must not replace"
            problems.append(
                .invalid(
                    path.index(index).child("destPath"), source.destination, "\(rule) the code at \(git.destination)"))
        }
    }

    /// The folder that everything goes below.
    package var root: String { git?.rootPath ?? "/code" }

    /// Whether anything is to be fetched; otherwise everything is mounted in place.
    package var fetches: Bool { git != nil || sources.contains(where: \.isFetched) }

    /// Whether anything is looked at again and again, so that fetching goes on beside the pod's containers.
    package var isContinuous: Bool {
        git?.periodSeconds != nil || sources.contains { $0.periodSeconds != nil }
    }

    /// What is mounted into each container: destinations that do not lie inside another one.
    package var mountedDestinations: [String] {
        var mounted = git.map { [$0.destination] } ?? []
        for source in sources where source.isFetched {
            guard !mounted.contains(where: { SyncDestination.contains($0, source.destination) }) else { continue }
            mounted.append(source.destination)
        }
        return mounted
    }

    /// The Secrets with credentials, each once, in the order of the sources.
    package var secretNames: [String] {
        var names: [String] = []
        for name in [git?.secretName] + sources.map(\.secretName) {
            if let name, !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// Where the ConfigMaps and Secrets with public keys are, each once.
    package var keyReferences: [ContentCheck.Key] {
        var keys: [ContentCheck.Key] = []
        for case .reference(let isSecret, let name, let key)? in sources.map({ $0.check.signature?.key }) {
            let reference = ContentCheck.Key.reference(isSecret: isSecret, name: name, key: key)
            if !keys.contains(reference) { keys.append(reference) }
        }
        return keys
    }

    /// What the user should be told, though nothing is refused.
    package var warnings: [String] {
        guard git?.hasInlinePassword ?? false else { return [] }
        return ["\(AnnotationKey.gitSyncConfig.name): everybody who can read the pod reads the password; use secretRef"]
    }

    /// Where the Secret of that place in ``secretNames`` is mounted.
    package static func secretDirectory(_ index: Int) -> String { "/etc/kubedl/sync-secret" + suffix(index) }
    /// Where the key of that place in ``keyReferences`` is mounted, as the file `key`.
    package static func keyDirectory(_ index: Int) -> String { "/etc/kubedl/sync-key" + suffix(index) }
    /// Where the pod's own annotation is mounted, as the file `git-sync-config`, when it has the password.
    package static let annotationDirectory = "/etc/kubedl/sync-annotation"

    /// What tells the second and later ones apart.
    package static func suffix(_ index: Int) -> String { index == 0 ? "" : "-\(index)" }
}

extension SyncedSource {
    /// How the right content is told from another.
    var check: ContentCheck {
        switch origin {
        case .file(let file): file.check
        case .bucket(let bucket): bucket.check
        case .git, .volume, .configMap: ContentCheck()
        }
    }
}
