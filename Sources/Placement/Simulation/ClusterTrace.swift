/// Nodes and pods of a cluster trace, in the format of the openb trace (alibaba/clusterdata, cluster-trace-gpu-v2023).
package struct ClusterTrace: Sendable {
    /// Names of the nodes.
    package let nodeNames: [String]
    /// What the empty nodes have.
    package let nodes: [NodeRoom]
    /// Names of the pods.
    package let podNames: [String]
    /// What the pods ask for.
    package let pods: [DeviceRequest]

    /// Reads both lists. Throws for a field that cannot be used, or for more than 31 device models.
    ///
    /// Nodes: `sn,cpu_milli,memory_mib,gpu,model`. Pods: `name,cpu_milli,memory_mib,num_gpu,gpu_milli` and, if there is
    /// one, `gpu_spec` (models joined by a bar; empty allows any).
    package init(nodes nodeText: String, pods podText: String) throws(CSVTable.Failure) {
        let nodeTable = try CSVTable(nodeText)
        let podTable = try CSVTable(podText)
        var models: [Substring: UInt32] = [:]
        var names: [String] = []
        var nodes: [NodeRoom] = []
        for row in 0..<nodeTable.count {
            let model = nodeTable.text("model", row) ?? ""
            guard models[model] != nil || models.count < 31 else {
                throw CSVTable.Failure(line: row + 2, problem: "more than 31 device models")
            }
            let bit = models[model] ?? 1 << UInt32(models.count)
            models[model] = bit
            names.append(String(nodeTable.text("sn", row) ?? ""))
            nodes.append(
                NodeRoom(
                    milliCPU: try nodeTable.number("cpu_milli", row),
                    memoryInMiB: try nodeTable.number("memory_mib", row),
                    deviceCount: Int(try nodeTable.number("gpu", row)), model: bit))
        }
        self.nodeNames = names
        self.nodes = nodes
        names = []
        var pods: [DeviceRequest] = []
        for row in 0..<podTable.count {
            let wanted = podTable.text("gpu_spec", row) ?? ""
            let bits = wanted.split(separator: "|").reduce(UInt32(0)) { $0 | (models[$1] ?? 0) }
            names.append(String(podTable.text("name", row) ?? ""))
            pods.append(
                DeviceRequest(
                    milliCPU: try podTable.number("cpu_milli", row),
                    memoryInMiB: try podTable.number("memory_mib", row),
                    deviceCount: try podTable.number("num_gpu", row),
                    milliDevice: try podTable.number("gpu_milli", row),
                    models: wanted.isEmpty ? .max : bits))
        }
        podNames = names
        self.pods = pods
    }

    /// Thousandths of devices on all nodes.
    package var capacity: Int { nodes.reduce(0) { $0 + $1.idle } }

    /// Indices of pods in an order of arrival: all pods shuffled, then drawn again until they ask for `ratio` of all
    /// devices; pods drawn at random are left out if all ask for more than that.
    package func arrivals(seed: UInt64, ratio: Double = 1.3) -> [Int] {
        var generator = SeededOrder(seed: seed)
        var order = Array(pods.indices).shuffled(using: &generator)
        let goal = Int(ratio * Double(capacity))
        var total = pods.reduce(0) { $0 + $1.demand }
        while total > goal, !order.isEmpty {
            total -= pods[order.remove(at: generator.next(below: order.count))].demand
        }
        guard total > 0 else { return order }
        while true {
            let pod = generator.next(below: pods.count)
            guard total + pods[pod].demand <= goal else { return order }
            total += pods[pod].demand
            order.append(pod)
        }
    }
}
