import JSON
import KubernetesModel

/// The annotation `kubedl.io/file-sync`: a list of sources. Reads it and collects every problem.
package struct FileSyncList {
    var problems: [FieldError]
    let policy: SyncPolicy

    /// Reads the annotation's text. Nil when there are problems; they are added to `problems` with paths below `path`.
    package static func parse(
        _ text: String, at path: FieldPath, policy: SyncPolicy = SyncPolicy(), problems: inout [FieldError]
    ) -> [SyncedSource]? {
        guard let json = AnnotationJSON.parse(text, as: .array, at: path, problems: &problems) else { return nil }
        let before = problems.count
        if json.count > SyncPlan.maximumSources - 1 {
            problems.append(.invalid(path, json.count, "must have at most \(SyncPlan.maximumSources - 1) entries"))
            return nil
        }
        var reader = FileSyncList(problems: problems, policy: policy)
        var sources: [SyncedSource] = []
        for (index, entry) in json.elements.enumerated() {
            let place = path.index(index)
            guard entry.kind == .object else {
                reader.problems.append(.invalid(place, json: entry.shortened, "must be an object"))
                continue
            }
            guard let source = reader.source(entry, at: place) else { continue }
            if let earlier = sources.first(where: { overlaps($0.destination, source.destination) }) {
                reader.problems.append(
                    .invalid(
                        place.child("destPath"), source.destination, "must not lie at or inside \(earlier.destination)")
                )
            }
            sources.append(source)
        }
        problems = reader.problems
        return problems.count > before ? nil : sources
    }

    private static func overlaps(_ first: String, _ second: String) -> Bool {
        SyncDestination.contains(first, second) || SyncDestination.contains(second, first)
    }

    private static let kinds = ["url", "git", "s3", "oss", "volume", "configMap"]
    private static let shared = ["destPath", "secretRef", "maxFailures", "period"]
    private static let content = ["sha256", "signature", "archive"]

    private mutating func source(_ entry: JSONView, at path: FieldPath) -> SyncedSource? {
        refusePasswords(entry, at: path)
        let found = Self.kinds.filter { !(entry[$0]?.isNull ?? true) }
        guard let kind = found.first, found.count == 1 else {
            problems.append(
                found.isEmpty
                    ? .required(path.child("url"), "one of \(Self.kinds.joined(separator: ", "))")
                    : .forbidden(path.child(found[1]), "only one of \(Self.kinds.joined(separator: ", ")) may be given")
            )
            return nil
        }
        let origin: SyncedSource.Origin?
        switch kind {
        case "url": origin = file(entry, at: path)
        case "git": origin = git(entry, at: path)
        case "volume": origin = volume(entry, at: path)
        case "configMap": origin = configMap(entry, at: path)
        default: origin = bucket(kind, entry, at: path)
        }
        let isMounted = kind == "volume" || kind == "configMap"
        let more = isMounted ? ["destPath"] : Self.shared + (kind == "git" ? [] : Self.content)
        problems.refuseUnknown(in: entry, at: path, known: [kind] + more, silent: ["password", "token"])
        guard let origin else { return nil }
        var source = SyncedSource(origin: origin, destination: "")
        readShared(entry, at: path, into: &source)
        return source
    }

    private mutating func refusePasswords(_ entry: JSONView, at path: FieldPath) {
        for name in ["password", "token"] where !(entry[name]?.isNull ?? true) {
            problems.append(
                .forbidden(
                    path.child(name),
                    "everybody who can read the object would read it; put it into a Secret and name that in "
                        + "secretRef: {\"name\": \"…\"}"))
        }
    }

    private mutating func readShared(_ entry: JSONView, at path: FieldPath, into source: inout SyncedSource) {
        source.destination = problems.text("destPath", of: entry, at: path) ?? ""
        if source.destination.isEmpty { source.destination = Self.defaultDestination(of: source.origin) }
        if let problem = SyncDestination.problem(source.destination) {
            problems.append(.invalid(path.child("destPath"), source.destination, problem))
        }
        guard source.isFetched else { return }
        source.secretName = problems.reference("secretRef", of: entry, at: path)
        if let failures = problems.integer("maxFailures", of: entry, at: path, in: 0...100) {
            source.maximumFailures = failures
        }
        source.periodSeconds = problems.period(of: entry, at: path)
        switch source.origin {
        case .git(let git) where GitSource.usesSSH(git.repository): requireSecret(source, at: path)
        case .file(let file) where file.url.hasPrefix("sftp://"): requireSecret(source, at: path)
        default: break
        }
    }

    private mutating func requireSecret(_ source: SyncedSource, at path: FieldPath) {
        guard source.secretName == nil else { return }
        problems.append(
            .required(
                path.child("secretRef"),
                "ssh needs a Secret with the keys ssh-privatekey (or username and password) and known_hosts"))
    }

    private static func defaultDestination(of origin: SyncedSource.Origin) -> String {
        switch origin {
        case .git(let git): return GitSource.baseName(of: git.repository)
        case .file(let file): return baseName(of: file.url, file.archive)
        case .bucket(let bucket): return baseName(of: bucket.key ?? bucket.prefix ?? bucket.bucket, bucket.archive)
        case .volume(let claim, _): return claim
        case .configMap(let name): return name
        }
    }

    private static func baseName(of address: String, _ archive: ArchiveFormat?) -> String {
        let path = address.prefix { $0 != "?" && $0 != "#" }
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        guard let archive, name.hasSuffix("." + archive.rawValue) else { return name }
        return String(name.dropLast(archive.rawValue.count + 1))
    }
}

extension [FieldError] {
    /// The name in `key: {name: …}`, checked.
    mutating func reference(_ key: String, of object: JSONView, at path: FieldPath) -> String? {
        guard let reference = self.object(key, of: object, at: path) else { return nil }
        let name = text("name", of: reference, at: path.child(key)) ?? ""
        refuseUnknown(in: reference, at: path.child(key), known: ["name"])
        if let problem = NameValidation.dns1123SubdomainProblem(name) {
            append(.invalid(path.child(key, "name"), name, problem))
        }
        return name
    }

    /// Seconds of the member `period`: a whole number, or a text such as `30s`, `5m` or `1h`; 10 seconds to a week.
    mutating func period(of object: JSONView, at path: FieldPath) -> Int? {
        guard let value = object["period"], !value.isNull else { return nil }
        let units = ["s": 1, "m": 60, "h": 3600]
        let text = value.string ?? value.text
        var seconds = Int(text)
        if let unit = text.last.flatMap({ units[String($0)] }), let count = Int(text.dropLast()), count < 1_000_000 {
            seconds = count * unit
        }
        if let seconds, (10...604_800).contains(seconds) { return seconds }
        append(.invalid(path.child("period"), text, "must be a time from 10s to 168h, such as 60s or 5m"))
        return nil
    }
}
