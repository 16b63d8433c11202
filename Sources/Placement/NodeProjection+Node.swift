package import KubernetesModel

extension NodeProjection {
    /// Reads what placement needs from a Node.
    package init(_ node: Node) {
        let allocatable = node.allocatable
        self.init(
            name: node.name,
            allocatable: ResourceAmounts(allocatable),
            maximumPods: allocatable["pods"].map { Int(clamping: $0.roundedUpValue) },
            isCordoned: node.isUnschedulable,
            taints: node.taints.compactMap { taint in
                NodeTaint.Effect(rawValue: taint.effect)
                    .map { NodeTaint(key: taint.key, value: taint.value, effect: $0) }
            },
            labels: node.metadata.labels.dictionary)
    }
}

extension ResourceAmounts {
    /// Amounts in the units of placement: CPU in thousandths, all else rounded up to whole units. Pod counts are left out.
    package init(_ list: ResourceList) {
        self.init()
        for (name, amount) in list.pairs {
            switch name {
            case "cpu": milliCPU = amount.milliValue
            case "memory": memoryInBytes = amount.roundedUpValue
            case Self.gpuResource: gpus = amount.roundedUpValue
            case "pods": continue
            default: others[name] = amount.roundedUpValue
            }
        }
    }
}
