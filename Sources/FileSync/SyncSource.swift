/// One thing to fetch.
package enum SyncSource: Hashable, Sendable {
    /// A working tree from a git repository.
    case git(GitSource)
    /// A file, or what an archive holds.
    case file(FileSource)
    /// An object, or all objects below a prefix, of a bucket.
    case bucket(BucketSource)

    /// Where it goes, relative to the root.
    package var destination: String {
        switch self {
        case .git(let source): source.destination
        case .file(let source): source.destination
        case .bucket(let source): source.destination
        }
    }

    /// How often to try again after the first failure, ≥ 0.
    var maximumFailures: Int {
        switch self {
        case .git(let source): source.maximumFailures
        case .file(let source): source.maximumFailures
        case .bucket(let source): source.maximumFailures
        }
    }

    /// Seconds between two looks for something newer; nil fetches once.
    var periodSeconds: Int? {
        switch self {
        case .git(let source): source.periodSeconds
        case .file(let source): source.periodSeconds
        case .bucket(let source): source.periodSeconds
        }
    }

    /// The address for people: no query, which may carry a signature.
    var address: String {
        switch self {
        case .git(let source): source.repository
        case .file(let source): source.address
        case .bucket(let source): "\(source.endpoint)/\(source.bucket)/\(source.key ?? source.prefix ?? "")"
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
    /// The tag; it wins over the branch.
    package var tag: String?
    /// The commit, 7 to 64 hexadecimal digits; it wins over the tag, and what is checked out begins with it.
    package var commit: String?
    /// A commit, tag or branch to check out; it wins over the branch.
    package var revision: String?
    /// How many commits of history to fetch, ≥ 1; `nil` is all of it.
    package var depth: Int?
    /// Whether submodules are fetched as well.
    package var submodules = true
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
    /// A file with the pod's annotation as JSON, whose `password` counts.
    package var annotationFile: String?
    /// Seconds between two looks for something newer; nil fetches once.
    package var periodSeconds: Int?

    /// The repository at its HEAD, with all of its history.
    package init(repository: String, destination: String) {
        self.repository = repository
        self.destination = destination
    }
}

/// A file to fetch.
package struct FileSource: Hashable, Sendable {
    /// Formats of archives; the raw value is what users write.
    package enum Archive: String, Hashable, Sendable, CaseIterable {
        case tar
        case tarGzip = "tar.gz"
        case tarZstandard = "tar.zst"
        case zip
    }

    /// A detached Ed25519 signature and its public key.
    package struct Signature: Hashable, Sendable {
        /// The Base64 of 64 bytes; nil when it is at ``url``.
        package var value: String?
        /// Where 64 bytes, or their Base64, are.
        package var url: String?
        /// PEM, or the Base64 of 32 bytes; nil when it is in ``keyFile``.
        package var key: String?
        /// A file with the key.
        package var keyFile: String?
    }

    /// An https, http, ftps, ftp or sftp URL.
    package var url: String
    /// The digest of the file: 64 lower-case hexadecimal digits; needed where there is no signature.
    package var sha256: String?
    /// The signature of the file.
    package var signature: Signature?
    /// How it is unpacked; nil leaves it as it is.
    package var archive: Archive?
    /// The file or folder that it becomes, relative to the root.
    package var destination: String
    /// How often to try again after the first failure, ≥ 0.
    package var maximumFailures = 3
    /// A folder with the credentials' files.
    package var secretDirectory: String?
    /// Seconds between two looks for something newer; nil fetches once.
    package var periodSeconds: Int?

    /// The file at `url` with the given digest.
    package init(url: String, sha256: String?, destination: String) {
        self.url = url
        self.sha256 = sha256
        self.destination = destination
    }

    /// The URL without its query, which may carry a signature.
    var address: String { String(url.prefix { $0 != "?" && $0 != "#" }) }
}

/// Objects of a bucket that speaks the S3 protocol.
package struct BucketSource: Hashable, Sendable {
    /// The bucket's name.
    package var bucket: String
    /// The object; nil with ``prefix``.
    package var key: String?
    /// What the names of all objects begin with; nil with ``key``.
    package var prefix: String?
    /// `https://host[:port]`.
    package var endpoint: String
    /// The region that signatures name.
    package var region: String
    /// Whether the bucket stands in the path and not in the host name.
    package var isPathStyle = false
    /// The one object as a file: digest, signature, archive, destination, secrets; its URL is empty.
    package var file: FileSource

    var destination: String { file.destination }
    var maximumFailures: Int { file.maximumFailures }
    var periodSeconds: Int? { file.periodSeconds }
}
