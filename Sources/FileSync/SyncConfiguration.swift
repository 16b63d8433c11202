/// What to put where, before the containers of a pod start.
package struct SyncConfiguration: Hashable, Sendable {
    /// The absolute path below which everything is written.
    package var root: String
    /// What to fetch, in order; at least one.
    package var sources: [SyncSource]

    /// Whether http, ftp and git:// may be spoken.
    package var allowsPlainText = false

    /// Sources below `root`. Nothing is checked.
    package init(root: String, sources: [SyncSource]) {
        self.root = root
        self.sources = sources
    }

    /// The most bytes that a configuration may have.
    package static let maximumBytes = 256 << 10
    /// The most sources in one configuration.
    package static let maximumSources = 32
    /// Where code goes unless the configuration says otherwise. Source: KubeDL git-sync `rootPath`.
    package static let defaultRoot = "/code"
}
