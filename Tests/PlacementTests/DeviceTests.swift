import Placement
import Testing

@Suite("Devices of a node")
struct DeviceTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var request: DeviceRequest
        var fits: Bool
    }

    /// Two devices, of which the first has 300 ‰ free.
    static var room: NodeRoom {
        var room = NodeRoom(milliCPU: 8000, memoryInMiB: 1024, deviceCount: 2, model: 0b10)
        room.devices[0] = 300
        return room
    }

    @Test(
        "a request fits where everything it asks for is free",
        arguments: [
            Case(
                testDescription: "a share that one device has",
                request: DeviceRequest(milliCPU: 8000, memoryInMiB: 1024, deviceCount: 1, milliDevice: 700), fits: true),
            Case(
                testDescription: "more CPU than is free",
                request: DeviceRequest(milliCPU: 8001, memoryInMiB: 0), fits: false),
            Case(
                testDescription: "more memory than is free",
                request: DeviceRequest(milliCPU: 0, memoryInMiB: 1025), fits: false),
            Case(
                testDescription: "two whole devices where one is in use",
                request: DeviceRequest(milliCPU: 0, memoryInMiB: 0, deviceCount: 2), fits: false),
            Case(
                testDescription: "two shares on two devices",
                request: DeviceRequest(milliCPU: 0, memoryInMiB: 0, deviceCount: 2, milliDevice: 300), fits: true),
            Case(
                testDescription: "another model",
                request: DeviceRequest(milliCPU: 0, memoryInMiB: 0, deviceCount: 1, models: 0b01), fits: false),
            Case(
                testDescription: "no device of any model",
                request: DeviceRequest(milliCPU: 0, memoryInMiB: 0, models: 0b01), fits: true),
        ])
    func fits(_ test: Case) {
        #expect(Self.room.fits(test.request) == test.fits)
    }

    @Test("a share may go onto each device that has another amount free, and takes only its size")
    func options() {
        var found: [UInt16: Int16] = [:]
        Self.room.forEachOption(of: DeviceRequest(milliCPU: 1000, memoryInMiB: 0, deviceCount: 1, milliDevice: 200)) {
            found[$0] = $1.devices.wrappedSum()
            #expect($1.milliCPU == 7000)
        }
        #expect(found == [0b01: 1100, 0b10: 1100])
    }

    @Test("several shares go onto different devices, the fullest first")
    func severalShares() {
        var room = NodeRoom(milliCPU: 0, memoryInMiB: 0, deviceCount: 3, model: 1)
        room.devices[1] = 400
        room.devices[2] = 600
        room.forEachOption(of: DeviceRequest(milliCPU: 0, memoryInMiB: 0, deviceCount: 2, milliDevice: 400)) {
            devices, left in
            #expect(devices == 0b110)
            #expect(left.devices[1] == 0 && left.devices[2] == 200)
        }
    }
}
