/// A command that is run in a container beside its program: with its file system, names, environment and user.
struct ContainerExec: Sendable {
    /// What the container was started with.
    var container: ContainerLaunch
    /// The process that its namespaces are found at.
    var process: Int32

    /// Keeps descriptor 3 open until the command has ended, and opens the list of its control group, which the container
    /// may not see, as descriptor 4.
    private static let outer = #"exec 4>"$1"; shift; "$@"; exit $?"#
    /// Reports the start on descriptor 3, or why there is none in the words of runc. Arguments: the folder to start in, the
    /// command.
    private static let inner = #"""
        echo 0 >&4 || { printf 'cannot join the control group of the container\n' >&3; exit 127; }
        cd "$1" || { printf 'cannot enter the working directory %s\n' "$1" >&3; exit 127; }
        shift
        type -P -- "$1" >/dev/null || { printf 'exec: "%s": executable file not found in $PATH\n' "$1" >&3; exit 127; }
        printf 'started\n' >&3
        exec 3>&- 4>&- "$0" -u SHLVL -u OLDPWD -u _ -- "$@"
        """#

    /// What to start, with its input. It reports its start on descriptor 3 as containers do.
    func launch(
        _ command: [String], timeLimit: Duration? = nil, input: ProcessInput = .nothing, _ isolation: Isolation,
        _ tools: SystemTools
    ) -> ContainerProcess.Launch {
        let dying = [tools.setpriv, "--pdeathsig", "KILL"]
        let group = container.memoryGroup.isEmpty ? "/dev/null" : "\(container.memoryGroup)/cgroup.procs"
        var arguments = dying + [tools.bash, "-p", "-c", Self.outer, "exec", group]
        var environment = container.environment
        if case .namespaces(let asRoot) = isolation {
            let folder = "/proc/\(process)/ns"
            arguments.append(tools.nsenter)
            if !asRoot { arguments += ["--preserve-credentials", "--user=\(folder)/user"] }
            arguments += ["--mount=\(folder)/mnt", "--uts=\(folder)/uts", "--pid=\(folder)/pid_for_children"]
            if asRoot { arguments.append("--net=\(folder)/net") }
            // The command is the child of what is killed, and must not outlive it.
            arguments += dying + (asRoot ? container.userOptions : [])
        }
        if case .terminal = input {
            // The session must be the container's own, else its shells have no job control.
            arguments += [tools.setsid, "--ctty"]
            environment.append("TERM=xterm")
        }
        let start = container.workingDirectory.isEmpty ? "/" : container.workingDirectory
        arguments += [tools.bash, "-p", "-c", Self.inner, tools.env, start] + command
        return ContainerProcess.Launch(
            arguments: arguments, environment: environment, timeLimit: timeLimit, input: input)
    }
}
