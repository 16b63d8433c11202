internal import HTTPTransport
package import KubernetesModel

extension KubernetesClient {
    /// The most bytes of one event; objects are kept under 2 MiB by etcd, and managed fields come on top.
    static let maximumEventBytes = 16 << 20

    /// Follows changes: `GET <collection>?watch=true`. Without a namespace it covers all of them.
    ///
    /// Begins after `options.resourceVersion`. Throws ``APIError`` that `isGone` when that version is too old; the same
    /// can come later as an event of type `error`.
    package func watch(
        _ type: ResourceType, namespace: String? = nil, options: ListOptions = ListOptions()
    ) async throws(APIError) -> WatchStream {
        var query = QueryString()
        query.add(options)
        query.add("watch", "true")
        if options.allowsBookmarks { query.add("allowWatchBookmarks", "true") }
        let lasting = max(1, options.watchTimeout?.components.seconds ?? Int64.random(in: 300...600))
        query.add("timeoutSeconds", String(lasting))
        let path = type.path(namespace: namespace)
        let name = "watch \(path)"
        // The server ends the watch; our deadline is for one that does not.
        let request = HTTPRequest(
            url: path + query.text, headers: [("Accept", "application/json")],
            timeout: .seconds(lasting) + .seconds(30), idleTimeout: options.idleTimeout,
            maximumResponseBytes: Int.max)
        let stream = try await firstAnswer(request, within: options.timeout, name)
        guard stream.status < 300 else {
            let body: [UInt8]
            do { body = try await stream.collect(upTo: 1 << 20) } catch { throw APIError(error) }
            throw APIError(request: name, httpStatus: stream.status, headers: stream.headers, body: body)
        }
        return WatchStream(stream.chunks, request: name, maximumEventBytes: Self.maximumEventBytes)
    }

    /// The head of the answer must come sooner than the watch lasts.
    private func firstAnswer(_ request: HTTPRequest, within timeout: Duration, _ name: String) async throws(APIError)
        -> HTTPStream
    {
        do {
            return try await withThrowingTaskGroup(of: HTTPStream.self) { group in
                group.addTask { try await self.connection.stream(request) }
                group.addTask {
                    try await Task.sleep(for: timeout)
                    throw APIError(message: "\(name): no answer within \(timeout)", retry: .backoff)
                }
                defer { group.cancelAll() }
                guard let first = try await group.next() else { throw CancellationError() }
                return first
            }
        } catch let error as APIError {
            throw error
        } catch {
            throw APIError(HTTPError(.cancelled, "\(name): the task was cancelled"))
        }
    }
}
