/// What must hold before a request is handed to libcurl, above all that no field can smuggle in another line.
enum RequestCheck {
    /// Throws ``HTTPError`` with `invalidRequest`, naming the part that is wrong.
    static func check(_ request: HTTPRequest, _ target: RequestTarget) throws(HTTPError) {
        guard isToken(request.method) else {
            throw HTTPError(.invalidRequest, "\(target.display): the method must be a token such as GET")
        }
        guard request.timeout > .zero, request.idleTimeout.map({ $0 > .zero }) ?? true else {
            throw HTTPError(.invalidRequest, "\(target.display): timeouts must be positive")
        }
        guard request.maximumRedirects == 0 || request.method == "GET" || request.method == "HEAD" else {
            throw HTTPError(.invalidRequest, "\(target.display): redirects can be followed for GET and HEAD only")
        }
        for (name, value) in request.headers {
            guard isToken(name) else {
                throw HTTPError(.invalidRequest, "\(target.display): \"\(name)\" is not a header field name")
            }
            // Never print the value: it may be a credential.
            guard value.utf8.allSatisfy({ ($0 >= 0x20 && $0 != 0x7f) || $0 == 0x09 }) else {
                throw HTTPError(
                    .invalidRequest, "\(target.display): the value of \(name) has a line break or control character")
            }
        }
    }

    /// RFC 9110, section 5.6.2.
    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                    || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
    }
}
