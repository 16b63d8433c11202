import JSON
import KubernetesModel
import Workloads

/// `kubedl.io/git-sync-config` and `kubedl.io/file-sync`: an init container fetches code and files, and every container
/// finds them below its working folder. Claims and ConfigMaps are mounted there in place.
///
/// The container passes Pod Security "restricted". Credentials reach it only as mounted files.
/// Source: KubeDL code sync.
enum FileSync {
    static let containerName = "git-sync-code"
    static let volumeName = "git-sync"

    static func mutate(_ edit: inout PodEdit) {
        guard let plan = edit.sync else { return }
        edit.warnings += plan.warnings
        if plan.fetches {
            if !edit.has(containerName, in: "initContainers") {
                edit[list: "initContainers"].insert(FileSyncContainer.make(plan, edit), at: 0)
                let what = (plan.git.map { [$0.source] } ?? []) + plan.sources.filter(\.isFetched).map(\.summary)
                let how = plan.isContinuous ? "fetches and keeps up to date" : "fetches"
                edit.record(
                    "spec.initContainers[\(containerName)]", "added", because: "\(how) \(what.joined(separator: ", "))")
            }
            if !edit.has(volumeName, in: "volumes") {
                edit[list: "volumes"].append(.object([("name", JSONValue(volumeName)), ("emptyDir", .object([]))]))
            }
            FileSyncSecrets.mutate(plan, &edit)
        }
        mountFetched(plan, &edit)
        mountInPlace(plan, &edit)
    }

    private static func mountFetched(_ plan: SyncPlan, _ edit: inout PodEdit) {
        for destination in plan.mountedDestinations {
            mount([("name", JSONValue(volumeName)), ("subPath", JSONValue(destination))], at: destination, &edit)
        }
    }

    /// Claims and ConfigMaps need no copy: the containers see them read-only where the others see what was fetched.
    private static func mountInPlace(_ plan: SyncPlan, _ edit: inout PodEdit) {
        for (index, source) in plan.sources.filter({ !$0.isFetched }).enumerated() {
            let name = "file-sync-\(index)"
            var mounted: [(String, JSONValue)] = [("name", JSONValue(name)), ("readOnly", true)]
            let volume: (String, JSONValue)
            switch source.origin {
            case .volume(let claim, let subPath):
                volume = ("persistentVolumeClaim", .object([("claimName", JSONValue(claim)), ("readOnly", true)]))
                if let subPath { mounted.append(("subPath", JSONValue(subPath))) }
            case .configMap(let map): volume = ("configMap", .object([("name", JSONValue(map))]))
            case .git, .file, .bucket: continue
            }
            if !edit.has(name, in: "volumes") {
                edit[list: "volumes"].append(.object([("name", JSONValue(name)), volume]))
            }
            mount(mounted, at: source.destination, &edit)
        }
    }

    private static func mount(_ mounted: [(String, JSONValue)], at destination: String, _ edit: inout PodEdit) {
        var containers = edit[list: "containers"]
        for index in containers.indices {
            let directory = containers[index]["workingDir"]?.string ?? ""
            let path = (directory.hasSuffix("/") ? String(directory.dropLast()) : directory) + "/" + destination
            var mounts = containers[index]["volumeMounts"]?.array ?? []
            guard !mounts.contains(where: { $0["mountPath"]?.string == path }) else { continue }
            mounts.append(.object([mounted[0], ("mountPath", JSONValue(path))] + mounted.dropFirst()))
            containers[index]["volumeMounts"] = JSONValue(mounts)
            let name = containers[index]["name"]?.string ?? ""
            edit.record("spec.containers[\(name)].volumeMounts", path, because: "what was fetched is there")
        }
        edit[list: "containers"] = containers
    }
}
