package import JSON
package import KubernetesClient
package import KubernetesModel

/// What a controller wants to happen. It is carried out in order: changes, then status, then events.
package struct Plan: Sendable {
    /// A write to the API server.
    package enum Change: Sendable {
        /// Creates an object in the root's namespace.
        case create(ResourceType, JSONValue)
        /// A merge patch (RFC 7386).
        case merge(ResourceType, ObjectKey, JSONValue)
        /// A merge patch that makes the root an owner. It is left out if the root is gone or going, which a watch may not
        /// have told yet: what is to be orphaned must not be adopted again.
        case adopt(ResourceType, ObjectKey, JSONValue)
        /// A strategic merge patch of the status subresource; it should name the UID.
        case status(ResourceType, ObjectKey, JSONValue)
        /// Deletes the object of this UID, within this time if one is given, and tells nobody.
        case discard(ResourceType, ObjectKey, uid: String, graceSeconds: Int? = nil)
        /// Makes an empty folder that everybody may write to, or removes one.
        case folder(String, isWanted: Bool)
        /// Deletes the object of this UID.
        case delete(ResourceType, ObjectKey, uid: String, DeleteOptions.Propagation = .background)
    }

    /// What users are told about the root object.
    package struct Event: Sendable, Hashable {
        /// How serious it is.
        package var type: EventRecorder.Kind
        /// Why, in a word.
        package var reason: String
        /// Why, for people.
        package var message: String
    }

    /// The writes.
    package var changes: [Change] = []
    /// The root's new `status`; nil leaves it.
    package var status: JSONValue?
    /// Written once everything else has succeeded.
    package var events: [Event] = []
    /// When to look again, even if nothing changes.
    package var again: Duration?

    /// A plan of these changes; by default of none.
    package init(_ changes: [Change] = []) { self.changes = changes }

    /// Tells users something about the root object.
    package mutating func tell(_ reason: String, _ message: String, _ type: EventRecorder.Kind = .normal) {
        events.append(Event(type: type, reason: reason, message: message))
    }

    /// Looks again after `delay`, or earlier if that was planned.
    package mutating func lookAgain(after delay: Duration) {
        again = min(again ?? delay, max(delay, .milliseconds(10)))
    }
}
