import KubernetesModel

/// One entry of the annotation `kubedl.io/file-sync`: what a pod gets before it starts.
package struct SyncedSource: Sendable, Hashable {
    /// What to fetch from where.
    package enum Origin: Sendable, Hashable {
        case git(GitOrigin)
        case file(FileOrigin)
        case bucket(BucketOrigin)
        /// A claim of the pod's namespace, mounted in place.
        case volume(claim: String, subPath: String?)
        /// A ConfigMap of the pod's namespace, mounted in place.
        case configMap(String)
    }

    /// What to fetch from where.
    package var origin: Origin
    /// Where it goes below the sync folder.
    package var destination: String
    /// The Secret with the credentials.
    package var secretName: String?
    /// Tries after the first one, at least 0.
    package var maximumFailures = 3
    /// Seconds between two looks for something newer; nil fetches once.
    package var periodSeconds: Int?

    /// Whether `kubedl-sync` fetches it; otherwise it is mounted in place.
    package var isFetched: Bool {
        switch origin {
        case .git, .file, .bucket: true
        case .volume, .configMap: false
        }
    }

    /// The origin in a few words.
    package var summary: String {
        switch origin {
        case .git(let git): git.repository
        case .file(let file): String(file.url.prefix { $0 != "?" && $0 != "#" })
        case .bucket(let bucket): "\(bucket.kind)://\(bucket.bucket)/\(bucket.key ?? bucket.prefix ?? "")"
        case .volume(let claim, _): "claim \(claim)"
        case .configMap(let name): "ConfigMap \(name)"
        }
    }
}

/// A repository.
package struct GitOrigin: Sendable, Hashable {
    /// Its address.
    package var repository: String
    /// The branch; nil for the repository's own default.
    package var branch: String?
    /// The tag; it wins over the branch.
    package var tag: String?
    /// The commit; it wins over the tag.
    package var commit: String?
    /// Commits of history, at least 1; nil for all.
    package var depth: Int?
    /// Whether submodules are fetched as well.
    package var submodules = true
}

/// A single file or archive by https, http, ftps, ftp or sftp.
package struct FileOrigin: Sendable, Hashable {
    /// Its address.
    package var url: String
    /// How its content is known.
    package var check: ContentCheck
    /// How it is unpacked; nil leaves it as it is.
    package var archive: ArchiveFormat?
}

/// An object, or all objects below a prefix, of a bucket that speaks the S3 protocol.
package struct BucketOrigin: Sendable, Hashable {
    /// `s3` or `oss`.
    package var kind: String
    /// The bucket's name.
    package var bucket: String
    /// The object; nil with a prefix.
    package var key: String?
    /// What the names of all objects begin with; nil with a key.
    package var prefix: String?
    /// `https://host[:port]`.
    package var endpoint: String
    /// The region that signatures name.
    package var region: String
    /// Whether the bucket stands in the path and not in the host name.
    package var isPathStyle: Bool
    /// How the object's content is known.
    package var check = ContentCheck()
    /// How the object is unpacked; nil leaves it as it is.
    package var archive: ArchiveFormat?
}

/// Formats of archives. The raw value is what users write.
package enum ArchiveFormat: String, Sendable, Hashable, CaseIterable {
    case tar
    case tarGzip = "tar.gz"
    case tarZstandard = "tar.zst"
    case zip
}

/// How the right content is told from another.
package struct ContentCheck: Sendable, Hashable {
    /// Its SHA-256 as 64 lower-case hexadecimal digits.
    package var sha256: String?
    /// A detached Ed25519 signature (RFC 8032) of the content.
    package var signature: Signature?

    /// No check.
    package init() {}

    /// A detached signature and the key that it is checked with.
    package struct Signature: Sendable, Hashable {
        /// The signature, Base64; nil when it is fetched from ``url``.
        package var value: String?
        /// Where the signature is.
        package var url: String?
        /// The public key.
        package var key: Key
    }

    /// A public key.
    package enum Key: Sendable, Hashable {
        /// PEM, or the Base64 of 32 bytes.
        case text(String)
        /// A key of a ConfigMap or Secret of the pod's namespace.
        case reference(isSecret: Bool, name: String, key: String)
    }
}
