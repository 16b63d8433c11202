import JSON
import KubernetesClient
import KubernetesModel

/// The real API server.
struct LiveCluster: ClusterAccess {
    let client: KubernetesClient
    let recorder: EventRecorder

    func read(_ type: ResourceType, _ key: ObjectKey) async throws(APIError) -> JSONDocument {
        try await client.get(type, key)
    }

    func create(_ type: ResourceType, namespace: String?, _ body: JSONValue) async throws(APIError) {
        // Strict: a misspelled field of a template is an error that the job's events tell, not one that is dropped.
        _ = try await client.create(type, namespace: namespace, body, options: WriteOptions(fieldValidation: "Strict"))
    }

    func merge(
        _ type: ResourceType, _ key: ObjectKey, _ patch: JSONValue, subresource: String?
    ) async throws(APIError) -> JSONDocument {
        try await client.patch(type, key, .merge(patch), subresource: subresource)
    }

    func delete(_ type: ResourceType, _ key: ObjectKey, uid: String) async throws(APIError) {
        _ = try await client.delete(type, key, options: DeleteOptions(uid: uid, propagation: .background))
    }

    func record(_ event: ObjectEvent) async {
        await recorder.record(
            on: event.object, type: event.isWarning ? .warning : .normal, reason: event.reason, message: event.message)
    }
}
