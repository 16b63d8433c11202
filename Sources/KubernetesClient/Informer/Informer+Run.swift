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
            do {
                if mustList { try await relist(&staleLists) }
                mustList = false
                let began = time.now()
                let (end, sawEvents) = await watch()
                try Task.checkCancellation()
                // A watch that did something, or lasted, shows that all is well.
                if sawEvents || time.now() - began > .seconds(10) { failures = 0 }
                var error: APIError?
                switch end {
                case .resume(let cause): error = cause
                case .relist(let cause):
                    error = cause
                    mustList = true
                    if cause?.isGone ?? false, failures == 0 {
                        failures = 1
                        log(cause, "watch is too old; listing anew")
                        continue
                    }
                }
                if error == nil, sawEvents { continue }
                failures += 1
                log(error, "watch ended")
                try await pause(failures, error)
            } catch let error as APIError {
                if error.isCancelled { throw CancellationError() }
                failures += 1
                mustList = true
                log(error, "list failed")
                try await pause(failures, error)
            }
        }
    }

    private func pause(_ failures: Int, _ error: APIError?) async throws {
        var generator = SystemRandomNumberGenerator()
        var delay = backoff.delay(failures: failures, using: &generator)
        if case .after(let asked) = error?.retry { delay = max(delay, asked) }
        try await time.sleep(delay)
    }

    private func log(_ error: APIError?, _ message: String) {
        switch message {
        case "list failed":
            logger.warning("list failed", metadata: ["resource": "\(type)", "error": "\(error?.message ?? "")"])
        default:
            logger.debug("watch ended", metadata: ["resource": "\(type)", "error": "\(error?.message ?? "none")"])
        }
    }

    private var options: ListOptions {
        ListOptions(labelSelector: labelSelector, fieldSelector: fieldSelector)
    }

    /// Reads everything in its newest state. A list that is older than what we know is refused twice; a server that
    /// insists has been restored or replaced, and is believed.
    private func relist(_ staleLists: inout Int) async throws(APIError) {
        var options = options
        options.limit = pageSize
        let known = resourceVersion
        var keys: Set<ObjectKey> = []
        var isChecked = false
        var isReset = false
        let version = try await client.listPages(type, namespace: namespace, options: options) {
            keys = []
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
            for item in page["items"]?.elements.map({ $0 }) ?? [] {
                keys.insert(ObjectMeta(of: item).key)
                upsert(item)
            }
        }
        staleLists = 0
        finishList(containing: keys, version: version)
    }

    /// Follows changes until the watch ends; tells why, and whether anything came.
    private func watch() async -> (WatchEnd, sawEvents: Bool) {
        var options = options
        options.resourceVersion = resourceVersion
        var sawEvents = false
        do throws(APIError) {
            let stream = try await client.watch(type, namespace: namespace, options: options)
            for try await event in stream {
                let object = event.object.root
                switch event.type {
                case .added, .modified: upsert(object)
                case .deleted: remove(object)
                case .bookmark: break
                case .error:
                    let error = APIError(request: "watch \(type)", event: object)
                    return (.relist(error), sawEvents)
                }
                sawEvents = true
                advance(to: object["metadata"]?["resourceVersion"]?.string ?? "")
            }
            return (.resume(nil), sawEvents)
        } catch {
            return (error.isGone ? .relist(error) : .resume(error), sawEvents)
        }
    }
}
