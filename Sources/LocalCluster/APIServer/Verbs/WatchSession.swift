import JSON
import KubernetesModel
import Serving

/// One running watch: where it stands, and what to write next.
struct WatchSession: Sendable {
    let core: APICore
    let context: RequestContext
    let request: WatchRequest
    let selection: ListSelection
    /// How long a watch goes without a line before it gets a bookmark.
    static let bookmarkInterval = Duration.seconds(15)

    /// Checks what can be checked before the first byte. Throws 400 and 422; a version that is too old is an event.
    init(core: APICore, context: RequestContext) throws(StatusBody) {
        self.core = core
        self.context = context
        request = try WatchRequest(context.query)
        selection = try ListSelection(context)
    }

    /// Writes lines until the time is over, the history has moved on, the definition is gone, or the client has.
    func run(_ write: @escaping @Sendable ([UInt8]) async throws -> Void) async throws {
        let end = ContinuousClock.now + request.timeout
        let (wakeUps, wake) = core.store.subscribe(to: context.definition.storage)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await follow(wakeUps, until: end, write) }
            group.addTask {
                while true {
                    let now = ContinuousClock.now
                    let next = now + Self.bookmarkInterval
                    try await Task.sleep(until: now < end ? min(end, next) : next, clock: .continuous)
                    wake()
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func follow(
        _ wakeUps: AsyncStream<Void>, until end: ContinuousClock.Instant,
        _ write: @Sendable ([UInt8]) async throws -> Void
    ) async throws {
        let resource = context.definition.storage
        var isFirst = true
        var position = try await begin(write, &isFirst)
        var lastLine = ContinuousClock.now
        for await _ in wakeUps {
            var hasMore = true
            while hasMore {
                let found: (events: [StoreEvent], revision: UInt64)
                do {
                    found = try core.store.events(of: resource, after: position)
                } catch {
                    return try await write(line(.error, error.value))
                }
                var bytes: [UInt8] = []
                for event in found.events {
                    guard let line = WatchLine(event, selection: selection) else { continue }
                    bytes += self.bytes(of: line, &isFirst)
                }
                hasMore = found.revision > position && found.events.count >= 256
                position = found.revision
                if !bytes.isEmpty {
                    try await core.store.settle(upTo: position)
                    try await write(bytes)
                    lastLine = .now
                }
            }
            let isOver = .now >= end || !isServed
            if request.sendsBookmarks, isOver || .now - lastLine >= Self.bookmarkInterval {
                try await core.store.settle(upTo: position)
                try await write(bookmark(position, endsInitial: false))
                lastLine = .now
            }
            if isOver { return }
        }
    }

    /// Writes the present state if it is asked for; answers the revision to go on from.
    private func begin(
        _ write: @Sendable ([UInt8]) async throws -> Void, _ isFirst: inout Bool
    ) async throws -> UInt64 {
        if let since = request.since { return since }
        let (objects, revision) = core.store.list(context.definition.storage, namespace: context.key.namespace)
        try await core.store.settle(upTo: revision)
        for object in objects where selection.matches(object.json) {
            try await write(bytes(of: WatchLine(initial: object), &isFirst))
        }
        if request.marksInitialEnd { try await write(bookmark(revision, endsInitial: true)) }
        return revision
    }

    /// A watch on a resource ends when its definition goes.
    private var isServed: Bool {
        let path = context.path
        return core.registry.catalog.find(group: path.group, version: path.version, plural: path.plural) != nil
    }

    private func bytes(of line: WatchLine, _ isFirst: inout Bool) -> [UInt8] {
        if let namespace = context.key.namespace,
            line.object[path: "metadata", "namespace"]?.string != namespace
        {
            return []
        }
        let shown = core.served(JSONValue(line.object), as: context.definition)
        defer { isFirst = false }
        return self.line(line.kind, core.objectBody(shown, context, withColumns: isFirst))
    }

    private func line(_ kind: WatchLine.Kind, _ object: JSONValue) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("type")
        writer.string(kind.rawValue)
        writer.key("object")
        writer.value(object)
        writer.endObject()
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    private func bookmark(_ revision: UInt64, endsInitial: Bool) -> [UInt8] {
        var metadata: JSONValue = ["resourceVersion": JSONValue(String(revision))]
        if endsInitial { metadata["annotations"] = ["k8s.io/initial-events-end": "true"] }
        let definition = context.definition
        switch context.form {
        case .table:
            return line(
                .bookmark,
                [
                    "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata,
                    "columnDefinitions": .array([]), "rows": .array([]),
                ])
        case .partialMetadata:
            return line(
                .bookmark,
                ["kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": metadata])
        default:
            return line(
                .bookmark,
                [
                    "kind": JSONValue(definition.kind), "apiVersion": JSONValue(definition.apiVersion),
                    "metadata": metadata,
                ])
        }
    }
}
