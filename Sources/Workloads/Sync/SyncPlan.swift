import JSON
import KubernetesModel

/// Everything that a pod gets before it starts, from its annotations: what `kubedl-sync` is told.
package struct SyncPlan: Sendable {
    /// The variable that carries the plan as JSON.
    package static let variable = "KUBEDL_SYNC_CONFIG"
    /// Where the Secret with credentials is mounted.
    package static let secretDirectory = "/etc/kubedl/sync-secret"
    /// Sources in one plan.
    package static let maximumSources = 32

    /// The code; nil for none.
    package var git: GitSyncConfiguration?
    /// The files, in order.
    package var files: [SyncedFile]

    /// Reads the annotations of a pod or job. Nil when nothing is asked for, or when there are problems.
    package init?(annotations: StringMap, at path: FieldPath, problems: inout [FieldError]) {
        let before = problems.count
        if let text = annotations[.gitSyncConfig] {
            git = GitSyncConfiguration(
                parsing: text, at: path.key(AnnotationKey.gitSyncConfig.name), problems: &problems)
        }
        files = []
        if let text = annotations[.fileSync] {
            let place = path.key(AnnotationKey.fileSync.name)
            files = FileSyncList.parse(text, at: place, problems: &problems) ?? []
            for (index, file) in files.enumerated() {
                if let git, SyncDestination.contains(file.destination, git.destination) {
                    problems.append(
                        .invalid(
                            place.index(index).child("destPath"), file.destination,
                            "must not replace the code at \(git.destination)"))
                }
            }
        }
        if git?.image != nil, !files.isEmpty {
            problems.append(
                .forbidden(
                    path.key(AnnotationKey.gitSyncConfig.name).child("image"),
                    "may not be given together with \(AnnotationKey.fileSync.name), which needs the suite's own image"))
        }
        if problems.count > before || (git == nil && files.isEmpty) { return nil }
    }

    /// The folder that everything goes below.
    package var root: String { git?.rootPath ?? "/code" }

    /// What is mounted into each container: destinations that do not lie inside another one.
    package var mountedDestinations: [String] {
        var mounted = git.map { [$0.destination] } ?? []
        for file in files where !mounted.contains(where: { SyncDestination.contains($0, file.destination) }) {
            mounted.append(file.destination)
        }
        return mounted
    }

    /// The value of ``variable``.
    package var json: JSONValue {
        var sources: [JSONValue] = []
        if let git { sources.append(Self.json(git)) }
        for file in files {
            sources.append(
                .object([
                    ("kind", "file"), ("url", JSONValue(file.url)), ("sha256", JSONValue(file.sha256)),
                    ("destination", JSONValue(file.destination)),
                ]))
        }
        return .object([("root", JSONValue(root)), ("sources", JSONValue(sources))])
    }

    private static func json(_ git: GitSyncConfiguration) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("kind", "git"), ("repository", JSONValue(git.source)), ("destination", JSONValue(git.destination)),
        ]
        if let branch = git.branch { members.append(("branch", JSONValue(branch))) }
        if let revision = git.revision { members.append(("revision", JSONValue(revision))) }
        if let depth = git.depth { members.append(("depth", JSONValue(depth))) }
        members.append(("maximumFailures", JSONValue(git.maximumFailures)))
        if let user = git.user { members.append(("username", JSONValue(user))) }
        if let keyFile = git.keyFile { members.append(("keyFile", JSONValue(keyFile))) }
        if git.secretName != nil { members.append(("secretDirectory", JSONValue(secretDirectory))) }
        return .object(members)
    }
}
