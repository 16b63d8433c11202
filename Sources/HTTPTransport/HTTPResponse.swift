/// A whole response, read to its end.
package struct HTTPResponse: Sendable {
    /// The status code, 200…599.
    package var status: Int
    /// The header fields; trailers are not kept.
    package var headers: HTTPHeaders
    /// The body, at most `maximumResponseBytes` of the request.
    package var body: [UInt8]
}

/// The status line and header fields of a response.
struct HTTPHead: Sendable {
    var status: Int
    var headers: HTTPHeaders
}
