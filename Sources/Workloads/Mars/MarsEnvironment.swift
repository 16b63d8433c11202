import JSON
import KubernetesModel

/// What a Mars replica must know of the others and of itself. Source: KubeDL MarsJob.
enum MarsEnvironment {
    static func variables(for replica: ReplicaContext) -> [ReplicaVariable] {
        let profile = replica.job.profile
        let isWorker = replica.role.name == "Worker"
        var task = replica.task
        let processors = replica.resources["cpu"]?.roundedUpValue
        let memory = replica.resources["memory"]?.roundedUpValue
        if isWorker {
            var resources = JSONValue.object([])
            if let processors { resources["cpu_procs"] = JSONValue(Int(processors)) }
            if let memory { resources["phy_mem"] = JSONValue(Int(memory)) }
            task["resources"] = resources
        }
        let detail: JSONValue = [
            "cluster": replica.cluster(of: profile.roles.filter { $0.name != "Worker" }), "task": task,
        ]
        var variables = [
            ReplicaVariable("MARS_CLUSTER_DETAIL", detail.text),
            ReplicaVariable("MARS_CPU_USE_PROCESS_STAT", "1"),
            ReplicaVariable("MARS_MEM_USE_CGROUP_STAT", "1"),
            ReplicaVariable("MARS_BIND_PORT", replica.ownPort),
            ReplicaVariable("MARS_K8S_GROUP_LABELS", LabelKey.jobName.name),
            ReplicaVariable("MARS_CONTAINER_IP", "", fieldPath: "status.podIP"),
            ReplicaVariable("MARS_K8S_POD_NAME", "", fieldPath: "metadata.name"),
            ReplicaVariable("MARS_K8S_POD_NAMESPACE", "", fieldPath: "metadata.namespace"),
        ]
        if let processors { variables.append(ReplicaVariable("MARS_CPU_TOTAL", String(processors))) }
        if let memory { variables.append(ReplicaVariable("MARS_MEMORY_TOTAL", String(memory))) }
        return variables + (isWorker ? MarsMemory(of: replica.job).variables(memory: memory) : [])
    }
}

/// `spec.workerMemoryTuningPolicy`: where a worker keeps what does not fit, and what it shares.
struct MarsMemory: Sendable {
    private let json: JSONView?

    init(of job: TrainingJob) { json = job.json[path: "spec", "workerMemoryTuningPolicy"] }

    private var plasmaStore: String { json?["plasmaStore"]?.string ?? "/dev/shm" }
    private var spillFolders: [String] { json?["spillDirs"]?.strings ?? [] }

    func variables(memory: Int64?) -> [ReplicaVariable] {
        var variables = [
            ReplicaVariable("MARS_PLASMA_DIRS", plasmaStore),
            ReplicaVariable("MARS_LOCK_FREE_FILEIO", json?["lockFreeFileIO"]?.bool == false ? "0" : "1"),
        ]
        if !spillFolders.isEmpty {
            variables.append(ReplicaVariable("MARS_SPILL_DIRS", spillFolders.joined(separator: ",")))
        }
        if let cache = cacheSize(memory: memory) {
            variables.append(ReplicaVariable("MARS_CACHE_MEM_SIZE", String(cache)))
        }
        return variables
    }

    /// Bytes; the size wins over the percentage.
    private func cacheSize(memory: Int64?) -> Int64? {
        let size = json?["workerCacheSize"]
        if let text = size?.string ?? size?.numberText, let amount = Quantity(text) { return amount.roundedUpValue }
        guard let memory, let percentage = json?["workerCachePercentage"]?.int else { return nil }
        return memory / 100 * Int64(min(max(percentage, 0), 100))
    }

    /// A folder of the node for each spill folder, and shared memory for the store.
    static func addVolumes(_ replica: ReplicaContext, to spec: inout JSONValue) {
        guard replica.role.name == "Worker" else { return }
        let memory = MarsMemory(of: replica.job)
        let folders = memory.spillFolders
        let share = replica.resources["ephemeral-storage"].map { $0.roundedUpValue / Int64(max(1, folders.count)) }
        var volumes: [PodVolume] = folders.enumerated().map { index, folder in
            let source: JSONValue = share.map { ["sizeLimit": JSONValue(String($0))] } ?? .object([])
            return PodVolume(name: "mars-empty-dir-\(index)", mountPath: folder, source: ["emptyDir": source])
        }
        volumes.append(
            PodVolume(
                name: "mars-shared-cache", mountPath: memory.plasmaStore, source: ["emptyDir": ["medium": "Memory"]]))
        for volume in volumes { volume.add(to: &spec) }
    }

    static var schema: Schema {
        .object([
            .optional(
                "plasmaStore", .string().minimumLength(1).maximumLength(4096).described("Folder of the shared store.")),
            .optional("lockFreeFileIO", .boolean.described("Whether files are read and written without locks.")),
            .optional(
                "spillDirs",
                .list(of: .string().minimumLength(1).maximumLength(4096)).elements(0...16)
                    .described("Folders for what does not fit into memory.")),
            .optional(
                "workerCachePercentage",
                .int32(minimum: 0, maximum: 100).described("Share of the memory for shared data.")),
            .optional("workerCacheSize", .quantity.described("Memory for shared data; wins over the percentage.")),
        ]).keeping(["plasmaStore", "lockFreeFileIO", "spillDirs", "workerCachePercentage", "workerCacheSize"])
            .described("How workers use memory and disk.").nullable
    }
}
