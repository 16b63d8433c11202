internal import FoundationEssentials
internal import Glibc
internal import JSON
internal import KubernetesModel

/// The volumes of one pod on this host. Calls block for as long as the file system does.
struct VolumeFolders: Sendable {
    /// Where each volume is on the host, by name.
    private(set) var paths: [String: String] = [:]
    /// The volumes that nobody may write to.
    private var readOnly: Set<String> = []
    /// The files of those whose contents come from the API, as they were written last.
    private var files: [String: [VolumeFile]] = [:]
    /// The group that owns what the pod's volumes hold; nil for ours.
    private let group: Int?

    /// Makes the volumes of a pod below `folder`. Throws ``SourceProblem`` or ``SystemError``.
    init(_ spec: PodSpec, folder: String, facts: PodFacts, sources: PodSources) throws {
        // Only root may give files away.
        group = geteuid() == 0 ? spec.json["securityContext"]?["fsGroup"]?.int : nil
        for volume in spec.volumes {
            let plan = try VolumePlan(volume, facts: facts, sources: sources)
            let own = "\(folder)/\(volume.name)"
            if volume.json["persistentVolumeClaim"]?["readOnly"]?.bool == true { readOnly.insert(volume.name) }
            switch plan {
            case .empty:
                try FileBytes.makeDirectory(own, mode: 0o777)
                if let group { try VolumeOwnership(group: group, isReadOnly: false).apply(to: own) }
                paths[volume.name] = own
            case .host(let path, let type):
                try Self.check(path, type)
                paths[volume.name] = path
            case .files(let files):
                try AtomicFolder(path: own, group: group).write(files)
                self.files[volume.name] = files
                paths[volume.name] = own
            }
        }
    }

    /// Brings files to what config maps, secrets and the pod say now. A volume whose sources are gone stays as it was.
    /// Throws ``SystemError``.
    mutating func update(_ spec: PodSpec, facts: PodFacts, sources: PodSources) throws {
        for volume in spec.volumes {
            guard let path = paths[volume.name], let before = files[volume.name],
                case .files(let now) = try? VolumePlan(volume, facts: facts, sources: sources), now != before
            else { continue }
            try AtomicFolder(path: path, group: group).write(now)
            files[volume.name] = now
        }
    }

    /// The mounts of a container. Throws ``SourceProblem`` or ``SystemError``.
    func mounts(of container: Container, values: [String: String]) throws -> [ContainerMount] {
        try container.volumeMounts.map { mount in
            guard let path = paths[mount.name] else {
                throw SourceProblem("no volume is called \"\(mount.name)\"")
            }
            var source = path
            let pattern = mount.json["subPathExpr"]?.string ?? ""
            let part = pattern.isEmpty ? mount.subPath : VariableExpansion.expand(pattern, values)
            if !part.isEmpty {
                source += "/" + (try VolumePlan.checked(part))
                if FileBytes.isDirectory(source) == nil { try FileBytes.makeDirectory(source, mode: 0o777) }
            }
            return ContainerMount(
                kind: FileBytes.isDirectory(source) == false ? .file : .directory, source: source,
                target: mount.mountPath, isReadOnly: mount.isReadOnly || readOnly.contains(mount.name))
        }
    }

    /// Makes or checks a path of the host. Source: core/v1 HostPathType.
    private static func check(_ path: String, _ type: String) throws {
        let found = FileBytes.isDirectory(path)
        switch type {
        case "DirectoryOrCreate" where found == nil: try FileBytes.makeDirectory(path)
        case "FileOrCreate" where found == nil: try FileBytes.write(path, [])
        case "Directory" where found != true:
            throw SourceProblem("hostPath type check failed: \(path) is not a directory")
        case "File" where found != false: throw SourceProblem("hostPath type check failed: \(path) is not a file")
        case "" where found == nil: try FileBytes.makeDirectory(path)
        default: break
        }
    }

    /// Removes a folder with all that is in it.
    static func remove(_ folder: String) {
        try? FileManager.default.removeItem(atPath: folder)
    }
}
