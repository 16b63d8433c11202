/// A command that is run in a container beside its program: with its file system, names, environment and user.
struct ContainerExec: Sendable {
    /// What the container was started with.
    var container: ContainerLaunch
    /// The process that its namespaces are found at.
    var process: Int32

    /// What to start. It reports its start on descriptor 3 as containers do.
    func launch(
        _ command: [String], timeLimit: Duration, _ isolation: Isolation, _ tools: SystemTools
    ) -> ContainerProcess.Launch {
        let marker = #"printf 'started\n' >&3; "$@" 3>&-; exit $?"#
        var arguments = [tools.setpriv, "--pdeathsig", "KILL", tools.bash, "-p", "-c", marker, "exec"]
        if case .namespaces(let asRoot) = isolation {
            let folder = "/proc/\(process)/ns"
            arguments.append(tools.nsenter)
            if !asRoot { arguments += ["--preserve-credentials", "--user=\(folder)/user"] }
            arguments += ["--mount=\(folder)/mnt", "--uts=\(folder)/uts", "--pid=\(folder)/pid_for_children"]
            if asRoot { arguments += ["--net=\(folder)/net", tools.setpriv] + container.userOptions }
        }
        let start = container.workingDirectory.isEmpty ? "/" : container.workingDirectory
        arguments += [tools.env, "-u", "SHLVL", "-u", "OLDPWD", "-u", "_", "-C", start] + command
        return ContainerProcess.Launch(
            arguments: arguments, environment: container.environment, timeLimit: timeLimit)
    }
}
