/// The pods to expect: how often each request came, or is known to come.
package struct Workload: Sendable {
    /// One kind of request for devices and its part of all pods.
    package struct Kind: Sendable {
        /// The request.
        package var request: DeviceRequest
        /// Its part of all pods, 0 to 1. Pods without devices count among all.
        package var popularity: Double
    }

    private var counts: [DeviceRequest: Int] = [:]
    private var order: [DeviceRequest] = []
    /// Pods counted so far.
    package private(set) var total = 0
    /// Kinds kept apart. Further ones count among all pods, but nothing is expected of them.
    package static let largestKindCount = 1024

    /// A workload of the given pods.
    package init(_ pods: [DeviceRequest] = []) {
        for pod in pods { count(pod) }
    }

    /// Counts one more pod.
    package mutating func count(_ request: DeviceRequest) {
        total += 1
        guard request.deviceCount > 0 else { return }
        if let count = counts[request] {
            counts[request] = count + 1
        } else if order.count < Self.largestKindCount {
            counts[request] = 1
            order.append(request)
        }
    }

    /// Kinds of requests for devices, by the size of the share on a device, then as first seen.
    package var kinds: [Kind] {
        order.enumerated().sorted { ($0.element.milliDevice, $0.offset) < ($1.element.milliDevice, $1.offset) }.map {
            Kind(request: $0.element, popularity: Double(counts[$0.element] ?? 0) / Double(max(total, 1)))
        }
    }
}
