import JSON
import KubernetesModel

/// What a watch asks for. Source: k8s.io/apimachinery pkg/apis/meta/v1 ListOptions, KEP-3157.
struct WatchRequest: Sendable, Equatable {
    /// Events after this revision; nil begins with the present state.
    var since: UInt64?
    var sendsBookmarks: Bool
    /// Ends the initial events with a bookmark of its own.
    var marksInitialEnd: Bool
    var timeout: Duration

    /// Longest watch in seconds when the client names none.
    static let defaultTimeoutSeconds = 3600

    /// Reads the query. Throws 400 and 422.
    init(_ query: QueryParameters) throws(StatusBody) {
        sendsBookmarks = try query.flag("allowWatchBookmarks")
        let seconds = try query.integer("timeoutSeconds") ?? Self.defaultTimeoutSeconds
        timeout = .seconds(min(max(1, seconds), Int(Int32.max)))
        let version = query["resourceVersion"] ?? ""
        let match = query["resourceVersionMatch"] ?? ""
        var since: UInt64?
        if !version.isEmpty, version != "0" {
            guard let number = UInt64(version) else {
                throw .badRequest("resourceVersion: invalid value \"\(version)\"")
            }
            since = number
        }
        if query["sendInitialEvents"] != nil {
            guard match == "NotOlderThan" else {
                throw .invalidOption(
                    .forbidden(
                        FieldPath("resourceVersionMatch"),
                        "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"), of: "ListOptions")
            }
            if try query.flag("sendInitialEvents") {
                marksInitialEnd = sendsBookmarks
                self.since = nil
                return
            }
        } else if !match.isEmpty {
            throw .invalidOption(
                .forbidden(
                    FieldPath("resourceVersionMatch"),
                    "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"),
                of: "ListOptions")
        }
        marksInitialEnd = false
        self.since = since
    }
}

/// One line of a watch.
struct WatchLine: Sendable {
    enum Kind: String, Sendable {
        case added = "ADDED"
        case modified = "MODIFIED"
        case deleted = "DELETED"
        case bookmark = "BOOKMARK"
        case error = "ERROR"
    }

    var kind: Kind
    var object: JSONView

    /// How a change looks through selectors: an object that begins to match is added, one that stops is deleted.
    init?(_ event: StoreEvent, selection: ListSelection) {
        let isSelected = selection.matches(event.object.json)
        let matches = event.kind != .deleted && isSelected
        let matched = event.previous.map { selection.isFixed ? isSelected : selection.matches($0.json) } ?? false
        switch (matched, matches) {
        case (false, false): return nil
        case (false, true): kind = .added
        case (true, true): kind = .modified
        case (true, false): kind = .deleted
        }
        object = event.object.json
        if kind == .deleted, event.kind == .modified, let last = event.previous?.shown(at: event.revision) {
            object = last
        }
    }

    /// An object of the present state.
    init(initial object: StoredObject) {
        kind = .added
        self.object = object.json
    }
}
