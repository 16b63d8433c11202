import KubernetesModel
import Synchronization

/// One request to a resource, with everything that its handler needs to know.
struct RequestContext: Sendable {
    var path: ResourcePath
    var definition: ResourceDefinition
    var query: QueryParameters
    var write = WriteParameters()
    var user: RequestUser
    var form = ResponseForm.object
    var contentType: String?
    var userAgent = ""
    var body: [UInt8] = []
    let warnings = ResponseWarnings()

    /// The request itself says which version it changes, so that a later one is a conflict and no reason to
    /// try again.
    var namesVersion = true
    /// Server-side apply has written `managedFields` already.
    var isApply = false
    var isPatch = false

    var name: String { path.name ?? "" }
    var key: ObjectKey { ObjectKey(namespace: definition.isNamespaced ? path.namespace : nil, name: name) }

    /// The name under which changes are recorded in `managedFields`.
    var fieldManager: String {
        if let given = write.fieldManager { return given }
        let agent = String(userAgent.prefix { $0 != "/" }.prefix(128))
        return agent.isEmpty ? "unknown" : agent
    }
}

/// Collects texts for `Warning` headers while a request is handled.
final class ResponseWarnings: Sendable {
    private let texts = Mutex<[String]>([])

    func add(_ text: String) {
        texts.withLock { if !$0.contains(text) { $0.append(text) } }
    }

    var all: [String] { texts.withLock { $0 } }
}
