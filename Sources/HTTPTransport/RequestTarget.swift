import CCurl

/// The parts of a URL that decide how to connect, read by libcurl's own parser so that both agree.
struct RequestTarget {
    var scheme: HTTPRequest.Scheme
    /// The host without the brackets of an IPv6 address.
    var host: String
    var port: Int
    /// Scheme, host, port and path: no credentials, no query. For messages.
    var display: String
    /// The URL with the host replaced, for a server name that differs from the address.
    private var parts: String

    /// Throws ``HTTPError`` with `invalidRequest` or `protocolNotAllowed`.
    init(of request: HTTPRequest) throws(HTTPError) {
        guard let url = curl_url() else { throw HTTPError(.other, "libcurl is out of memory") }
        defer { curl_url_cleanup(url) }
        let result = curl_url_set(url, CURLUPART_URL, request.url, UInt32(CURLU_NON_SUPPORT_SCHEME))
        guard result == CURLUE_OK, let scheme = Self.part(url, CURLUPART_SCHEME),
            let host = Self.part(url, CURLUPART_HOST), !host.isEmpty
        else {
            throw HTTPError(
                .invalidRequest,
                "\(request.method): the URL is malformed; write an absolute one such as https://host/path")
        }
        guard let known = HTTPRequest.Scheme(rawValue: scheme), request.protocols.contains(known) else {
            let allowed = request.protocols.map(\.rawValue).joined(separator: ", ")
            throw HTTPError(.protocolNotAllowed, "\(request.method) \(host): \(scheme) is not allowed, only \(allowed)")
        }
        self.scheme = known
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        port = Self.part(url, CURLUPART_PORT).flatMap { Int($0) } ?? known.defaultPort
        let path = Self.part(url, CURLUPART_PATH) ?? "/"
        display = "\(request.method) \(scheme)://\(host):\(port)\(path)"
        parts = request.url
    }

    /// Whether the address can only be this machine, for which no proxy is ever asked.
    var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

    /// `host:port` as a `Host` field writes it.
    var authority: String { "\(bracketed):\(port)" }

    /// The host as a URL writes it.
    var bracketed: String { host.contains(":") ? "[\(host)]" : host }

    /// The same URL with another host.
    func url(withHost name: String) throws(HTTPError) -> String {
        guard let url = curl_url() else { throw HTTPError(.other, "libcurl is out of memory") }
        defer { curl_url_cleanup(url) }
        guard curl_url_set(url, CURLUPART_URL, parts, 0) == CURLUE_OK,
            curl_url_set(url, CURLUPART_HOST, name, 0) == CURLUE_OK,
            let whole = Self.part(url, CURLUPART_URL)
        else { throw HTTPError(.invalidRequest, "\(display): \(name) cannot be used as a TLS server name") }
        return whole
    }

    private static func part(_ url: OpaquePointer, _ part: CURLUPart) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(url, part, &text, 0) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
