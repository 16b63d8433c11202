package import JSON
package import KubernetesModel
package import Placement

/// Why a call to the API server did not succeed, as far as the extender cares.
package struct APIFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What follows from the failure.
    package enum Kind: Hashable, Sendable {
        /// The object is not there (any more).
        case notFound
        /// The object is not as the call expects: bound, replaced or changed.
        case conflict
        /// The server refused, and will again.
        case refused
        /// It is not known whether the call took effect.
        case unclear
    }

    /// What follows from the failure.
    package var kind: Kind
    /// What the server or the transport said.
    package var description: String

    /// A failure with its reason.
    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}

/// The calls that the extender makes to the API server.
package protocol ClusterAPI: Sendable {
    /// Reads a pod; `nil` if it is not there.
    func pod(_ key: ObjectKey) async throws(APIFailure) -> PodProjection?
    /// Creates the `binding` of a pod.
    func bind(_ key: ObjectKey, _ binding: JSONValue) async throws(APIFailure)
    /// Applies a JSON Patch to a pod.
    func patch(_ key: ObjectKey, _ patch: JSONPatch) async throws(APIFailure)
    /// Applies a strategic merge patch to a pod's status.
    func patchStatus(_ key: ObjectKey, _ change: JSONValue) async throws(APIFailure)
    /// Records a Warning event. Failures are the recorder's own business.
    func warn(_ object: ObjectReference, reason: String, message: String) async
}
