import JSON
import Workloads

/// Values that whoever runs the suite chooses.
package struct AdmissionConfiguration: Sendable {
    /// What the fetching container asks for and may use.
    package struct SyncResources: Sendable, Hashable {
        package var cpuRequest = "100m"
        package var memoryRequest = "64Mi"
        package var cpuLimit = "1"
        package var memoryLimit = "512Mi"

        package init() {}

        var json: JSONValue {
            .object([
                ("requests", .object([("cpu", JSONValue(cpuRequest)), ("memory", JSONValue(memoryRequest))])),
                ("limits", .object([("cpu", JSONValue(cpuLimit)), ("memory", JSONValue(memoryLimit))])),
            ])
        }
    }

    /// The image with `kubedl-sync`.
    package var syncImage: String
    /// Ports on the nodes' network, upper end excluded.
    package var hostPorts: Range<Int>
    package var syncResources: SyncResources

    package init(
        syncImage: String = "kubedl/kubedl-sync:latest", hostPorts: Range<Int> = HostPorts.defaultRange,
        syncResources: SyncResources = SyncResources()
    ) {
        self.syncImage = syncImage
        self.hostPorts = hostPorts
        self.syncResources = syncResources
    }

    /// Parses `20000-30000`, upper end excluded; nil when it is not a range of ports.
    package static func hostPortRange(parsing text: String) -> Range<Int>? { HostPorts.range(parsing: text) }
}
