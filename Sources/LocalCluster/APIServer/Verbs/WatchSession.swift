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
                let bytes = lines(of: found.events, &isFirst)
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
            var bytes: [UInt8] = []
            append(WatchLine(initial: object), to: &bytes, &isFirst)
            try await write(bytes)
        }
        if request.marksInitialEnd { try await write(bookmark(revision, endsInitial: true)) }
        return revision
    }

    /// A watch on a resource ends when its definition goes.
    private var isServed: Bool {
        let path = context.path
        return core.registry.catalog.find(group: path.group, version: path.version, plural: path.plural) != nil
    }

    private func lines(of events: [StoreEvent], _ isFirst: inout Bool) -> [UInt8] {
        let namespace = context.key.namespace
        let lines = events.compactMap { event in
            namespace == nil || event.object.key.namespace == namespace ? WatchLine(event, selection: selection) : nil
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(lines.reduce(0) { $0 + $1.object.raw.count + 64 })
        for line in lines { append(line, to: &bytes, &isFirst) }
        return bytes
    }

    private func append(_ line: WatchLine, to bytes: inout [UInt8], _ isFirst: inout Bool) {
        let shown = core.served(JSONValue(line.object), as: context.definition)
        append(line.kind, core.objectBody(shown, context, withColumns: isFirst), to: &bytes)
        isFirst = false
    }

    private func append(_ kind: WatchLine.Kind, _ object: JSONValue, to bytes: inout [UInt8]) {
        bytes += "{\"type\":\"\(kind.rawValue)\",\"object\":".utf8
        bytes += object.bytes
        bytes += "}\n".utf8
    }

    private func line(_ kind: WatchLine.Kind, _ object: JSONValue) -> [UInt8] {
        var bytes: [UInt8] = []
        append(kind, object, to: &bytes)
        return bytes
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
