import JSON
import KubernetesModel
import Synchronization

/// Holds the current ``ResourceCatalog`` and renews it when CustomResourceDefinitions change.
final class ResourceRegistry: Sendable {
    private let builtIn: [ResourceDefinition]
    private let current: Mutex<ResourceCatalog>

    init(builtIn: [ResourceDefinition]) {
        self.builtIn = builtIn
        current = Mutex(ResourceCatalog(builtIn))
    }

    var catalog: ResourceCatalog { current.withLock { $0 } }

    /// Serves what the given definitions describe, besides the built-in resources.
    func renew(customResourceDefinitions: [JSONView]) {
        let custom = customResourceDefinitions.flatMap { CustomVersion.definitions(from: $0) }
        current.withLock { $0 = ResourceCatalog(builtIn + custom) }
    }
}
