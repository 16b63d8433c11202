/// Amounts of what pods ask for and nodes offer, in the units the scheduler compares.
///
/// Compact on purpose: a snapshot holds one for every pod of the cluster. Arithmetic saturates, because the numbers
/// come from outside.
package struct ResourceAmounts: Hashable, Sendable {
    /// Thousandths of a CPU core.
    package var milliCPU: Int64 = 0
    /// Bytes of memory.
    package var memoryInBytes: Int64 = 0
    /// Whole GPUs, resource `nvidia.com/gpu`.
    package var gpus: Int64 = 0
    /// Every other resource by name, in its own whole unit (bytes for `ephemeral-storage` and `hugepages-*`).
    package var others: [String: Int64] = [:]

    /// The given amounts.
    package init(milliCPU: Int64 = 0, memoryInBytes: Int64 = 0, gpus: Int64 = 0, others: [String: Int64] = [:]) {
        self.milliCPU = milliCPU
        self.memoryInBytes = memoryInBytes
        self.gpus = gpus
        self.others = others
    }

    /// The resource name under which whole GPUs are counted.
    package static let gpuResource = "nvidia.com/gpu"

    /// Adds, saturating.
    package static func += (left: inout Self, right: Self) {
        left.combine(right, saturatingSum)
    }

    /// Subtracts, saturating.
    package static func -= (left: inout Self, right: Self) {
        left.combine(right, saturatingDifference)
    }

    /// The sums, saturating.
    package static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum += right
        return sum
    }

    /// The differences, saturating.
    package static func - (left: Self, right: Self) -> Self {
        var difference = left
        difference -= right
        return difference
    }

    /// The amount of one resource by its Kubernetes name (`cpu` in thousandths of a core); 0 if absent.
    package subscript(name: String) -> Int64 {
        switch name {
        case "cpu": milliCPU
        case "memory": memoryInBytes
        case Self.gpuResource: gpus
        default: others[name] ?? 0
        }
    }

    /// Names of the resources of which there is more than nothing: GPUs, CPU, memory, then the others by name.
    package var names: [String] {
        var names: [String] = []
        if gpus > 0 { names.append(Self.gpuResource) }
        if milliCPU > 0 { names.append("cpu") }
        if memoryInBytes > 0 { names.append("memory") }
        return names + others.filter { $0.value > 0 }.keys.sorted()
    }

    /// The first resource of which `self` asks for more than `free` has; `nil` if all of it is there.
    ///
    /// A resource that is not asked for is never short, even where the node is overcommitted (as in NodeResourcesFit).
    package func shortage(in free: Self) -> String? {
        if gpus > 0, gpus > free.gpus { return Self.gpuResource }
        if milliCPU > 0, milliCPU > free.milliCPU { return "cpu" }
        if memoryInBytes > 0, memoryInBytes > free.memoryInBytes { return "memory" }
        for (name, amount) in others where amount > 0 && amount > free.others[name] ?? 0 { return name }
        return nil
    }

    private mutating func combine(_ other: Self, _ operation: (Int64, Int64) -> Int64) {
        milliCPU = operation(milliCPU, other.milliCPU)
        memoryInBytes = operation(memoryInBytes, other.memoryInBytes)
        gpus = operation(gpus, other.gpus)
        for (name, amount) in other.others { others[name] = operation(others[name] ?? 0, amount) }
    }
}

func saturatingSum(_ left: Int64, _ right: Int64) -> Int64 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    guard overflow else { return sum }
    return right > 0 ? .max : .min
}

func saturatingDifference(_ left: Int64, _ right: Int64) -> Int64 {
    let (difference, overflow) = left.subtractingReportingOverflow(right)
    guard overflow else { return difference }
    return right > 0 ? .min : .max
}
