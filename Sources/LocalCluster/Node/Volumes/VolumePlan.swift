internal import JSON
internal import KubernetesModel

/// A file of a volume whose contents come from the API.
struct VolumeFile: Sendable, Hashable {
    /// The path within the volume.
    var path: String
    /// The contents.
    var bytes: [UInt8]
    /// Permission bits.
    var mode: Int
}

/// What stands behind a volume.
enum VolumePlan: Sendable, Hashable {
    /// An empty folder of the pod.
    case empty
    /// A path of the host, and what it must be (`Directory`, `FileOrCreate`, …).
    case host(path: String, type: String)
    /// A folder of the pod with these files.
    case files([VolumeFile])

    /// Plans a volume. Throws ``SourceProblem`` for references to what is not there and for types that a local cluster
    /// does not have.
    init(_ volume: Volume, facts: PodFacts, sources: PodSources) throws(SourceProblem) {
        let json = volume.json
        if json["emptyDir"] != nil {
            self = .empty
        } else if let source = json["hostPath"] {
            self = .host(path: source["path"]?.string ?? "", type: source["type"]?.string ?? "")
        } else if let name = volume.claimName {
            let (path, type) = try sources.path(ofClaim: name)
            self = .host(path: path, type: type)
        } else if let source = json["configMap"] {
            let name = source["name"]?.string ?? ""
            self = .files(try Self.keyed(.configMap, name, source, sources, mode: source["defaultMode"]?.int))
        } else if let source = json["secret"] {
            let name = source["secretName"]?.string ?? ""
            self = .files(try Self.keyed(.secret, name, source, sources, mode: source["defaultMode"]?.int))
        } else if let source = json["downwardAPI"] {
            self = .files(try Self.downward(source, facts, mode: source["defaultMode"]?.int))
        } else if let source = json["projected"] {
            self = .files(try Self.projected(source, facts, sources))
        } else {
            let type = json.members.map(\.key).first { $0 != "name" }
            if type != nil {
                throw SourceProblem(
                    "volume \"\(volume.name)\": a local cluster has no volumes of type \(type ?? ""); use emptyDir, "
                        + "hostPath, persistentVolumeClaim, configMap, secret, downwardAPI or projected")
            }
            self = .empty
        }
    }

    private static func projected(
        _ source: JSONView, _ facts: PodFacts, _ sources: PodSources
    ) throws(SourceProblem) -> [VolumeFile] {
        let mode = source["defaultMode"]?.int
        var files: [VolumeFile] = []
        for part in source["sources"].map({ Array($0.elements) }) ?? [] {
            if let map = part["configMap"] {
                files += try keyed(.configMap, map["name"]?.string ?? "", map, sources, mode: mode)
            } else if let secret = part["secret"] {
                files += try keyed(.secret, secret["name"]?.string ?? "", secret, sources, mode: mode)
            } else if let downward = part["downwardAPI"] {
                files += try self.downward(downward, facts, mode: mode)
            } else if let token = part["serviceAccountToken"] {
                guard let found = sources.tokens[token["audience"]?.string ?? ""] else {
                    throw SourceProblem("failed to fetch a token of the pod's service account")
                }
                let path = try checked(token["path"]?.string ?? "")
                files.append(VolumeFile(path: path, bytes: Array(found.text.utf8), mode: mode ?? 0o644))
            } else {
                throw SourceProblem(
                    "a local cluster projects configMap, secret, downwardAPI and serviceAccountToken only")
            }
        }
        return files
    }

    private static func keyed(
        _ kind: PodSources.Kind, _ name: String, _ source: JSONView, _ sources: PodSources, mode: Int?
    ) throws(SourceProblem) -> [VolumeFile] {
        let isOptional = source["optional"]?.bool ?? false
        let contents = try sources.all(kind, name, isOptional: isOptional)
        guard let items = source["items"], !items.isNull else {
            return contents.sorted { $0.key < $1.key }.map {
                VolumeFile(path: $0.key, bytes: $0.value, mode: mode ?? 0o644)
            }
        }
        var files: [VolumeFile] = []
        for item in items.elements {
            let key = item["key"]?.string ?? ""
            guard let bytes = contents[key] else {
                if isOptional { continue }
                throw SourceProblem("references non-existent \(kind == .secret ? "secret" : "config") key: \(key)")
            }
            let path = try checked(item["path"]?.string ?? key)
            files.append(VolumeFile(path: path, bytes: bytes, mode: item["mode"]?.int ?? mode ?? 0o644))
        }
        return files
    }

    private static func downward(
        _ source: JSONView, _ facts: PodFacts, mode: Int?
    ) throws(SourceProblem) -> [VolumeFile] {
        var files: [VolumeFile] = []
        for item in source["items"].map({ Array($0.elements) }) ?? [] {
            var text = ""
            if let field = item["fieldRef"] {
                text = try facts.field(field["fieldPath"]?.string ?? "")
            } else if let reference = item["resourceFieldRef"] {
                let name = reference["containerName"]?.string ?? ""
                guard let container = facts.pod.spec.container(named: name) else {
                    throw SourceProblem("no container is called \"\(name)\"")
                }
                text = try facts.resource(reference, in: container)
            }
            let path = try checked(item["path"]?.string ?? "")
            files.append(VolumeFile(path: path, bytes: Array(text.utf8), mode: item["mode"]?.int ?? mode ?? 0o644))
        }
        return files
    }

    /// Refuses paths that would leave the volume.
    static func checked(_ path: String) throws(SourceProblem) -> String {
        let isInside = !path.isEmpty && !path.hasPrefix("/") && !path.split(separator: "/").contains("..")
        if !isInside { throw SourceProblem("the path \"\(path)\" must be inside its volume") }
        return path
    }
}
