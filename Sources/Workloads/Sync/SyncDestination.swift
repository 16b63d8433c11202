import KubernetesModel

/// Where fetched files go below the sync folder: a relative path that cannot leave it.
package enum SyncDestination {
    /// What is wrong with the path; nil if nothing is.
    package static func problem(_ path: String) -> String? {
        if path.isEmpty { return "must not be empty" }
        if path.utf8.count > 1024 { return "may not be more than 1024 bytes" }
        if path.hasPrefix("/") { return "must be a relative path" }
        if path.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return "must not contain control characters" }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        if parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) {
            return "must not contain empty parts, '.' or '..'"
        }
        return nil
    }

    /// Whether `inner` is `outer` or lies inside of it.
    package static func contains(_ outer: String, _ inner: String) -> Bool {
        inner == outer || inner.hasPrefix(outer + "/")
    }
}
