import JSON

extension SyncPlan {
    /// The value of ``variable``: what `kubedl-sync` fetches. No credentials, only where they are mounted.
    package var json: JSONValue {
        var list: [JSONValue] = []
        if let git { list.append(json(git)) }
        for source in sources where source.isFetched { list.append(json(source)) }
        var members: [(String, JSONValue?)] = [("root", JSONValue(root)), ("sources", JSONValue(list))]
        if policy.allowsPlainTextProtocols { members.append(("allowPlainText", true)) }
        return Self.object(members)
    }

    private func json(_ git: GitSyncConfiguration) -> JSONValue {
        Self.object([
            ("kind", "git"), ("repository", JSONValue(git.source)), ("destination", JSONValue(git.destination)),
            ("branch", git.branch.map { JSONValue($0) }), ("revision", git.revision.map { JSONValue($0) }),
            ("depth", git.depth.map { JSONValue($0) }), ("submodules", git.submodules ? .none : .some(false)),
            ("maximumFailures", JSONValue(git.maximumFailures)), ("username", git.user.map { JSONValue($0) }),
            ("keyFile", git.keyFile.map { JSONValue($0) }), ("secretDirectory", directory(git.secretName)),
            ("annotationFile", git.hasInlinePassword ? .some(Self.annotationFile) : .none),
            ("periodSeconds", git.periodSeconds.map { JSONValue($0) }),
        ])
    }

    private func json(_ source: SyncedSource) -> JSONValue {
        var members: [(String, JSONValue?)]
        switch source.origin {
        case .git(let git):
            members = [
                ("kind", "git"), ("repository", JSONValue(git.repository)),
                ("branch", git.branch.map { JSONValue($0) }), ("tag", git.tag.map { JSONValue($0) }),
                ("commit", git.commit.map { JSONValue($0) }), ("depth", git.depth.map { JSONValue($0) }),
                ("submodules", git.submodules ? .none : .some(false)),
            ]
        case .file(let file):
            members = [("kind", "file"), ("url", JSONValue(file.url))] + content(file.check, file.archive)
        case .bucket(let bucket):
            members = [
                ("kind", JSONValue(bucket.kind)), ("bucket", JSONValue(bucket.bucket)),
                ("key", bucket.key.map { JSONValue($0) }), ("prefix", bucket.prefix.map { JSONValue($0) }),
                ("endpoint", JSONValue(bucket.endpoint)), ("region", JSONValue(bucket.region)),
                ("pathStyle", bucket.isPathStyle ? .some(true) : .none),
            ]
            members += content(bucket.check, bucket.archive)
        case .volume, .configMap: members = []
        }
        members += [
            ("destination", JSONValue(source.destination)), ("maximumFailures", JSONValue(source.maximumFailures)),
            ("secretDirectory", directory(source.secretName)),
            ("periodSeconds", source.periodSeconds.map { JSONValue($0) }),
        ]
        return Self.object(members)
    }

    private func content(_ check: ContentCheck, _ archive: ArchiveFormat?) -> [(String, JSONValue?)] {
        var members: [(String, JSONValue?)] = [
            ("sha256", check.sha256.map { JSONValue($0) }), ("archive", archive.map { JSONValue($0.rawValue) }),
        ]
        guard let signature = check.signature else { return members }
        members += [
            ("signature", signature.value.map { JSONValue($0) }), ("signatureURL", signature.url.map { JSONValue($0) }),
        ]
        switch signature.key {
        case .text(let text): members.append(("publicKey", JSONValue(text)))
        case .reference:
            let index = keyReferences.firstIndex(of: signature.key) ?? 0
            members.append(("publicKeyFile", JSONValue(Self.keyDirectory(index) + "/key")))
        }
        return members
    }

    private func directory(_ secret: String?) -> JSONValue? {
        secret.flatMap { secretNames.firstIndex(of: $0) }.map { JSONValue(Self.secretDirectory($0)) }
    }

    private static let annotationFile = JSONValue(annotationDirectory + "/git-sync-config")

    /// The members that have a value.
    private static func object(_ members: [(String, JSONValue?)]) -> JSONValue {
        .object(members.compactMap { member in member.1.map { (member.0, $0) } })
    }
}
