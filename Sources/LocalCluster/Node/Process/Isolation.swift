/// How far this machine lets containers be kept apart from it.
enum Isolation: Sendable, Hashable {
    /// Own mount, host name and process namespaces; with a user namespace where we are not root.
    case namespaces(asRoot: Bool)
    /// Plain processes, because of the reason: no mounts, no own host names.
    case none(reason: String)

    /// Whether volumes can be mounted.
    var allowsMounts: Bool { self != .none(reason: problem ?? "") }
    /// Why there are no namespaces; nil if there are.
    var problem: String? {
        guard case .none(let reason) = self else { return nil }
        return reason
    }
}

/// A folder or file of the host that appears in a container.
struct ContainerMount: Sendable, Hashable {
    /// What appears.
    enum Kind: String, Sendable {
        /// A folder.
        case directory
        /// A single file.
        case file
        /// A symbolic link to ``source`` inside the container.
        case link
    }
    /// What appears.
    var kind: Kind
    /// Absolute path on the host; for a link, what it points to.
    var source: String
    /// Absolute path in the container.
    var target: String
    /// Whether writing is refused.
    var isReadOnly = false
}

/// Everything that a container is started with.
struct ContainerLaunch: Sendable {
    /// The program and its arguments.
    var command: [String]
    /// `NAME=value`, `PATH` included.
    var environment: [String]
    /// The folder it starts in; empty for `/`.
    var workingDirectory: String
    /// Its host name.
    var hostname: String
    /// The folder of its image, laid over the host's files; nil for none.
    var imageFolder: String?
    /// What is mounted, in order.
    var mounts: [ContainerMount]
    /// The user it runs as; nil for ours.
    var user: Int?
    /// The group it runs as; nil for the user's number where ``user`` is given, else ours.
    var group: Int?
    /// Further groups.
    var supplementalGroups: [Int] = []
    /// The process whose network namespace it joins; nil for the host's.
    var networkHolder: Int32?
    /// Its standard input, and how long that lasts.
    var input = ContainerInput()
    /// The folder of the control group that limits its memory; empty for none.
    var memoryGroup = ""
    /// An empty folder of its own that the script works in.
    var scratch: String
    /// The path of the script.
    var script: String

    /// The program to start and its arguments, under `isolation` with `tools`.
    func process(_ isolation: Isolation, _ tools: SystemTools) -> ContainerProcess.Launch {
        var arguments = [tools.setpriv, "--pdeathsig", "KILL"]
        var privileges = userOptions
        var options = ""
        var environment = environment
        switch isolation {
        case .namespaces(let asRoot):
            if asRoot, let networkHolder { arguments += [tools.nsenter, "--net=/proc/\(networkHolder)/ns/net"] }
            arguments += [tools.unshare]
            if !asRoot {
                arguments += ["--user", "--map-root-user"]
                options = ",userxattr"
                privileges = []
            }
            arguments += ["--mount", "--uts", "--pid", "--fork", "--kill-child=KILL", "--propagation", "private"]
        case .none:
            privileges += ["--pdeathsig", "KILL"]
            environment = environment.map(withImagePath)
        }
        arguments += [tools.bash, "-p", script]
        arguments += [isolation.allowsMounts ? "namespaces" : "plain", scratch, imageFolder ?? "", hostname]
        arguments += [workingDirectory, options, memoryGroup]
        let mounts = isolation.allowsMounts ? mounts : []
        arguments.append(String(mounts.count))
        for mount in mounts {
            arguments += [mount.kind.rawValue, mount.source, mount.target, mount.isReadOnly ? "ro" : "rw"]
        }
        arguments.append(String(privileges.count))
        arguments += privileges
        if input.isTerminal {
            arguments += [tools.setsid, "--ctty"]
            environment.append("TERM=xterm")
        }
        return ContainerProcess.Launch(
            arguments: arguments + command, environment: environment, input: input.source(owner: user))
    }

    /// How setpriv is told the user and groups.
    var userOptions: [String] {
        var options: [String] = []
        if let user { options += ["--reuid", String(user)] }
        if let group = group ?? user { options += ["--regid", String(group)] }
        if !supplementalGroups.isEmpty {
            options += ["--groups", supplementalGroups.map(String.init).joined(separator: ",")]
        } else if !options.isEmpty {
            options.append("--clear-groups")
        }
        return options
    }

    /// Without a file system of its own, an image can only come first in PATH.
    private func withImagePath(_ variable: String) -> String {
        guard let imageFolder, variable.hasPrefix("PATH=") else { return variable }
        let folders = ["/usr/local/bin", "/usr/bin", "/bin"].map { imageFolder + $0 }
        return "PATH=" + (folders + [String(variable.dropFirst(5))]).joined(separator: ":")
    }
}
