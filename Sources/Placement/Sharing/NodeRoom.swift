/// What is free on a node: a few numbers, so that thousands are compared in a millisecond.
package struct NodeRoom: Hashable, Sendable {
    /// Thousandths of a CPU core.
    package var milliCPU: Int32
    /// Memory in MiB.
    package var memoryInMiB: Int32
    /// The model of the devices, one bit; 0 where there are none.
    package var model: UInt32
    /// Thousandths free on each device, 0 to 1000. A device that is not there is one that is used up.
    package var devices: SIMD16<Int16>

    /// A node with `deviceCount` unused devices (at most 16 count).
    package init(milliCPU: Int32, memoryInMiB: Int32, deviceCount: Int = 0, model: UInt32 = 0) {
        self.milliCPU = milliCPU
        self.memoryInMiB = memoryInMiB
        self.model = deviceCount > 0 ? model : 0
        devices = SIMD16(repeating: 0)
        for device in 0..<min(max(deviceCount, 0), 16) { devices[device] = 1000 }
    }

    /// Thousandths of devices that are free.
    package var idle: Int { Int(devices.wrappedSum()) }

    /// Devices on which at least `size` thousandths are free.
    func devices(withRoomFor size: Int32) -> SIMDMask<SIMD16<Int16>> {
        devices .>= Int16(truncatingIfNeeded: size)
    }

    /// Whether all that `request` asks for is free.
    package func fits(_ request: DeviceRequest) -> Bool {
        guard request.milliCPU <= milliCPU, request.memoryInMiB <= memoryInMiB else { return false }
        guard request.deviceCount > 0 else { return true }
        guard request.models & model != 0 else { return false }
        let ones = SIMD16<Int16>(repeating: 0).replacing(with: 1, where: devices(withRoomFor: request.milliDevice))
        return Int32(ones.wrappedSum()) >= request.deviceCount
    }

    /// Calls `body` with each different way in which `request`, which must fit, can take devices: the devices as bits,
    /// and the room then left.
    ///
    /// A share may go onto any device, once for each amount that devices have free. More than one share go onto the
    /// fullest devices that will do; whole devices are the same, so the lowest are taken.
    package func forEachOption(of request: DeviceRequest, _ body: (UInt16, NodeRoom) -> Void) {
        var rest = self
        rest.milliCPU -= request.milliCPU
        rest.memoryInMiB -= request.memoryInMiB
        guard request.deviceCount > 0 else { return body(0, rest) }
        let size = Int16(request.milliDevice)
        guard request.deviceCount == 1, !request.isExclusive else {
            var order = (0..<16).filter { devices[$0] >= size }
            if !request.isExclusive { order.sort { (devices[$0], $0) < (devices[$1], $1) } }
            var taken: UInt16 = 0
            for device in order.prefix(Int(request.deviceCount)) {
                rest.devices[device] -= size
                taken |= 1 << UInt16(device)
            }
            return body(taken, rest)
        }
        for device in 0..<16 where devices[device] >= size {
            let free = devices[device]
            if (0..<device).contains(where: { devices[$0] == free }) { continue }
            rest.devices[device] = free - size
            body(1 << UInt16(device), rest)
            rest.devices[device] = free
        }
    }
}
