internal import HTTPTransport
internal import JSON
internal import KubernetesModel

extension APIError {
    /// The error for a request that got no response.
    init(_ error: HTTPError) {
        let retry: RetryClass
        switch error.code {
        case .invalidRequest, .protocolNotAllowed, .tooManyRedirects, .tooLarge, .refused, .cancelled, .clientClosed:
            retry = .never
        case .cannotResolve, .cannotConnect, .tls, .deadlineExceeded, .idleTimeout, .malformedResponse,
            .connectionLost, .other:
            retry = .backoff
        }
        self.init(transport: error, message: error.message, retry: retry)
    }

    /// The error for a response with a status of 300 and above.
    init(request: String, httpStatus: Int, headers: HTTPHeaders, body: [UInt8]) {
        let status = (try? JSONDocument(parsing: body)).flatMap { StatusBody(json: $0.root) }
        let text = status?.message ?? String(decoding: body.prefix(300), as: UTF8.self)
        let seconds =
            headers["Retry-After"].flatMap { Int($0) } ?? status?.details?.retryAfterSeconds.nonZero
        self.init(
            status: status, httpStatus: httpStatus,
            message: "\(request): \(httpStatus)\(text.isEmpty ? "" : " \(text)")",
            retry: Self.retry(
                code: httpStatus, reason: status?.reason, retryAfter: seconds.map { .seconds(min(max(0, $0), 3600)) }))
    }

    /// The error that a watch reports in an event of type ERROR.
    init(request: String, event: JSONView) {
        let status = StatusBody(json: event)
        let code = status?.code ?? 0
        self.init(
            status: status, httpStatus: nil, message: "\(request): \(status?.message ?? "an error without a Status")",
            retry: Self.retry(
                code: code == 0 ? 500 : code, reason: status?.reason,
                retryAfter: status?.details?.retryAfterSeconds.nonZero.map { .seconds(min($0, 3600)) }))
    }

    /// Source: apimachinery pkg/api/errors and client-go rest/with_retry.go.
    static func retry(code: Int, reason: String?, retryAfter: Duration?) -> RetryClass {
        switch code {
        case 409: reason == "AlreadyExists" ? .never : .conflict
        case 429, 500, 502, 503, 504: retryAfter.map { .after($0) } ?? .backoff
        case 408, 425: .backoff
        case 505...599: retryAfter.map { .after($0) } ?? .never
        default: .never
        }
    }
}

extension Int {
    fileprivate var nonZero: Int? { self > 0 ? self : nil }
}
