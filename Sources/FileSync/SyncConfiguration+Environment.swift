extension SyncConfiguration {
    /// The variable that holds the whole configuration as JSON.
    package static let variable = "KUBEDL_SYNC_CONFIG"

    /// Reads the configuration from environment variables: `KUBEDL_SYNC_CONFIG`, else the `GIT_SYNC_*` variables that
    /// KubeDL sets. Throws ``SyncError`` with `configuration`.
    ///
    /// With both, the JSON says what to fetch, and `GIT_SYNC_USERNAME`, `GIT_SYNC_PASSWORD` and `GIT_SSH_KEY_FILE`
    /// fill in what it leaves out. Source: kubedl pkg/code_sync/git_sync_handler.go.
    package init(environment: [String: String]) throws(SyncError) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        if let text = value(Self.variable) {
            try self.init(json: text)
        } else if let repository = value("GIT_SYNC_REPO") {
            var source = GitSource(
                repository: repository, destination: value("GIT_SYNC_DEST") ?? Self.name(of: repository))
            source.branch = value("GIT_SYNC_BRANCH")
            source.revision = value("GIT_SYNC_REV")
            source.depth = try Self.number("GIT_SYNC_DEPTH", value("GIT_SYNC_DEPTH"), atLeast: 1)
            let failures = try Self.number(
                "GIT_SYNC_MAX_SYNC_FAILURES", value("GIT_SYNC_MAX_SYNC_FAILURES"), atLeast: 0)
            source.maximumFailures = failures ?? source.maximumFailures
            self.init(root: value("GIT_SYNC_ROOT") ?? Self.defaultRoot, sources: [.git(source)])
            allowsPlainText = value("KUBEDL_SYNC_ALLOW_PLAIN_TEXT") == "true"
            try validate()
        } else {
            throw SyncError(
                .configuration,
                "neither \(Self.variable) nor GIT_SYNC_REPO is set: nothing to fetch. Set one of them on the container."
            )
        }
        sources = sources.map { source in
            guard case .git(var git) = source else { return source }
            git.username = git.username ?? value("GIT_SYNC_USERNAME")
            git.password = value("GIT_SYNC_PASSWORD")
            git.keyFile = git.keyFile ?? value("GIT_SSH_KEY_FILE")
            return .git(git)
        }
    }

    /// The last part of a repository's address without `.git`.
    static func name(of repository: String) -> String {
        let last = repository.split { $0 == "/" || $0 == ":" }.last.map(String.init) ?? ""
        return last.hasSuffix(".git") ? String(last.dropLast(4)) : last
    }

    private static func number(_ name: String, _ text: String?, atLeast minimum: Int) throws(SyncError) -> Int? {
        guard let text else { return nil }
        guard let number = Int(text), number >= minimum else {
            throw SyncError(.configuration, "\(name) is \"\(text)\"; it must be a whole number from \(minimum).")
        }
        return number
    }
}
