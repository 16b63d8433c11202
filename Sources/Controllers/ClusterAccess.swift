import JSON
import KubernetesClient
import KubernetesModel

/// What applying a plan needs of the API server; small, so that tests can stand in for it.
package protocol ClusterAccess: Sendable {
    /// Reads one object.
    func read(_ type: ResourceType, _ key: ObjectKey) async throws(APIError) -> JSONDocument
    /// Makes an object; one with unknown fields is refused.
    func create(_ type: ResourceType, namespace: String?, _ body: JSONValue) async throws(APIError)
    /// Applies a JSON merge patch and answers the object.
    func merge(
        _ type: ResourceType, _ key: ObjectKey, _ patch: JSONValue, subresource: String?
    ) async throws(APIError) -> JSONDocument
    /// Deletes an object if it still has the UID; what it owns follows later.
    func delete(_ type: ResourceType, _ key: ObjectKey, uid: String) async throws(APIError)
    /// Records an event.
    func record(_ event: ObjectEvent) async
}

/// An event to record.
package struct ObjectEvent: Sendable, Hashable {
    /// What it is about.
    package var object: ObjectReference
    /// Whether something went wrong.
    package var isWarning: Bool
    /// Why, in a word.
    package var reason: String
    /// Why, for people.
    package var message: String
}
