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
        try fields.allow(["root", "sources"])
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
        case let other: throw SyncConfiguration.wrong("\(fields.path)/kind is \"\(other)\"; known are git and file")
        }
    }
}

extension GitSource {
    fileprivate init(_ fields: Fields) throws(SyncError) {
        try fields.allow([
            "kind", "repository", "destination", "branch", "revision", "depth", "maximumFailures", "username",
            "keyFile",
            "secretDirectory",
        ])
        self.init(repository: try fields.string("repository"), destination: try fields.string("destination"))
        branch = try fields.optionalString("branch")
        revision = try fields.optionalString("revision")
        depth = try fields.optionalInt("depth", atLeast: 1)
        maximumFailures = try fields.optionalInt("maximumFailures", atLeast: 0) ?? maximumFailures
        username = try fields.optionalString("username")
        keyFile = try fields.optionalString("keyFile")
        secretDirectory = try fields.optionalString("secretDirectory")
    }
}

extension FileSource {
    fileprivate init(_ fields: Fields) throws(SyncError) {
        try fields.allow(["kind", "url", "sha256", "destination"])
        self.init(
            url: try fields.string("url"), sha256: try fields.string("sha256"),
            destination: try fields.string("destination"))
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
