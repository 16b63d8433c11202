import JSON
import KubernetesModel
import Workloads

/// The init container that runs `kubedl-sync`, or the user's own image in its place.
enum FileSyncContainer {
    /// The user that distroless images call `nonroot`.
    static let user = 65532

    static func make(_ plan: SyncPlan, _ edit: PodEdit) -> JSONValue {
        let mounts = [
            JSONValue.object([("name", JSONValue(FileSync.volumeName)), ("mountPath", JSONValue(plan.root))])
        ]
        let isForeign = plan.git?.image != nil
        let own = [ReplicaVariable(SyncPlan.variable, plan.json.text).json]
        let variables = isForeign ? plan.git?.gitSyncVariables ?? [] : own
        var members: [(String, JSONValue)] = [
            ("name", JSONValue(FileSync.containerName)),
            ("image", JSONValue(plan.git?.image ?? edit.configuration.syncImage)),
            ("imagePullPolicy", "IfNotPresent"),
        ]
        // The user's own image knows what to run.
        if !isForeign { members.append(("command", ["kubedl-sync"])) }
        members += [
            ("env", JSONValue(variables + (plan.git?.environment ?? []).map { JSONValue($0) })),
            ("resources", edit.configuration.syncResources.json),
            ("volumeMounts", JSONValue(mounts + FileSyncSecrets.mounts(plan))),
            ("terminationMessagePolicy", "FallbackToLogsOnError"),
            ("securityContext", securityContext(edit.pod, isReadOnly: !isForeign)),
        ]
        if plan.isContinuous, !isForeign { members += sidecar }
        return .object(members)
    }

    /// A native sidecar (KEP-753): the pod's containers start after the first fetch, and it goes on beside them.
    private static let sidecar: [(String, JSONValue)] = [
        ("restartPolicy", "Always"),
        (
            "startupProbe",
            .object([
                ("exec", .object([("command", ["kubedl-sync", "ready"])])), ("periodSeconds", 2),
                // Fetching has limits of its own; the probe must not cut it short: six hours.
                ("failureThreshold", 10_800), ("timeoutSeconds", 5),
            ])
        ),
    ]

    private static func securityContext(_ pod: Pod, isReadOnly: Bool) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("allowPrivilegeEscalation", false),
            ("capabilities", .object([("drop", ["ALL"])])),
            // git-sync writes its settings into its home.
            ("readOnlyRootFilesystem", JSONValue(isReadOnly)),
            ("runAsNonRoot", true),
            ("seccompProfile", .object([("type", "RuntimeDefault")])),
        ]
        // A pod that runs as a user of its own keeps it, so that its files belong to that user.
        if (pod.spec.json[path: "securityContext", "runAsUser"]?.int ?? 0) == 0 {
            members.append(("runAsUser", JSONValue(user)))
            members.append(("runAsGroup", JSONValue(user)))
        }
        return .object(members)
    }
}
