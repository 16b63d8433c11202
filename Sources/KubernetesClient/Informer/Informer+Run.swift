internal import HTTPTransport
internal import JSON
internal import KubernetesModel
internal import Logging

extension Informer {
    /// Why a watch ended.
    private enum WatchEnd {
        /// In good order, or by a break: go on from the last version.
        case resume(APIError?)
        /// The version is too old, or the server's answer cannot be trusted: list.
        case relist(APIError?)
    }

    /// Lists and watches until its task is cancelled. Everything else, a missing resource too, is tried again.
    ///
    /// Throws only `CancellationError`. Run it once, as a child of whoever needs it.
    package func run() async throws {
        var failures = 0
        var staleLists = 0
        var mustList = true
        while true {
            try Task.checkCancellation()
            var error: APIError?
            do {
                if mustList { try await relist(&staleLists) }
                mustList = false
                let began = time.now()
                let (end, sawEvents) = await watch()
                try Task.checkCancellation()
                // A watch that did something, or lasted, shows that all is well; but one that ends soon is not repeated
                // at once, whatever it did.
                let hasLasted = time.now() - began > .seconds(10)
                if hasLasted || sawEvents { failures = 0 }
                switch end {
                case .resume(let cause): error = cause
                case .relist(let cause):
                    error = cause
                    mustList = true
                }
                if hasLasted, error?.isGone ?? true { continue }
                logger.debug(
                    "watch ended", metadata: ["resource": "\(type)", "error": "\(error?.message ?? "none")"])
            } catch let failure as APIError {
                if failure.isCancelled { throw CancellationError() }
                error = failure
                mustList = true
                logger.warning("list failed", metadata: ["resource": "\(type)", "error": "\(failure.message)"])
            }
            failures += 1
            try await pause(failures, error)
        }
    }

    private func pause(_ failures: Int, _ error: APIError?) async throws {
        var generator = SystemRandomNumberGenerator()
        var delay = backoff.delay(failures: failures, using: &generator)
        if case .after(let asked) = error?.retry { delay = max(delay, asked) }
        try await time.sleep(delay)
    }

    private var options: ListOptions {
        var options = ListOptions(labelSelector: labelSelector, fieldSelector: fieldSelector)
        options.timeout = timeout
        options.idleTimeout = idleTimeout
        return options
    }

    /// Reads everything in its newest state. A list that is older than what we know is refused twice; a server that
    /// insists has been restored or replaced, and is believed.
    private func relist(_ staleLists: inout Int) async throws(APIError) {
        var options = options
        options.limit = pageSize
        let known = resourceVersion
        beginList()
        var isChecked = false
        var isReset = false
        let version = try await client.listPages(type, namespace: namespace, options: options) {
            beginList()
        } _: { page throws(APIError) in
            if !isChecked {
                isChecked = true
                let version = page["metadata"]?["resourceVersion"]?.string ?? ""
                if InformerStore<Projection>.isOlder(version, than: known) {
                    guard staleLists >= 2 else {
                        staleLists += 1
                        throw APIError(
                            message: "list of \(type): version \(version) is older than \(known), which was seen",
                            retry: .backoff)
                    }
                    isReset = true
                }
            }
            if isReset {
                forgetVersions()
                isReset = false
            }
            if let items = page["items"]?.elements { for item in items { upsert(item) } }
        }
        staleLists = 0
        finishList(version: version)
    }

    /// Follows changes until the watch ends; tells why, and whether anything came.
    private func watch() async -> (WatchEnd, sawEvents: Bool) {
        var options = options
        options.resourceVersion = resourceVersion
        var known = resourceVersion
        var sawEvents = false
        do throws(APIError) {
            let stream = try await client.watch(type, namespace: namespace, options: options)
            for try await event in stream {
                let object = event.object.root
                if event.type == .error {
                    return (.relist(APIError(request: "watch \(type)", event: object)), sawEvents)
                }
                let version = object["metadata"]?["resourceVersion"]?.string ?? ""
                guard !InformerStore<Projection>.isOlder(version, than: known) else {
                    let reason = "watch \(type): version \(version) came after \(known)"
                    return (.relist(APIError(message: reason, retry: .backoff)), sawEvents)
                }
                sawEvents = true
                if event.type == .deleted { remove(object) } else if event.type != .bookmark { upsert(object) }
                if !version.isEmpty { known = version }
                advance(to: version)
            }
            return (.resume(nil), sawEvents)
        } catch {
            // Refused for good: so answers a resource that went and may come back, with other objects. Silent, without
            // even a bookmark: so behaves a server that was restored and whose versions are all lower than ours.
            let isRefused = (400..<500).contains(error.httpStatus ?? 0) && error.retry == .never
            let mustList = error.isGone || isRefused || error.transport?.code == .idleTimeout
            return (mustList ? .relist(error) : .resume(error), sawEvents)
        }
    }
}
