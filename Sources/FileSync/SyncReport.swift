import JSON

/// What one source became.
package struct SyncResult: Hashable, Sendable {
    /// The repository or URL, without a query.
    package var source: String
    /// `commit` of a repository, or `sha256` of a file.
    package var identity: String
    /// Whether ``identity`` is a commit; otherwise a digest.
    package var isCommit: Bool
    /// The path where it is.
    package var destination: String
    /// Bytes received.
    package var bytes: Int
    /// How long it took, in seconds.
    package var seconds: Double

    /// A result of the given parts.
    package init(
        source: String, identity: String, isCommit: Bool, destination: String, bytes: Int, seconds: Double
    ) {
        self.source = source
        self.identity = identity
        self.isCommit = isCommit
        self.destination = destination
        self.bytes = bytes
        self.seconds = seconds
    }

    var json: JSONValue {
        .object([
            ("source", JSONValue(source)), (isCommit ? "commit" : "sha256", JSONValue(identity)),
            ("destination", JSONValue(destination)), ("bytes", JSONValue(bytes)),
            ("seconds", JSONValue((seconds * 1000).rounded() / 1000)),
        ])
    }
}

/// The results as JSON for the pod's termination message, which a kubelet cuts at 4096 bytes: as many sources as fit.
package func terminationMessage(_ results: [SyncResult]) -> [UInt8] {
    var list: [JSONValue] = []
    var used = 64
    for result in results {
        let json = result.json
        used += json.bytes.count + 1
        guard used <= 4096 else { break }
        list.append(json)
    }
    var message = JSONValue.object([("sources", JSONValue(list))])
    if list.count < results.count { message["omitted"] = JSONValue(results.count - list.count) }
    return message.bytes
}
