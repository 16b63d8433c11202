/// Makes a working tree from a repository, in a temporary folder and then in one step at its destination.
struct GitCheckout {
    let source: GitSource
    let address: RepositoryAddress
    let folder: WorkingFolder
    let git: GitCommand

    init(
        _ source: GitSource, in folder: WorkingFolder, limits: SyncLimits, inherited: [String: String],
        allowsPlainText: Bool
    ) throws(SyncError) {
        self.source = source
        self.folder = folder
        address = try RepositoryAddress(source.repository, at: "git source")
        let home = try GitHome(
            source, address: address, in: folder, inherited: inherited, allowsPlainText: allowsPlainText)
        git = GitCommand(environment: home.environment, deadline: limits.gitDeadline)
    }

    /// Clones and checks out. Returns the tree, its commit and the bytes received.
    ///
    /// Throws ``SyncError``; the destination is never touched.
    func run() async throws(SyncError) -> Fetched {
        let tree = try folder.fresh("tree")
        try await clone(into: tree)
        if let wanted { try await checkOut(wanted, in: tree) }
        if source.submodules { try await updateSubmodules(in: tree) }
        let commit = try await succeed(["-C", tree, "rev-parse", "HEAD"], to: "read the commit of")
        if let expected = source.commit, !commit.hasPrefix(expected) {
            throw SyncError(.digest, "\(source.repository) gave commit \(commit), expected \(expected).")
        }
        return Fetched(path: tree, identity: .commit(commit), bytes: try await packedBytes(in: tree))
    }

    /// The commit, tag or revision to check out; nil for the tip of the branch.
    private var wanted: String? { source.commit ?? source.tag.map { "refs/tags/" + $0 } ?? source.revision }

    private func clone(into tree: String) async throws(SyncError) {
        var arguments = ["clone", "--quiet"]
        if wanted != nil { arguments.append("--no-checkout") }
        if let branch = source.branch { arguments += ["--branch", branch] }
        if let depth = source.depth { arguments += ["--depth", String(depth), "--single-branch"] }
        try await succeed(arguments + ["--", source.repository, tree], to: "clone")
    }

    private func checkOut(_ revision: String, in tree: String) async throws(SyncError) {
        var commit = try await resolve(revision, in: tree)
        if commit == nil {
            let depth = source.depth.map { ["--depth", String($0)] } ?? []
            let arguments = ["-C", tree, "fetch", "--quiet"] + depth + ["origin", revision]
            if try await git.run(arguments).succeeded { commit = try await resolve("FETCH_HEAD", in: tree) }
        }
        if commit == nil, source.depth != nil {
            // Not every server hands out a single commit: then the whole history, as without a depth.
            let arguments = [
                "-C", tree, "fetch", "--quiet", "--unshallow", "--tags", "origin",
                "+refs/heads/*:refs/remotes/origin/*",
            ]
            try await succeed(arguments, to: "fetch the history of")
            commit = try await resolve(revision, in: tree)
        }
        guard let commit else {
            throw SyncError(
                .source, "\(source.repository) has no revision \(revision). Give a commit or tag that was pushed.")
        }
        try await succeed(["-C", tree, "checkout", "--quiet", "--detach", commit], to: "check out \(revision) of")
    }

    private func resolve(_ revision: String, in tree: String) async throws(SyncError) -> String? {
        for name in [revision, "origin/" + revision] {
            let arguments = ["-C", tree, "rev-parse", "--verify", "--quiet", "--end-of-options", name + "^{commit}"]
            let outcome = try await git.run(arguments)
            if outcome.succeeded { return outcome.output.split(separator: "\n").last.map(String.init) }
        }
        return nil
    }

    private func updateSubmodules(in tree: String) async throws(SyncError) {
        guard Disk.entry(at: tree + "/.gitmodules") == .file else { return }
        let depth = source.depth.map { ["--depth", String($0)] } ?? []
        let arguments = ["-C", tree, "submodule", "--quiet", "update", "--init", "--recursive"]
        try await succeed(arguments + depth, to: "fetch the submodules of")
    }

    private func packedBytes(in tree: String) async throws(SyncError) -> Int {
        let outcome = try await git.run(["-C", tree, "count-objects", "-v"])
        let sizes = outcome.output.split(separator: "\n").compactMap { line -> Int? in
            let parts = line.split(separator: " ")
            return parts.count == 2 && (parts[0] == "size:" || parts[0] == "size-pack:") ? Int(parts[1]) : nil
        }
        return sizes.reduce(0, +) * 1024
    }

    @discardableResult
    private func succeed(_ arguments: [String], to action: String) async throws(SyncError) -> String {
        let outcome = try await git.run(arguments)
        guard outcome.succeeded else {
            let message = outcome.message.split(separator: "\n").suffix(4).joined(separator: "; ")
            throw SyncError(
                .source,
                "cannot \(action) \(source.repository): \(message). Check the address, the branch and the credentials.",
                isTemporary: true)
        }
        return outcome.output
    }
}
