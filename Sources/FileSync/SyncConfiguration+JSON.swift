import JSON

extension SyncConfiguration {
    /// Reads the text of `KUBEDL_SYNC_CONFIG`.
    ///
    /// Throws ``SyncError`` with `configuration`: no JSON, a field missing, wrong or not known, more than 256 KiB or
    /// 32 sources.
    package init(json text: String) throws(SyncError) {
        let document: JSONDocument
        do throws(JSONError) {
            let limits = JSONLimits(maximumDepth: 16, maximumBytes: Self.maximumBytes)
            document = try JSONDocument(parsing: text, limits: limits)
        } catch {
            throw Self.wrong("is not usable JSON: \(error)")
        }
        let fields = Fields(document.root, at: "")
        try fields.allow(["root", "sources", "allowPlainText"])
        let root = try fields.string("root")
        guard let list = document.root["sources"], list.kind == .array, !list.isEmpty else {
            throw Self.wrong("/sources must be a list with at least one source")
        }
        guard list.count <= Self.maximumSources else {
            throw Self.wrong("/sources has \(list.count) entries; \(Self.maximumSources) are allowed")
        }
        var sources: [SyncSource] = []
        for (index, source) in list.elements.enumerated() {
            sources.append(try SyncSource(Fields(source, at: "/sources/\(index)")))
        }
        self.init(root: root, sources: sources)
        allowsPlainText = try fields.optionalBool("allowPlainText") ?? false
        try validate()
    }

    static func wrong(_ problem: String) -> SyncError {
        SyncError(
            .configuration, "KUBEDL_SYNC_CONFIG \(problem). Correct the pod's sync annotations and create it again.")
    }
}

extension SyncSource {
    fileprivate init(_ fields: Fields) throws(SyncError) {
        switch try fields.string("kind") {
        case "git": self = .git(try GitSource(fields))
        case "file": self = .file(try FileSource(fields))
        case "s3", "oss": self = .bucket(try BucketSource(fields))
        case let other:
            throw SyncConfiguration.wrong("\(fields.path)/kind is \"\(other)\"; known are git, file, s3 and oss")
        }
    }
}

extension GitSource {
    fileprivate init(_ fields: Fields) throws(SyncError) {
        try fields.allow([
            "kind", "repository", "destination", "branch", "revision", "depth", "maximumFailures", "username",
            "keyFile", "secretDirectory", "tag", "commit", "submodules", "annotationFile", "periodSeconds",
        ])
        self.init(repository: try fields.string("repository"), destination: try fields.string("destination"))
        branch = try fields.optionalString("branch")
        revision = try fields.optionalString("revision")
        depth = try fields.optionalInt("depth", atLeast: 1)
        maximumFailures = try fields.optionalInt("maximumFailures", atLeast: 0) ?? maximumFailures
        username = try fields.optionalString("username")
        keyFile = try fields.optionalString("keyFile")
        secretDirectory = try fields.optionalString("secretDirectory")
        tag = try fields.optionalString("tag")
        commit = try fields.optionalString("commit")
        submodules = try fields.optionalBool("submodules") ?? true
        annotationFile = try fields.optionalString("annotationFile")
        periodSeconds = try fields.optionalInt("periodSeconds", atLeast: 1)
    }
}

extension FileSource {
    fileprivate static let shared: Set<String> = [
        "kind", "sha256", "signature", "signatureURL", "publicKey", "publicKeyFile", "archive", "destination",
        "maximumFailures", "secretDirectory", "periodSeconds",
    ]

    fileprivate init(_ fields: Fields) throws(SyncError) {
        try fields.allow(Self.shared.union(["url"]))
        self = try FileSource(fields, url: try fields.string("url"))
    }

    fileprivate init(_ fields: Fields, url: String) throws(SyncError) {
        self.init(
            url: url, sha256: try fields.optionalString("sha256"), destination: try fields.string("destination"))
        let signature = Signature(
            value: try fields.optionalString("signature"), url: try fields.optionalString("signatureURL"),
            key: try fields.optionalString("publicKey"), keyFile: try fields.optionalString("publicKeyFile"))
        if signature != Signature() {
            guard (signature.value == nil) != (signature.url == nil),
                (signature.key == nil) != (signature.keyFile == nil)
            else {
                throw SyncConfiguration.wrong(
                    "\(fields.path) needs one of signature and signatureURL, and one of publicKey and publicKeyFile")
            }
            self.signature = signature
        }
        if let text = try fields.optionalString("archive") {
            guard let format = Archive(rawValue: text) else {
                let known = Archive.allCases.map(\.rawValue).joined(separator: ", ")
                throw SyncConfiguration.wrong("\(fields.path)/archive is \"\(text)\"; known are \(known)")
            }
            archive = format
        }
        maximumFailures = try fields.optionalInt("maximumFailures", atLeast: 0) ?? maximumFailures
        secretDirectory = try fields.optionalString("secretDirectory")
        periodSeconds = try fields.optionalInt("periodSeconds", atLeast: 1)
    }
}

extension BucketSource {
    fileprivate init(_ fields: Fields) throws(SyncError) {
        try fields.allow(
            FileSource.shared.union(["bucket", "key", "prefix", "endpoint", "region", "pathStyle"]))
        bucket = try fields.string("bucket")
        key = try fields.optionalString("key")
        prefix = try fields.optionalString("prefix")
        endpoint = try fields.string("endpoint")
        region = try fields.string("region")
        isPathStyle = try fields.optionalBool("pathStyle") ?? false
        file = try FileSource(fields, url: "")
        guard (key == nil) != (prefix == nil) else {
            throw SyncConfiguration.wrong("\(fields.path) needs one of key and prefix")
        }
    }
}

/// The members of one object of the configuration, with its place for messages.
private struct Fields {
    var json: JSONView
    var path: String

    init(_ json: JSONView, at path: String) {
        self.json = json
        self.path = path
    }

    func allow(_ names: Set<String>) throws(SyncError) {
        guard json.kind == .object else {
            throw SyncConfiguration.wrong("\(path.isEmpty ? "/" : path) must be an object")
        }
        for (name, _) in json.members where !names.contains(name) {
            throw SyncConfiguration.wrong("\(path)/\(name) is not a known field")
        }
    }

    func optionalString(_ name: String) throws(SyncError) -> String? {
        guard let value = json[name], !value.isNull else { return nil }
        guard let text = value.string else { throw SyncConfiguration.wrong("\(path)/\(name) must be a string") }
        guard !text.contains("\0") else { throw SyncConfiguration.wrong("\(path)/\(name) contains a NUL") }
        return text
    }

    func optionalBool(_ name: String) throws(SyncError) -> Bool? {
        guard let value = json[name], !value.isNull else { return nil }
        guard let flag = value.bool else { throw SyncConfiguration.wrong("\(path)/\(name) must be true or false") }
        return flag
    }

    func string(_ name: String) throws(SyncError) -> String {
        guard let text = try optionalString(name), !text.isEmpty else {
            throw SyncConfiguration.wrong("\(path)/\(name) is required")
        }
        return text
    }

    func optionalInt(_ name: String, atLeast minimum: Int) throws(SyncError) -> Int? {
        guard let value = json[name], !value.isNull else { return nil }
        guard let number = value.int, number >= minimum, number <= 1_000_000 else {
            throw SyncConfiguration.wrong("\(path)/\(name) must be a whole number from \(minimum) to 1000000")
        }
        return number
    }
}
