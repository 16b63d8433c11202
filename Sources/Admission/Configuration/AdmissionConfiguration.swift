import JSON
import Workloads

/// Values that whoever runs the suite chooses; what one namespace gets.
package struct AdmissionConfiguration: Sendable, Hashable {
    /// What an injected container asks for and may use.
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

    /// The image with `kubedl-sync`; `name@sha256:…` pins it.
    package var syncImage: String
    /// What the fetching container asks for.
    package var syncResources: SyncResources
    /// Whether a password in an annotation is accepted, with a warning, as KubeDL did.
    package var allowsInlineCredentials = false
    /// Whether files may be fetched over protocols without encryption.
    package var allowsPlainTextProtocols = false
    /// Ports on the nodes' network, upper end excluded.
    package var hostPorts: Range<Int>
    /// What the nodes give out to outgoing connections, both ends included: `net.ipv4.ip_local_port_range`.
    package var ephemeralPorts = 32768...60999
    /// What pods that carry one of our marks get besides what they ask for.
    package var pods = PodDefaults()

    /// What the annotations for fetching files may say.
    package var syncPolicy: SyncPolicy {
        SyncPolicy(
            allowsInlineCredentials: allowsInlineCredentials, allowsPlainTextProtocols: allowsPlainTextProtocols)
    }

    /// A configuration from its parts.
    package init(
        syncImage: String = "ghcr.io/kubedl/kubedl-sync:0.1.0", hostPorts: Range<Int> = HostPorts.defaultRange,
        syncResources: SyncResources = SyncResources()
    ) {
        self.syncImage = syncImage
        self.hostPorts = hostPorts
        self.syncResources = syncResources
    }
}
