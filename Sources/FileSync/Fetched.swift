/// What one attempt made, in the working folder: complete and checked, not yet at its destination.
struct Fetched: Sendable {
    /// What tells one version from another.
    enum Identity: Hashable, Sendable {
        case commit(String)
        case sha256(String)

        var text: String {
            switch self {
            case .commit(let text), .sha256(let text): text
            }
        }
    }

    var path: String
    var identity: Identity
    /// Bytes received.
    var bytes: Int
}
