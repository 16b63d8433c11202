package import JSON
package import KubernetesModel

extension KubernetesClient {
    /// Creates an object: `POST <collection>`. Throws ``APIError`` that `isAlreadyExists` when the name is taken.
    package func create(
        _ type: ResourceType, namespace: String?, _ body: JSONValue, options: WriteOptions = WriteOptions()
    ) async throws(APIError) -> JSONDocument {
        try await write("POST", type.path(namespace: namespace), body.bytes, options)
    }

    /// Replaces an object: `PUT <collection>/<name>[/<subresource>]`. The body's `resourceVersion` must be current.
    package func replace(
        _ type: ResourceType, _ key: ObjectKey, _ body: JSONValue, subresource: String? = nil,
        options: WriteOptions = WriteOptions()
    ) async throws(APIError) -> JSONDocument {
        try await write("PUT", type.path(key, subresource: subresource), body.bytes, options)
    }

    /// Changes an object: `PATCH <collection>/<name>[/<subresource>]`.
    package func patch(
        _ type: ResourceType, _ key: ObjectKey, _ patch: Patch, subresource: String? = nil,
        options: WriteOptions = WriteOptions()
    ) async throws(APIError) -> JSONDocument {
        var options = options
        var query = QueryString()
        if case .apply(_, let manager, let force) = patch {
            options.fieldManager = manager
            query.add("force", force ? "true" : "false")
        }
        query.add(options)
        return try await document(
            "PATCH", type.path(key, subresource: subresource), query, body: patch.body,
            contentType: patch.contentType, timeout: options.timeout, ignoresCancellation: options.ignoresCancellation)
    }

    /// Deletes an object: `DELETE <collection>/<name>`. Returns the object as it is now, or a Status.
    package func delete(
        _ type: ResourceType, _ key: ObjectKey, options: DeleteOptions = DeleteOptions()
    ) async throws(APIError) -> JSONDocument {
        try await document(
            "DELETE", type.path(key), QueryString(), body: options.body.bytes, timeout: options.timeout)
    }

    /// Posts to a subresource, such as `binding` or `eviction` of a pod: `POST <collection>/<name>/<subresource>`.
    package func createSubresource(
        _ type: ResourceType, _ key: ObjectKey, _ subresource: String, _ body: JSONValue,
        options: WriteOptions = WriteOptions()
    ) async throws(APIError) -> JSONDocument {
        try await write("POST", type.path(key, subresource: subresource), body.bytes, options)
    }

    private func write(
        _ method: String, _ path: String, _ body: [UInt8], _ options: WriteOptions
    ) async throws(APIError) -> JSONDocument {
        var query = QueryString()
        query.add(options)
        return try await document(
            method, path, query, body: body, timeout: options.timeout,
            ignoresCancellation: options.ignoresCancellation)
    }
}
