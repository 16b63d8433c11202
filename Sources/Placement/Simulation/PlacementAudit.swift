/// Books of its own, kept in plain numbers, so that a placement is checked by other code than made it.
package struct PlacementAudit: Sendable {
    /// What a scheduler may not do.
    package enum Violation: Error, Hashable, Sendable {
        /// More CPU or memory than is free.
        case overcommitted(node: Int)
        /// Devices that are not there, too few or too many, or not free enough.
        case wrongDevices(node: Int)
        /// Devices of a model that the pod does not accept.
        case wrongModel(node: Int)
        /// The pod was dropped though this node has room.
        case refused(couldUse: Int)
    }

    private var cpu: [Int]
    private var memory: [Int]
    private var devices: [[Int]]
    private let models: [UInt32]

    /// The books of empty nodes.
    package init(_ nodes: [NodeRoom]) {
        cpu = nodes.map { Int($0.milliCPU) }
        memory = nodes.map { Int($0.memoryInMiB) }
        devices = nodes.map { node in (0..<16).map { Int(node.devices[$0]) }.filter { $0 > 0 } }
        models = nodes.map(\.model)
    }

    /// Books a placement. Throws if the room is not there.
    package mutating func take(_ request: DeviceRequest, node: Int, devices bits: UInt16) throws(Violation) {
        cpu[node] -= Int(request.milliCPU)
        memory[node] -= Int(request.memoryInMiB)
        guard cpu[node] >= 0, memory[node] >= 0 else { throw .overcommitted(node: node) }
        guard bits.nonzeroBitCount == Int(request.deviceCount) else { throw .wrongDevices(node: node) }
        guard request.deviceCount > 0 else { return }
        guard models[node] & request.models != 0 else { throw .wrongModel(node: node) }
        for device in 0..<16 where bits & (1 << UInt16(device)) != 0 {
            guard device < devices[node].count, devices[node][device] >= Int(request.milliDevice) else {
                throw .wrongDevices(node: node)
            }
            devices[node][device] -= Int(request.milliDevice)
        }
    }

    /// Books a pod that was dropped. Throws if there is a node with room for it.
    package func refuse(_ request: DeviceRequest) throws(Violation) {
        for node in cpu.indices where cpu[node] >= Int(request.milliCPU) && memory[node] >= Int(request.memoryInMiB) {
            guard request.deviceCount > 0 else { throw .refused(couldUse: node) }
            guard models[node] & request.models != 0 else { continue }
            let free = devices[node].reduce(0) { $0 + ($1 >= Int(request.milliDevice) ? 1 : 0) }
            if free >= Int(request.deviceCount) { throw .refused(couldUse: node) }
        }
    }
}
