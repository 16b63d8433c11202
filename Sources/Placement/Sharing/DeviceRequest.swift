/// What a pod asks for, as whole numbers that can be compared in bulk.
package struct DeviceRequest: Hashable, Sendable {
    /// Thousandths of a CPU core, ≥ 0.
    package var milliCPU: Int32
    /// Memory in MiB, ≥ 0.
    package var memoryInMiB: Int32
    /// Devices, 0 to 16. Each is another device.
    package var deviceCount: Int32
    /// Thousandths of a device, on each device, 1 to 1000; 1000 is a device for itself. 0 without devices.
    package var milliDevice: Int32
    /// The device models that will do, a bit for each; all bits set allows any.
    package var models: UInt32

    /// A request. Without devices, the size and the models say nothing and are made equal.
    package init(
        milliCPU: Int32, memoryInMiB: Int32, deviceCount: Int32 = 0, milliDevice: Int32 = 1000, models: UInt32 = .max
    ) {
        self.milliCPU = max(0, milliCPU)
        self.memoryInMiB = max(0, memoryInMiB)
        self.deviceCount = max(0, deviceCount)
        self.milliDevice = deviceCount > 0 ? min(max(milliDevice, 1), 1000) : 0
        self.models = deviceCount > 0 ? models : .max
    }

    /// Thousandths of devices in all.
    package var demand: Int { Int(deviceCount) * Int(milliDevice) }
    /// Whether it takes devices for itself.
    package var isExclusive: Bool { milliDevice == 1000 }
}
