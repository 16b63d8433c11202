import JSON
import KubernetesModel

extension FileSyncList {
    mutating func git(_ entry: JSONView, at path: FieldPath) -> SyncedSource.Origin? {
        guard let json = problems.object("git", of: entry, at: path) else { return nil }
        let path = path.child("git")
        problems.refuseUnknown(
            in: json, at: path, known: ["repository", "branch", "tag", "commit", "depth", "submodules"])
        var git = GitOrigin(repository: problems.text("repository", of: json, at: path) ?? "")
        if let problem = GitSource.problem(git.repository) ?? policy.problem(of: git.repository) {
            problems.append(.invalid(path.child("repository"), GitSource.withoutPassword(git.repository), problem))
        }
        git.branch = reference("branch", json, at: path)
        git.tag = reference("tag", json, at: path)
        if let commit = problems.text("commit", of: json, at: path), !commit.isEmpty {
            if !(7...64).contains(commit.utf8.count) || !commit.allSatisfy({ $0.isASCII && $0.isHexDigit }) {
                problems.append(.invalid(path.child("commit"), commit, "must be 7 to 64 hexadecimal digits"))
            }
            git.commit = commit.lowercased()
        }
        git.depth = problems.integer("depth", of: json, at: path, in: 1...1_000_000)
        git.submodules = problems.boolean("submodules", of: json, at: path) ?? true
        return .git(git)
    }

    private mutating func reference(_ key: String, _ json: JSONView, at path: FieldPath) -> String? {
        guard let name = problems.text(key, of: json, at: path), !name.isEmpty else { return nil }
        if let problem = GitSource.referenceProblem(name) { problems.append(.invalid(path.child(key), name, problem)) }
        return name
    }

    private static let schemes = ["https", "http", "ftps", "ftp", "sftp"]

    mutating func file(_ entry: JSONView, at path: FieldPath) -> SyncedSource.Origin? {
        let url = problems.text("url", of: entry, at: path) ?? ""
        if let problem = Self.addressProblem(url, schemes: Self.schemes) ?? policy.problem(of: url) {
            problems.append(.invalid(path.child("url"), GitSource.withoutPassword(url), problem))
        }
        let check = contentCheck(entry, at: path)
        if check.sha256 == nil, check.signature == nil {
            problems.append(
                .required(path.child("sha256"), "the file's SHA-256, for example from sha256sum, or a signature"))
        }
        return .file(FileOrigin(url: url, check: check, archive: archive(entry, at: path)))
    }

    /// What is wrong with an address; nil if nothing is.
    static func addressProblem(_ url: String, schemes: [String]) -> String? {
        let known = schemes.map { $0 + "://" }
        guard let scheme = known.first(where: url.hasPrefix) else {
            return "must begin with \(known.joined(separator: ", "))"
        }
        guard url.utf8.count <= 4096, !url.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F }) else {
            return "must be percent-encoded and at most 4096 bytes"
        }
        let authority = url.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        if authority.isEmpty || authority.hasPrefix("-") { return "must name a host" }
        if authority.contains("@") { return "must be written without user and password: name a Secret in secretRef" }
        return nil
    }

    mutating func bucket(_ kind: String, _ entry: JSONView, at path: FieldPath) -> SyncedSource.Origin? {
        guard let json = problems.object(kind, of: entry, at: path) else { return nil }
        let place = path.child(kind)
        problems.refuseUnknown(
            in: json, at: place, known: ["bucket", "key", "prefix", "endpoint", "region", "pathStyle"])
        let name = problems.text("bucket", of: json, at: place) ?? ""
        let isPlain = name.utf8.allSatisfy {
            (48...57).contains($0) || (97...122).contains($0) || $0 == 45 || $0 == 46
        }
        if !isPlain || !(3...63).contains(name.utf8.count) {
            problems.append(
                .invalid(place.child("bucket"), name, "must be 3 to 63 lower-case letters, digits, dots and hyphens"))
        }
        let key = problems.text("key", of: json, at: place)
        let prefix = problems.text("prefix", of: json, at: place)
        if (key ?? "").isEmpty == (prefix == nil) {
            problems.append(.required(place.child("key"), "either key (one object) or prefix (all objects below it)"))
        }
        let given = problems.text("region", of: json, at: place)
        let region = given ?? (kind == "s3" ? "us-east-1" : "")
        let endpoint = problems.text("endpoint", of: json, at: place) ?? Self.endpoint(kind, region)
        if endpoint.isEmpty {
            problems.append(.required(place.child("endpoint"), "or the region"))
        } else if let problem = Self.addressProblem(endpoint, schemes: ["https", "http"])
            ?? policy.problem(of: endpoint)
        {
            problems.append(.invalid(place.child("endpoint"), GitSource.withoutPassword(endpoint), problem))
        }
        let isForeign = kind == "s3" && !endpoint.contains(".amazonaws.com")
        let pathStyle = problems.boolean("pathStyle", of: json, at: place) ?? (isForeign || name.contains("."))
        var origin = BucketOrigin(
            kind: kind, bucket: name, key: key, prefix: prefix, endpoint: endpoint,
            region: region.isEmpty ? Self.ossRegion(endpoint) : region, isPathStyle: pathStyle)
        origin.check = contentCheck(entry, at: path)
        origin.archive = archive(entry, at: path)
        if key == nil, origin.archive != nil || origin.check != ContentCheck() {
            problems.append(
                .forbidden(path.child("archive"), "archive, sha256 and signature need one object: give key"))
        }
        return .bucket(origin)
    }

    private static func endpoint(_ kind: String, _ region: String) -> String {
        if kind == "s3" { return "https://s3.\(region).amazonaws.com" }
        // Alibaba Cloud, "Use Amazon S3 SDKs to access OSS": s3.oss-<region>.aliyuncs.com.
        let name = region.hasPrefix("oss-") ? region : "oss-" + region
        return region.isEmpty ? "" : "https://s3.\(name).aliyuncs.com"
    }

    private static func ossRegion(_ endpoint: String) -> String {
        endpoint.split { "/.".contains($0) }.map(String.init).first { $0.hasPrefix("oss-") } ?? "oss"
    }

    mutating func volume(_ entry: JSONView, at path: FieldPath) -> SyncedSource.Origin? {
        guard let json = problems.object("volume", of: entry, at: path) else { return nil }
        let path = path.child("volume")
        problems.refuseUnknown(in: json, at: path, known: ["claimName", "subPath"])
        let claim = problems.text("claimName", of: json, at: path) ?? ""
        if let problem = NameValidation.dns1123SubdomainProblem(claim) {
            problems.append(.invalid(path.child("claimName"), claim, problem))
        }
        let subPath = problems.text("subPath", of: json, at: path).flatMap { $0.isEmpty ? nil : $0 }
        if let subPath, let problem = SyncDestination.problem(subPath) {
            problems.append(.invalid(path.child("subPath"), subPath, problem))
        }
        return .volume(claim: claim, subPath: subPath)
    }

    mutating func configMap(_ entry: JSONView, at path: FieldPath) -> SyncedSource.Origin? {
        problems.reference("configMap", of: entry, at: path).map { .configMap($0) }
    }
}
