import CCurl

/// One request on its way, owned by the loop thread: the libcurl handle and what its callbacks need.
final class Transfer {
    let easy: UnsafeMutableRawPointer
    let request: HTTPRequest
    let target: RequestTarget
    let channel: ResponseChannel
    private let deadline: ContinuousClock.Instant

    private var parser = ResponseHeadParser()
    private var hasBegun = false
    private var received = 0
    /// Why a callback stopped the transfer, in place of libcurl's own reason.
    private var failure: HTTPError?
    private var isPaused = false
    private var lastActivity = ContinuousClock.now
    private var lastSent: Int64 = 0
    private let errorText: UnsafeMutablePointer<CChar>
    var headerList: UnsafeMutablePointer<curl_slist>?
    var connectList: UnsafeMutablePointer<curl_slist>?

    /// `nil` when libcurl has no memory.
    init?(
        _ request: HTTPRequest, _ target: RequestTarget, deadline: ContinuousClock.Instant, channel: ResponseChannel
    ) {
        guard let easy = curl_easy_init() else { return nil }
        self.easy = easy
        self.request = request
        self.target = target
        self.deadline = deadline
        self.channel = channel
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(headerList)
        curl_slist_free_all(connectList)
        errorText.deallocate()
    }

    /// Connects libcurl's callbacks to this object, which must live as long as the handle is in use.
    func attachCallbacks() {
        let context = Unmanaged.passUnretained(self).toOpaque()
        _ = ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
        _ = ccurl_set_pointer(easy, CURLOPT_WRITEDATA, context)
        _ = ccurl_set_receiver(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            Transfer.with(context, bytes, size * count) { $0.receive($1) }
        }
        _ = ccurl_set_pointer(easy, CURLOPT_HEADERDATA, context)
        _ = ccurl_set_receiver(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            Transfer.with(context, bytes, size * count) { $0.receiveHeader($1) }
        }
    }

    private static func with(
        _ context: UnsafeMutableRawPointer?, _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int,
        _ body: (Transfer, UnsafeRawBufferPointer) -> Int
    ) -> Int {
        guard let context else { return 0 }
        let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        return body(transfer, UnsafeRawBufferPointer(start: bytes, count: count))
    }

    private func receiveHeader(_ line: UnsafeRawBufferPointer) -> Int {
        lastActivity = .now
        switch parser.take(line) {
        case .more: return line.count
        case .failed(let reason):
            failure = HTTPError(.malformedResponse, "\(target.display): \(reason)")
            return 0
        case .complete:
            if !isRedirectToFollow { begin() }
            return line.count
        }
    }

    /// libcurl follows these itself and hands over the next head.
    private var isRedirectToFollow: Bool {
        request.maximumRedirects > 0 && (300..<400).contains(parser.status) && parser.headers["Location"] != nil
    }

    private func begin() {
        // Files from other protocols have no head: there is something, or there is an error.
        let plain = target.scheme.isHTTP ? nil : HTTPHead(status: 200, headers: HTTPHeaders())
        guard !hasBegun, let head = parser.head ?? plain else { return }
        hasBegun = true
        channel.begin(head)
    }

    private func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
        lastActivity = .now
        begin()
        guard received + bytes.count <= request.maximumResponseBytes else {
            failure = HTTPError(
                .tooLarge, "\(target.display): the response is larger than \(request.maximumResponseBytes) bytes")
            return 0
        }
        switch channel.receive(bytes) {
        case .accepted:
            received += bytes.count
            return bytes.count
        case .pause:
            isPaused = true
            return Int(CURL_WRITEFUNC_PAUSE)
        }
    }

    /// Goes on after ``ResponseChannel`` asked for a pause.
    func resume() {
        guard isPaused else { return }
        isPaused = false
        lastActivity = .now
        curl_easy_pause(easy, CURLPAUSE_CONT)
    }

    /// The time until a deadline may pass, or the deadline that has passed.
    func timeLeft(now: ContinuousClock.Instant) -> Result<Duration, HTTPError> {
        guard now < deadline else {
            return .failure(
                HTTPError(.deadlineExceeded, "\(target.display): no whole response within \(request.timeout)"))
        }
        let left = deadline - now
        guard let idle = request.idleTimeout, !isPaused else { return .success(left) }
        if now - lastActivity >= idle { noteSending(now) }
        guard now - lastActivity < idle else {
            return .failure(HTTPError(.idleTimeout, "\(target.display): nothing moved for \(idle)"))
        }
        return .success(min(left, idle - (now - lastActivity)))
    }

    /// Bytes sent count as activity too; they are only looked at when the receiving side seems idle.
    private func noteSending(_ now: ContinuousClock.Instant) {
        var sent: curl_off_t = 0
        _ = ccurl_get_offset(easy, CURLINFO_SIZE_UPLOAD_T, &sent)
        if Int64(sent) > lastSent { lastActivity = now }
        lastSent = Int64(sent)
    }

    /// How the transfer ended, in our terms.
    func outcome(of result: CURLcode) -> Result<Void, HTTPError> {
        if let failure { return .failure(failure) }
        if result == CURLE_UNSUPPORTED_PROTOCOL && parser.status == 0 && target.scheme.isHTTP {
            // So libcurl calls an answer that does not begin with an HTTP/1 status line.
            return .failure(HTTPError(.malformedResponse, "\(target.display): the peer does not speak HTTP"))
        }
        guard result == CURLE_OK else {
            let detail = String(cString: errorText)
            return .failure(HTTPError(result: result, detail: detail, request: target.display))
        }
        guard !parser.isOpen else {
            return .failure(HTTPError(.connectionLost, "\(target.display): the connection ended within the head"))
        }
        begin()
        return .success(())
    }
}
