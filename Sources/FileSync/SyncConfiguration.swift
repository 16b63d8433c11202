/// What to put where, before the containers of a pod start.
package struct SyncConfiguration: Hashable, Sendable {
    /// The absolute path below which everything is written.
    package var root: String
    /// What to fetch, in order; at least one.
    package var sources: [SyncSource]

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

/// One thing to fetch.
package enum SyncSource: Hashable, Sendable {
    /// A working tree from a git repository.
    case git(GitSource)
    /// A file with a known digest.
    case file(FileSource)

    /// Where it goes, relative to the root.
    package var destination: String {
        switch self {
        case .git(let source): source.destination
        case .file(let source): source.destination
        }
    }
}

/// A git repository to clone. Source: KubeDL annotation `kubedl.io/git-sync-config`.
package struct GitSource: Hashable, Sendable {
    /// https, http, ssh, git, file or `user@host:path`.
    package var repository: String
    /// The folder that it becomes, relative to the root.
    package var destination: String
    /// The branch; `nil` is the remote's HEAD.
    package var branch: String?
    /// A commit or tag to check out; it wins over the branch.
    package var revision: String?
    /// How many commits of history to fetch, ≥ 1; `nil` is all of it.
    package var depth: Int?
    /// How often to try again after the first failure, ≥ 0.
    package var maximumFailures = 3
    /// The user name for the remote.
    package var username: String?
    /// The password for the remote; only from the environment, never from the configuration.
    package var password: String?
    /// A file with the private key for ssh.
    package var keyFile: String?
    /// A folder with the files `username`, `password`, `ssh-privatekey` and `known_hosts`; any may be missing.
    package var secretDirectory: String?

    /// The repository at its HEAD, with all of its history.
    package init(repository: String, destination: String) {
        self.repository = repository
        self.destination = destination
    }
}

/// A file to fetch over https.
package struct FileSource: Hashable, Sendable {
    /// An https URL.
    package var url: String
    /// The digest of the file: 64 lower-case hexadecimal digits.
    package var sha256: String
    /// The file that it becomes, relative to the root.
    package var destination: String

    /// The file at `url` with the given digest.
    package init(url: String, sha256: String, destination: String) {
        self.url = url
        self.sha256 = sha256
        self.destination = destination
    }
}
