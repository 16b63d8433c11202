import JSON
import KubernetesClient
import KubernetesModel

/// Ten fields of a pod; namespace and name are the informer's key.
struct PodSummary: Sendable {
    var uid: UInt128
    var version: UInt64
    var node: String
    var job: String
    var gang: String
    var memoryRequest: Int64
    var milliCPURequest: Int32
    var gpuRequest: Int16
    var phase: PodStatus.Phase
    var flags: UInt8

    init(_ json: JSONView, _ pool: StringPool) {
        let pod = Pod(json: json)
        let metadata = pod.metadata
        let labels = metadata.json?["labels"]
        uid = UInt128(metadata.uid.filter { $0 != "-" }, radix: 16) ?? 0
        version = UInt64(metadata.resourceVersion) ?? 0
        node = pool.shared(pod.spec.nodeName ?? "")
        job = pool.shared(labels?["training.kubedl.io/job-name"]?.string ?? "")
        gang = pool.shared(labels?["kubedl.io/gang"]?.string ?? "")
        let requests = json[path: "spec", "containers"]?[0]?[path: "resources", "requests"]
        func amount(_ name: String) -> Quantity? { requests?[name]?.string.flatMap { Quantity($0) } }
        milliCPURequest = Int32(clamping: amount("cpu")?.milliValue ?? 0)
        memoryRequest = amount("memory")?.roundedUpValue ?? 0
        gpuRequest = Int16(clamping: amount("nvidia.com/gpu")?.roundedUpValue ?? 0)
        phase = pod.status.phase
        flags = (metadata.isDeleting ? 1 : 0) | (pod.status.condition("Ready")?.isTrue == true ? 2 : 0)
    }
}

enum InformerSide {
    static func run(_ client: KubernetesClient, _ pods: Int, _ events: Int) async throws -> Measured {
        var measured = Measured()
        let pool = StringPool()
        let informer = Informer(client: client, type: .pods) { PodSummary($0, pool) }
        let (changes, sink) = AsyncStream<Void>.makeStream()
        let counter = Counter()
        informer.onChange { _, _, _ in if counter.next() == pods + events { sink.yield() } }
        let start = try Usage()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await informer.run() }
            try await informer.waitUntilSynced()
            try measured.noteList(from: start, pods)
            let begin = try Usage()
            for await _ in changes { break }
            try measured.noteEvents(from: begin, events)
            group.cancelAll()
        }
        guard informer.count == pods else { throw ReplayServer.Failed(what: "\(informer.count) pods") }
        return measured
    }
}
