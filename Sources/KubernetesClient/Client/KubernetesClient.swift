package import HTTPTransport
internal import JSON

/// Talks to an API server. Every call has a deadline; none retries by itself, except once with fresh credentials after
/// a 401.
///
/// Errors are ``APIError`` and say whether trying again makes sense.
package final class KubernetesClient: Sendable {
    /// Where it talks to and as whom.
    package var configuration: ClientConfiguration { connection.configuration }

    let connection: Connection
    /// The largest answer, and the largest text that our JSON reads.
    static let maximumResponseBytes = JSONLimits.largestText

    /// Makes a client; connections open with the first request.
    package init(
        configuration: ClientConfiguration, userAgent: String = "kubedl", time: TimeSource = .system
    ) {
        connection = Connection(configuration, userAgent: userAgent, time: time)
    }

    /// Ends all requests and watches, for good.
    package func close() { connection.close() }

    /// Sends any request and returns the response if its status is below 300. Throws ``APIError``.
    ///
    /// `path` starts with a slash and is percent-encoded; `query` is not. `accept` is what the answer may be.
    package func raw(
        _ method: String, _ path: String, query: [(String, String)] = [], body: [UInt8]? = nil,
        contentType: String = "application/json", accept: String = "application/json",
        timeout: Duration = .seconds(30), ignoresCancellation: Bool = false
    ) async throws(APIError) -> HTTPResponse {
        var text = QueryString()
        for (name, value) in query { text.add(name, value) }
        return try await send(
            method, path, text, body: body, contentType: contentType, accept: accept, timeout: timeout,
            ignoresCancellation: ignoresCancellation)
    }

    func send(
        _ method: String, _ path: String, _ query: QueryString, body: [UInt8]?,
        contentType: String = "application/json", accept: String = "application/json", timeout: Duration,
        ignoresCancellation: Bool = false
    ) async throws(APIError) -> HTTPResponse {
        var headers = [("Accept", accept)]
        if body != nil { headers.append(("Content-Type", contentType)) }
        var request = HTTPRequest(
            method: method, url: path + query.text, headers: headers, body: body, timeout: timeout,
            maximumResponseBytes: Self.maximumResponseBytes)
        request.ignoresCancellation = ignoresCancellation
        let response = try await connection.send(request)
        guard response.status < 300 else {
            throw APIError(
                request: "\(method) \(path)", httpStatus: response.status, headers: response.headers,
                body: response.body)
        }
        return response
    }

    func document(
        _ method: String, _ path: String, _ query: QueryString, body: [UInt8]? = nil,
        contentType: String = "application/json", timeout: Duration, ignoresCancellation: Bool = false
    ) async throws(APIError) -> JSONDocument {
        let response = try await send(
            method, path, query, body: body, contentType: contentType, timeout: timeout,
            ignoresCancellation: ignoresCancellation)
        do { return try JSONDocument(parsing: response.body) } catch {
            throw APIError(
                httpStatus: response.status, message: "\(method) \(path): the answer is not JSON: \(error)",
                retry: .backoff)
        }
    }
}
