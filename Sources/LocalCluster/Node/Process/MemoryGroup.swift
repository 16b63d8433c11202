internal import FoundationEssentials
internal import Glibc

/// Where this machine lets the memory of containers be limited: control groups of version 1 or 2.
struct MemoryGroups: Sendable, Hashable {
    /// The group that containers' groups are made in.
    private var parent: String
    private var isVersion2: Bool
    private static let prefix = "kubedl-local-"

    /// Finds out by trying, beginning with our own group. Throws ``ContainerProblem``.
    init() throws {
        let lines = Self.text("/proc/self/cgroup").split(separator: "\n").map { $0.split(separator: ":", maxSplits: 2) }
        let own = lines.first { $0.count == 3 && $0[1].split(separator: ",").contains("memory") }
        let root = own == nil ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory"
        let path = own?[2] ?? lines.first { $0.first == "0" }?.last ?? "/"
        isVersion2 = own == nil
        // A group of version 2 that has processes cannot have groups with limits in it; its parent often can.
        let above = path.split(separator: "/").dropLast().joined(separator: "/")
        for candidate in ["\(root)\(path)", "\(root)/\(above)", root] {
            parent = candidate
            Self.removeLeftovers(in: candidate)
            guard let probe = try? make("probe", limit: 1 << 30) else { continue }
            probe.remove()
            return
        }
        throw ContainerProblem(description: "no control group with a memory limit can be made below \(root)")
    }

    /// Makes a group whose processes have `limit` bytes together. Throws ``SystemError``.
    func make(_ name: String, limit: Int64) throws -> MemoryGroup {
        let group = MemoryGroup(folder: "\(parent)/\(Self.prefix)\(getpid())-\(name)", isVersion2: isVersion2)
        guard mkdir(group.folder, 0o755) == 0 || errno == EEXIST else {
            throw SystemError("cannot make \(group.folder)")
        }
        do {
            try group.write(isVersion2 ? "memory.max" : "memory.limit_in_bytes", limit)
        } catch {
            group.remove()
            throw error
        }
        // Swap is no way out; where the machine has none, these are not there.
        try? group.write(isVersion2 ? "memory.swap.max" : "memory.memsw.limit_in_bytes", isVersion2 ? 0 : limit)
        // One process that goes takes the container with it. Source: kubelet `singleProcessOOMKill`.
        if isVersion2 { try? group.write("memory.oom.group", 1) }
        return group
    }

    /// Removes the groups of clusters that were killed.
    private static func removeLeftovers(in folder: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where name.hasPrefix(prefix) {
            let owner = name.dropFirst(prefix.count).split(separator: "-").first.flatMap { Int32($0) }
            if let owner, kill(owner, 0) != 0, errno == ESRCH { rmdir("\(folder)/\(name)") }
        }
    }

    fileprivate static func text(_ path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}

/// The control group of one run of a container.
struct MemoryGroup: Sendable, Hashable {
    /// Its folder.
    var folder: String
    fileprivate var isVersion2: Bool

    /// Whether the kernel has killed a process of it for want of memory.
    var hasKilled: Bool {
        let text = MemoryGroups.text("\(folder)/\(isVersion2 ? "memory.events" : "memory.oom_control")")
        return text.split(separator: "\n").contains { $0.hasPrefix("oom_kill ") && $0 != "oom_kill 0" }
    }

    /// Removes it once its processes are gone.
    func remove() { rmdir(folder) }

    fileprivate func write(_ file: String, _ value: Int64) throws {
        let descriptor = open("\(folder)/\(file)", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("cannot open \(folder)/\(file)") }
        defer { close(descriptor) }
        let bytes = Array(String(value).utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw SystemError("cannot write \(folder)/\(file)")
        }
    }
}
