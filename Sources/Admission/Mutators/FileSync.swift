import JSON
import KubernetesModel
import Workloads

/// `kubedl.io/git-sync-config` and `kubedl.io/file-sync`: an init container fetches code and files, and every container
/// finds them below its working folder.
///
/// The container passes Pod Security "restricted". Credentials reach it only as a mounted Secret.
/// Source: KubeDL code sync.
enum FileSync {
    static let containerName = "git-sync-code"
    static let volumeName = "git-sync"
    static let secretVolumeName = "git-sync-secret"
    /// The user that distroless images call `nonroot`.
    private static let user = 65532

    static func mutate(_ edit: inout PodEdit) {
        guard let plan = edit.sync else { return }
        if !edit.has(containerName, in: "initContainers") {
            edit[list: "initContainers"].insert(container(plan, edit), at: 0)
            let what = plan.git.map { [$0.source] } ?? []
            edit.changes.append(
                "init container \(containerName) fetches \((what + plan.files.map(\.url)).joined(separator: ", "))")
        }
        if !edit.has(volumeName, in: "volumes") {
            edit[list: "volumes"].append(.object([("name", JSONValue(volumeName)), ("emptyDir", .object([]))]))
        }
        if let secret = plan.git?.secretName, !edit.has(secretVolumeName, in: "volumes") {
            edit[list: "volumes"].append(
                .object([
                    ("name", JSONValue(secretVolumeName)),
                    ("secret", .object([("secretName", JSONValue(secret))])),
                ]))
        }
        mount(plan, &edit)
    }

    private static func mount(_ plan: SyncPlan, _ edit: inout PodEdit) {
        var containers = edit[list: "containers"]
        for index in containers.indices {
            let directory = containers[index]["workingDir"]?.string ?? ""
            var mounts = containers[index]["volumeMounts"]?.array ?? []
            for destination in plan.mountedDestinations {
                let path = (directory.hasSuffix("/") ? String(directory.dropLast()) : directory) + "/" + destination
                guard !mounts.contains(where: { $0["mountPath"]?.string == path }) else { continue }
                mounts.append(
                    .object([
                        ("name", JSONValue(volumeName)), ("mountPath", JSONValue(path)),
                        ("subPath", JSONValue(destination)),
                    ]))
                let name = containers[index]["name"]?.string ?? ""
                edit.changes.append("\(path) mounted in container \(name)")
            }
            containers[index]["volumeMounts"] = JSONValue(mounts)
        }
        edit[list: "containers"] = containers
    }

    private static func container(_ plan: SyncPlan, _ edit: PodEdit) -> JSONValue {
        var mounts: [JSONValue] = [
            .object([("name", JSONValue(volumeName)), ("mountPath", JSONValue(plan.root))])
        ]
        if plan.git?.secretName != nil {
            mounts.append(
                .object([
                    ("name", JSONValue(secretVolumeName)), ("mountPath", JSONValue(SyncPlan.secretDirectory)),
                    ("readOnly", true),
                ]))
        }
        let own = [ReplicaVariable(SyncPlan.variable, plan.json.text).json]
        let isForeign = plan.git?.image != nil
        let variables = isForeign ? plan.git?.gitSyncVariables ?? [] : own
        var members: [(String, JSONValue)] = [
            ("name", JSONValue(containerName)),
            ("image", JSONValue(plan.git?.image ?? edit.configuration.syncImage)),
            ("imagePullPolicy", "IfNotPresent"),
        ]
        // The user's own image knows what to run.
        if !isForeign { members.append(("command", ["kubedl-sync"])) }
        members += [
            ("env", JSONValue(variables + (plan.git?.environment ?? []).map { JSONValue($0) })),
            ("resources", edit.configuration.syncResources.json),
            ("volumeMounts", JSONValue(mounts)),
            ("terminationMessagePolicy", "FallbackToLogsOnError"),
            ("securityContext", securityContext(edit.pod, isReadOnly: !isForeign)),
        ]
        return .object(members)
    }

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
