package import HTTPTransport
package import KubernetesModel

/// Whether, and when, a failed request may be tried again.
package enum RetryClass: Sendable, Hashable {
    /// The same request fails again: it is wrong, forbidden, or its object is not there.
    case never
    /// Somebody else changed the object: read it again, decide again, then write.
    case conflict
    /// Try again, each time later.
    case backoff
    /// Try again, not before this time has passed: the server said so.
    case after(Duration)
}

/// A request to the API server that failed.
package struct APIError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What the server said, if it said so in a Status object.
    package var status: StatusBody?
    /// The HTTP status, if there was a response.
    package var httpStatus: Int?
    /// Why there was no response.
    package var transport: HTTPError?
    /// What failed and why: the request, then the reason.
    package var message: String
    /// Whether to try again.
    package var retry: RetryClass

    /// An error from its parts.
    package init(
        status: StatusBody? = nil, httpStatus: Int? = nil, transport: HTTPError? = nil, message: String,
        retry: RetryClass
    ) {
        self.status = status
        self.httpStatus = httpStatus
        self.transport = transport
        self.message = message
        self.retry = retry
    }

    /// The message.
    package var description: String { message }

    private var code: Int? { httpStatus.flatMap { $0 >= 400 ? $0 : nil } ?? status?.code }

    /// The object, or the resource, is not there.
    package var isNotFound: Bool { code == 404 }
    /// The object was changed since it was read, or a precondition does not hold.
    package var isConflict: Bool { code == 409 && status?.reason != "AlreadyExists" }
    /// There is an object of this name already.
    package var isAlreadyExists: Bool { code == 409 && status?.reason == "AlreadyExists" }
    /// The resource version, or the continue token, is too old.
    package var isGone: Bool { code == 410 || status?.reason == "Expired" || status?.reason == "Gone" }
    /// The server does not know who we are.
    package var isUnauthorized: Bool { code == 401 }
    /// We may not do this.
    package var isForbidden: Bool { code == 403 }
    /// The object is not valid; the causes are in ``status``.
    package var isInvalid: Bool { code == 422 }
    /// The calling task was cancelled.
    package var isCancelled: Bool { transport?.code == .cancelled }
}
