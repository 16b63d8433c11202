import JSON
import Workloads

/// Values that whoever runs the suite chooses.
package struct AdmissionConfiguration: Sendable {
    /// What the fetching container asks for and may use.
    package struct SyncResources: Sendable, Hashable {
        /// CPU that is set aside.
        package var cpuRequest = "100m"
        /// Memory that is set aside.
        package var memoryRequest = "64Mi"
        /// CPU at most.
        package var cpuLimit = "1"
        /// Memory at most.
        package var memoryLimit = "512Mi"

        /// The defaults.
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
    /// What the fetching container asks for.
    package var syncResources: SyncResources

    /// A configuration from its parts.
    package init(
        syncImage: String = "ghcr.io/kubedl/kubedl-sync:0.1.0", hostPorts: Range<Int> = HostPorts.defaultRange,
        syncResources: SyncResources = SyncResources()
    ) {
        self.syncImage = syncImage
        self.hostPorts = hostPorts
        self.syncResources = syncResources
    }

    /// Parses `20000-30000`, upper end excluded; nil when it is not a range of ports.
    package static func hostPortRange(parsing text: String) -> Range<Int>? { HostPorts.range(parsing: text) }
}
