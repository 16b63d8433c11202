import CCurl

extension Transfer {
    /// Sets every option of the handle. Throws ``HTTPError`` when libcurl refuses one.
    func configure(_ settings: TransferSettings) throws(HTTPError) {
        attachCallbacks()
        try set(CURLOPT_NOSIGNAL, 1)
        // Do not wait for a name server's thread when a transfer is cancelled.
        try set(CURLOPT_QUICK_EXIT, 1)
        try set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        try set(CURLOPT_TCP_KEEPALIVE, 1)
        try set(CURLOPT_TCP_KEEPIDLE, 30)
        try set(CURLOPT_TCP_KEEPINTVL, 15)
        try set(CURLOPT_BUFFERSIZE, 64 << 10)
        // Our own timers hold; libcurl's connect timeout of 300 s must not come first.
        try set(CURLOPT_CONNECTTIMEOUT, Int(Int32.max) / 1000)
        try require(ccurl_set_close_on_exec(easy), "close-on-exec")
        try configureLimits()
        try configureAddress(settings)
        if target.scheme.isHTTP {
            try configureMessage(hostField: settings.tls.serverName == nil ? nil : target.authority)
        } else {
            try configureFileServer()
        }
        if target.scheme.usesTLS || request.maximumRedirects > 0 { try configureTLS(settings.tls) }
    }

    private func configureLimits() throws(HTTPError) {
        let schemes = request.protocols.map(\.rawValue).joined(separator: ",")
        // `ftps` after AUTH TLS is an ftp URL to libcurl.
        try set(CURLOPT_PROTOCOLS_STR, usesAuthTLS ? "ftp" : schemes)
        try set(CURLOPT_REDIR_PROTOCOLS_STR, target.scheme == .http ? "http,https" : "https")
        try set(CURLOPT_FOLLOWLOCATION, request.maximumRedirects > 0 ? 1 : 0)
        try set(CURLOPT_MAXREDIRS, request.maximumRedirects)
        // A proxy's answer to CONNECT is not the response.
        try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        if request.maximumResponseBytes < Int.max {
            let limit = curl_off_t(request.maximumResponseBytes)
            try require(ccurl_set_offset(easy, CURLOPT_MAXFILESIZE_LARGE, limit), "the size limit")
        }
    }

    /// Whether TLS begins after the greeting.
    private var usesAuthTLS: Bool { target.scheme == .ftps && target.port != target.scheme.defaultPort }

    private func configureFileServer() throws(HTTPError) {
        if usesAuthTLS {
            try set(CURLOPT_URL, "ftp" + request.url.dropFirst("ftps".count))
            try set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue))
        }
        if request.firstByte > 0 {
            let offset = curl_off_t(request.firstByte)
            try require(ccurl_set_offset(easy, CURLOPT_RESUME_FROM_LARGE, offset), "the first byte")
        }
        if let login = request.login {
            try set(CURLOPT_USERNAME, login.user)
            if let password = login.password { try set(CURLOPT_PASSWORD, password) }
            if let file = login.privateKeyFile { try set(CURLOPT_SSH_PRIVATE_KEYFILE, file) }
        }
        guard target.scheme == .sftp else { return }
        guard let hosts = request.login?.knownHostsFile else {
            throw HTTPError(.tls, "\(target.display): there is no file with known hosts, so nobody can be trusted")
        }
        // libcurl refuses hosts that the file does not have, and those whose key differs.
        try set(CURLOPT_SSH_KNOWNHOSTS, hosts)
        try set(CURLOPT_SSH_AUTH_TYPES, request.login?.privateKeyFile == nil ? 2 : 1)
    }

    private func configureAddress(_ settings: TransferSettings) throws(HTTPError) {
        if let name = settings.tls.serverName, target.scheme == .https, name != target.host {
            // TLS sees the server name, the connection goes to the address, and Host stays the address too.
            try set(CURLOPT_URL, target.url(withHost: name))
            connectList = curl_slist_append(nil, "\(name):\(target.port):\(target.bracketed):\(target.port)")
            try require(ccurl_set_list(easy, CURLOPT_CONNECT_TO, connectList), "the address to connect to")
        } else {
            try set(CURLOPT_URL, request.url)
        }
        if let proxy = settings.proxy {
            try set(CURLOPT_PROXY, proxy)
            try set(CURLOPT_NOPROXY, "")
        } else if target.isLoopback {
            try set(CURLOPT_PROXY, "")
        }
    }

    private func configureMessage(hostField: String?) throws(HTTPError) {
        // Without these two, libcurl would wait for "100 Continue" and name every body a form.
        var lines = ["Expect:"]
        let isTyped = request.headers.contains { HTTPHeaders.matches($0.0, "Content-Type") }
        if !isTyped { lines.append("Content-Type:") }
        if let hostField { lines.append("Host: \(hostField)") }
        lines += request.headers.map { $0.1.isEmpty ? "\($0.0);" : "\($0.0): \($0.1)" }
        for line in lines {
            guard let longer = curl_slist_append(headerList, line) else {
                throw HTTPError(.other, "\(target.display): libcurl is out of memory")
            }
            headerList = longer
        }
        try require(ccurl_set_list(easy, CURLOPT_HTTPHEADER, headerList), "the header fields")
        if let body = request.body ?? (["POST", "PUT", "PATCH"].contains(request.method) ? [] : nil) {
            try require(
                ccurl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)), "the body's size")
            let result = body.withUnsafeBytes { bytes in
                // An empty array may have no address, and libcurl takes that for "no body".
                guard let start = bytes.baseAddress else { return ccurl_set_string(easy, CURLOPT_COPYPOSTFIELDS, "") }
                return ccurl_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: start))
            }
            try require(result, "the body")
            if request.method != "POST" { try set(CURLOPT_CUSTOMREQUEST, request.method) }
        } else if request.method == "HEAD" {
            try set(CURLOPT_NOBODY, 1)
        } else if request.method != "GET" {
            try set(CURLOPT_CUSTOMREQUEST, request.method)
        }
    }

    private func configureTLS(_ tls: TLSOptions) throws(HTTPError) {
        try set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        if case .pem(let authorities) = tls.certificateAuthority {
            guard !authorities.isEmpty else {
                throw HTTPError(.tls, "\(target.display): the certificate authority is empty, so nobody can be trusted")
            }
            try set(CURLOPT_CAINFO_BLOB, authorities)
            // Without this, the system's trust store would be trusted as well.
            try require(ccurl_set_string(easy, CURLOPT_CAPATH, nil), "the trust store")
        }
        if tls.insecure {
            try set(CURLOPT_SSL_VERIFYPEER, 0)
            try set(CURLOPT_SSL_VERIFYHOST, 0)
        }
        switch (tls.clientCertificatePEM, tls.clientKeyPEM) {
        case (nil, nil): break
        case (let certificate?, let key?):
            try set(CURLOPT_SSLCERT_BLOB, certificate)
            try set(CURLOPT_SSLKEY_BLOB, key)
        default:
            throw HTTPError(.tls, "\(target.display): a client certificate needs its key, and a key its certificate")
        }
    }

    private func set(_ option: CURLoption, _ value: Int) throws(HTTPError) {
        try require(ccurl_set_long(easy, option, value), "option \(option.rawValue)")
    }

    private func set(_ option: CURLoption, _ value: String) throws(HTTPError) {
        try require(ccurl_set_string(easy, option, value), "option \(option.rawValue)")
    }

    private func set(_ option: CURLoption, _ value: [UInt8]) throws(HTTPError) {
        let result = value.withUnsafeBytes { ccurl_set_blob(easy, option, $0.baseAddress, $0.count) }
        try require(result, "option \(option.rawValue)")
    }

    private func require(_ result: CURLcode, _ what: String) throws(HTTPError) {
        guard result == CURLE_OK else {
            let reason = String(cString: curl_easy_strerror(result))
            throw HTTPError(.other, "\(target.display): libcurl refuses \(what): \(reason)")
        }
    }
}
