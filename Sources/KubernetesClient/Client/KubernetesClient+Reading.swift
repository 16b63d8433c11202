package import JSON
package import KubernetesModel

extension KubernetesClient {
    /// Reads one object: `GET <collection>/<name>[/<subresource>]`.
    package func get(
        _ type: ResourceType, _ key: ObjectKey, subresource: String? = nil, timeout: Duration = .seconds(30),
        ignoresCancellation: Bool = false
    ) async throws(APIError) -> JSONDocument {
        try await document(
            "GET", type.path(key, subresource: subresource), QueryString(), timeout: timeout,
            ignoresCancellation: ignoresCancellation)
    }

    /// Reads a list, or a page of it: `GET <collection>`. Without a namespace it covers all of them.
    package func list(
        _ type: ResourceType, namespace: String? = nil, options: ListOptions = ListOptions()
    ) async throws(APIError) -> JSONDocument {
        var query = QueryString()
        query.add(options)
        return try await document("GET", type.path(namespace: namespace), query, timeout: options.timeout)
    }

    /// Hands each page of a list to `body`; returns the version of the whole list.
    ///
    /// If a page comes too late (410), the list starts again without pages after a call of `restart`, which must forget
    /// the pages so far.
    package func listPages(
        _ type: ResourceType, namespace: String? = nil, options: ListOptions = ListOptions(),
        restart: () -> Void = {}, _ body: (JSONView) throws(APIError) -> Void
    ) async throws(APIError) -> String {
        var options = options
        options.limit = options.limit ?? 500
        var isPaged = true
        while true {
            let page: JSONDocument
            do { page = try await list(type, namespace: namespace, options: options) } catch {
                guard error.isGone, options.continueToken != nil, isPaged else { throw error }
                isPaged = false
                options.continueToken = nil
                options.limit = nil
                restart()
                continue
            }
            guard page.root["items"].map({ $0.kind == .array || $0.isNull }) ?? false else {
                throw APIError(
                    message: "GET \(type.path(namespace: namespace)): the answer is no list", retry: .backoff)
            }
            try body(page.root)
            let metadata = page.root["metadata"]
            guard let token = metadata?["continue"]?.string, !token.isEmpty else {
                return metadata?["resourceVersion"]?.string ?? ""
            }
            options.continueToken = token
            // A continue token carries the version; giving it again is an error.
            options.resourceVersion = nil
            options.resourceVersionMatch = nil
        }
    }

    /// Reads a whole list, page by page. 500 objects a page unless the options say otherwise.
    package func listAll(
        _ type: ResourceType, namespace: String? = nil, options: ListOptions = ListOptions()
    ) async throws(APIError) -> ObjectList {
        var items: [JSONView] = []
        let version = try await listPages(
            type, namespace: namespace, options: options, restart: { items = [] },
            { page throws(APIError) in
                if let elements = page["items"]?.elements { items += elements }
            })
        return ObjectList(items: items, resourceVersion: version)
    }
}

/// The objects of a collection at one version.
package struct ObjectList: Sendable {
    /// The objects. They mostly lack `kind` and `apiVersion`.
    package var items: [JSONView]
    /// The version to watch from.
    package var resourceVersion: String
}
