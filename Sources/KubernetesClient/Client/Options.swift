package import JSON

/// What to list or watch, and how.
package struct ListOptions: Sendable, Hashable {
    /// Only objects with these labels, such as `app=web,tier!=cache`.
    package var labelSelector: String?
    /// Only objects with these fields, such as `spec.nodeName=node-1`.
    package var fieldSelector: String?
    /// The version to start from; `nil` asks for the newest state (list) or from now on (watch).
    package var resourceVersion: String?
    /// How the list may relate to ``resourceVersion``: `Exact` or `NotOlderThan`.
    package var resourceVersionMatch: String?
    /// The most objects in an answer; the rest comes with ``continueToken``. `nil` leaves it to the server.
    package var limit: Int?
    /// Where the last answer ended.
    package var continueToken: String?
    /// Whether a watch should get bookmarks. True by default.
    package var allowsBookmarks = true
    /// How long a watch lasts before the server ends it; at least a second. 5 to 10 minutes, at random, by default.
    package var watchTimeout: Duration?
    /// The deadline of a list, or of a watch's first answer.
    package var timeout: Duration = .seconds(60)
    /// The longest silence of a watch; API servers send a bookmark about once a minute.
    package var idleTimeout: Duration = .seconds(180)

    /// Everything, in its newest state.
    package init(
        labelSelector: String? = nil, fieldSelector: String? = nil, resourceVersion: String? = nil,
        limit: Int? = nil, continueToken: String? = nil
    ) {
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
        self.resourceVersion = resourceVersion
        self.limit = limit
        self.continueToken = continueToken
    }
}

/// How to write.
package struct WriteOptions: Sendable, Hashable {
    /// Who writes, for managed fields.
    package var fieldManager: String?
    /// Whether the server only says what would happen.
    package var isDryRun: Bool
    /// What the server does with unknown and repeated fields: `Ignore`, `Warn` or `Strict`; `nil` leaves it to it.
    package var fieldValidation: String?
    /// The deadline.
    package var timeout: Duration
    /// Whether the request goes on when its task is cancelled, for tidying up.
    package var ignoresCancellation = false

    /// A real write within 30 seconds.
    package init(
        fieldManager: String? = nil, isDryRun: Bool = false, fieldValidation: String? = nil,
        timeout: Duration = .seconds(30)
    ) {
        self.fieldManager = fieldManager
        self.isDryRun = isDryRun
        self.fieldValidation = fieldValidation
        self.timeout = timeout
    }
}

/// How to delete. Source: metav1.DeleteOptions.
package struct DeleteOptions: Sendable, Hashable {
    /// What happens to objects that the deleted one owns.
    package enum Propagation: String, Sendable, Hashable {
        /// They go afterwards.
        case background = "Background"
        /// They go first.
        case foreground = "Foreground"
        /// They stay.
        case orphan = "Orphan"
    }

    /// Deletes only the object with this UID, not a later one of the same name.
    package var uid: String?
    /// Deletes only this version.
    package var resourceVersion: String?
    /// What happens to owned objects; `nil` leaves it to the resource's default.
    package var propagation: Propagation?
    /// Seconds that the object has to end; 0 deletes at once; `nil` leaves it to the object.
    package var gracePeriodSeconds: Int?
    /// Whether the server only says what would happen.
    package var isDryRun: Bool
    /// The deadline.
    package var timeout: Duration

    /// A plain delete within 30 seconds.
    package init(
        uid: String? = nil, resourceVersion: String? = nil, propagation: Propagation? = nil,
        gracePeriodSeconds: Int? = nil, isDryRun: Bool = false, timeout: Duration = .seconds(30)
    ) {
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.propagation = propagation
        self.gracePeriodSeconds = gracePeriodSeconds
        self.isDryRun = isDryRun
        self.timeout = timeout
    }

    /// The body of the request.
    var body: JSONValue {
        var fields: [(String, JSONValue)] = [("kind", "DeleteOptions"), ("apiVersion", "v1")]
        var preconditions: [(String, JSONValue)] = []
        if let uid { preconditions.append(("uid", JSONValue(uid))) }
        if let resourceVersion { preconditions.append(("resourceVersion", JSONValue(resourceVersion))) }
        if !preconditions.isEmpty { fields.append(("preconditions", .object(preconditions))) }
        if let propagation { fields.append(("propagationPolicy", JSONValue(propagation.rawValue))) }
        if let gracePeriodSeconds { fields.append(("gracePeriodSeconds", JSONValue(gracePeriodSeconds))) }
        if isDryRun { fields.append(("dryRun", ["All"])) }
        return .object(fields)
    }
}

/// A change to an object.
package enum Patch: Sendable {
    /// RFC 6902.
    case json(JSONPatch)
    /// RFC 7386.
    case merge(JSONValue)
    /// Kubernetes' own merge, which knows list keys; built-in kinds only.
    case strategic(JSONValue)
    /// Server-side apply: the whole intent of one manager. `force` takes fields over from others.
    case apply(JSONValue, fieldManager: String, force: Bool)

    var contentType: String {
        switch self {
        case .json: "application/json-patch+json"
        case .merge: "application/merge-patch+json"
        case .strategic: "application/strategic-merge-patch+json"
        case .apply: "application/apply-patch+yaml"
        }
    }

    var body: [UInt8] {
        switch self {
        case .json(let patch): patch.json.bytes
        case .merge(let value), .strategic(let value), .apply(let value, _, _): value.bytes
        }
    }
}
