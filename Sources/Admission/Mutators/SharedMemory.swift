import JSON
import KubernetesModel

/// A `/dev/shm` of a useful size for containers that ask for GPUs: data loaders and NCCL pass tensors through it, and
/// container runtimes give 64 MiB.
///
/// A volume in memory counts against the memory of the container that writes it, so its size follows from that. Without
/// a limit or request the volume has no size of its own: kubelet then bounds it by what the node can give.
/// Source: core/v1 EmptyDirVolumeSource; kubernetes.io, Volumes, emptyDir.
enum SharedMemory {
    private static let path = "/dev/shm"
    private static let volumeName = "kubedl-shm"

    static func mutate(_ edit: inout PodEdit) {
        guard let defaults = edit.defaults, defaults.addsSharedMemory else { return }
        for (index, container) in edit.pod.spec.containers.enumerated() {
            guard let resource = container.gpuResource(of: defaults.gpuResources),
                !container.volumeMounts.contains(where: { isShared($0.mountPath) })
            else { continue }
            let size = size(of: container, in: edit.pod, percent: defaults.sharedMemoryPercent)
            let name = freeName(in: edit)
            var source: [(String, JSONValue)] = [("medium", "Memory")]
            if let size { source.append(("sizeLimit", JSONValue(size))) }
            edit[list: "volumes"].append(.object([("name", JSONValue(name)), ("emptyDir", .object(source))]))
            let mounts = edit[list: "containers"][index]["volumeMounts"]?.array ?? []
            let mount = JSONValue.object([("name", JSONValue(name)), ("mountPath", JSONValue(path))])
            edit[list: "containers"][index]["volumeMounts"] = JSONValue(mounts + [mount])
            edit.record(
                "spec.containers[\(container.name)].volumeMounts", "\(path) of \(size ?? "no fixed size") in memory",
                because: "asks for \(resource)")
        }
    }

    private static func isShared(_ mountPath: String) -> Bool { mountPath == path || mountPath == path + "/" }

    private static func size(of container: Container, in pod: Pod, percent: Int) -> String? {
        let pods = pod.spec.json["resources"]
        let lists = [
            container.limits, container.requests, ResourceList(json: pods?["limits"]),
            ResourceList(json: pods?["requests"]),
        ]
        guard let memory = lists.lazy.compactMap({ $0["memory"] }).first(where: { $0.sign > 0 }) else { return nil }
        let bytes = memory.roundedUpValue
        let part = bytes / 100 * Int64(percent) + bytes % 100 * Int64(percent) / 100
        return part > 0 ? Quantity(bytes: part).description : nil
    }

    private static func freeName(in edit: PodEdit) -> String {
        guard edit.has(volumeName, in: "volumes") else { return volumeName }
        var number = 2
        while edit.has("\(volumeName)-\(number)", in: "volumes") { number += 1 }
        return "\(volumeName)-\(number)"
    }
}
