import JSON
import KubernetesModel

/// DeleteOptions of a request.
struct DeletionOptions: Sendable, Equatable {
    enum Propagation: String, Sendable {
        case background = "Background"
        case foreground = "Foreground"
        case orphan = "Orphan"
    }

    var gracePeriodSeconds: Int?
    var propagation: Propagation?
    var uid: String?
    var resourceVersion: String?
    var isDryRun = false

    init() {}

    /// Reads body and query; the query wins for what both have. Throws 400 and 422.
    init(body: JSONValue?, query: QueryParameters) throws(StatusBody) {
        gracePeriodSeconds = try query.integer("gracePeriodSeconds") ?? body?["gracePeriodSeconds"]?.int
        var wanted = query["propagationPolicy"] ?? body?["propagationPolicy"]?.string
        if let wanted, query["orphanDependents"] != nil || body?["orphanDependents"]?.bool != nil {
            throw .invalidOption(
                .invalid(
                    FieldPath("propagationPolicy"), wanted,
                    "orphanDependents and deletionPropagation cannot be both set"), of: "DeleteOptions")
        }
        if wanted == nil, let orphan = body?["orphanDependents"]?.bool { wanted = orphan ? "Orphan" : "Background" }
        if wanted == nil, query["orphanDependents"] != nil {
            wanted = try query.flag("orphanDependents") ? "Orphan" : "Background"
        }
        if let wanted, !wanted.isEmpty {
            guard let policy = Propagation(rawValue: wanted) else {
                throw .invalidOption(
                    .notSupported(
                        FieldPath("propagationPolicy"), wanted, supported: ["Background", "Foreground", "Orphan"]),
                    of: "DeleteOptions")
            }
            propagation = policy
        }
        uid = body?[path: "preconditions", "uid"]?.string
        resourceVersion = body?[path: "preconditions", "resourceVersion"]?.string
        isDryRun = query.all("dryRun").contains("All") || (body?["dryRun"]?.strings ?? []).contains("All")
    }

    /// The options as an AdmissionReview carries them.
    var json: JSONValue {
        var value: JSONValue = ["kind": "DeleteOptions", "apiVersion": "meta.k8s.io/v1"]
        if let gracePeriodSeconds { value["gracePeriodSeconds"] = JSONValue(gracePeriodSeconds) }
        if let propagation { value["propagationPolicy"] = JSONValue(propagation.rawValue) }
        if isDryRun { value["dryRun"] = ["All"] }
        return value
    }
}

/// What a deletion does to an object now. Pure.
///
/// Source: k8s.io/apiserver pkg/registry/rest/delete.go, pkg/registry/generic/registry/store.go.
enum DeletionPlan: Sendable {
    /// The object goes at once.
    case remove
    /// The object stays, marked for deletion, until a finalizer or the node agent lets it go.
    case mark(JSONValue)
    /// It already is on its way and nothing changes.
    case unchanged

    static let foregroundFinalizer = "foregroundDeletion"
    static let orphanFinalizer = "orphan"

    static func make(
        for object: JSONValue, resource: GroupResource, options: DeletionOptions, now: Timestamp
    ) -> DeletionPlan {
        var changed = object
        let isMarked = object[path: "metadata", "deletionTimestamp"]?.string != nil
        let grace = gracePeriod(of: object, resource, options)
        setPropagation(&changed, options.propagation)
        if resource == .customResourceDefinitions, !isMarked {
            addFinalizer(&changed, CustomResourceDefinitionBehavior.cleanupFinalizer)
        }
        if resource == .namespaces, !isMarked { changed[path: ["status", "phase"]] = "Terminating" }
        if isMarked {
            let before = object[path: "metadata", "deletionGracePeriodSeconds"]?.int ?? 0
            if grace < before {
                changed[path: ["metadata", "deletionGracePeriodSeconds"]] = JSONValue(grace)
                changed[path: ["metadata", "deletionTimestamp"]] = JSONValue((now + .seconds(grace)).description)
            }
        } else {
            changed[path: ["metadata", "deletionTimestamp"]] = JSONValue((now + .seconds(grace)).description)
            changed[path: ["metadata", "deletionGracePeriodSeconds"]] = JSONValue(grace)
            if let generation = object[path: "metadata", "generation"]?.int {
                changed[path: ["metadata", "generation"]] = JSONValue(generation + 1)
            }
        }
        if isFinished(changed) { return .remove }
        return changed == object ? .unchanged : .mark(changed)
    }

    /// Marked for deletion with nothing left to wait for.
    static func isFinished(_ object: JSONValue) -> Bool {
        guard object[path: "metadata", "deletionTimestamp"]?.string != nil else { return false }
        if !(object[path: "metadata", "finalizers"]?.isEmpty ?? true) { return false }
        if object["kind"]?.string == "Namespace", object["apiVersion"]?.string == "v1",
            !(object[path: "spec", "finalizers"]?.isEmpty ?? true)
        {
            return false
        }
        return object[path: "metadata", "deletionGracePeriodSeconds"]?.int ?? 0 == 0
    }

    /// Only pods that run somewhere have one. Source: pkg/registry/core/pod/strategy.go CheckGracefulDelete.
    private static func gracePeriod(of object: JSONValue, _ resource: GroupResource, _ options: DeletionOptions) -> Int
    {
        guard resource == .pods else { return 0 }
        let phase = object[path: "status", "phase"]?.string
        if (object[path: "spec", "nodeName"]?.string ?? "").isEmpty || phase == "Succeeded" || phase == "Failed" {
            return 0
        }
        let wanted = options.gracePeriodSeconds ?? object[path: "spec", "terminationGracePeriodSeconds"]?.int ?? 30
        return wanted < 0 ? 1 : min(wanted, Int(Int32.max))
    }

    private static func setPropagation(_ object: inout JSONValue, _ policy: DeletionOptions.Propagation?) {
        switch policy {
        case .foreground:
            removeFinalizer(&object, orphanFinalizer)
            addFinalizer(&object, foregroundFinalizer)
        case .orphan:
            removeFinalizer(&object, foregroundFinalizer)
            addFinalizer(&object, orphanFinalizer)
        case .background:
            removeFinalizer(&object, foregroundFinalizer)
            removeFinalizer(&object, orphanFinalizer)
        case nil: break
        }
    }

    static func addFinalizer(_ object: inout JSONValue, _ name: String) {
        var finalizers = object[path: "metadata", "finalizers"]?.strings ?? []
        guard !finalizers.contains(name) else { return }
        finalizers.append(name)
        object[path: ["metadata", "finalizers"]] = JSONValue(finalizers)
    }

    static func removeFinalizer(_ object: inout JSONValue, _ name: String) {
        guard let finalizers = object[path: "metadata", "finalizers"]?.strings, finalizers.contains(name) else {
            return
        }
        let left = finalizers.filter { $0 != name }
        object[path: ["metadata", "finalizers"]] = left.isEmpty ? JSONValue?.none : JSONValue(left)
    }
}
