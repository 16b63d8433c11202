extension SyncConfiguration {
    /// Refuses what could reach outside the root, or be taken for an option or a command by git.
    ///
    /// Throws ``SyncError`` with `configuration`, naming the field.
    package func validate() throws(SyncError) {
        guard root.hasPrefix("/"), !root.split(separator: "/").contains(".."), root.split(separator: "/").count > 0
        else {
            throw Self.wrong("/root is \"\(root)\"; it must be an absolute path without \"..\", and not \"/\"")
        }
        for (index, source) in sources.enumerated() {
            let path = "/sources/\(index)"
            try Self.checkDestination(source.destination, at: path)
            switch source {
            case .git(let git): try check(git, at: path)
            case .file(let file):
                try check(url: file.url, "\(path)/url")
                guard file.sha256 != nil || file.signature != nil else {
                    throw Self.wrong("\(path)/sha256 is required, or a signature")
                }
                try check(file, at: path)
            case .bucket(let bucket):
                try check(url: bucket.endpoint, "\(path)/endpoint")
                try check(bucket.file, at: path)
            }
        }
    }

    private static func checkDestination(_ destination: String, at path: String) throws(SyncError) {
        let parts = destination.split(separator: "/", omittingEmptySubsequences: false)
        let isPlain = parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." && !$0.contains("\0") }
        guard isPlain, destination.utf8.count <= 1024 else {
            throw wrong(
                "\(path)/destination is \"\(destination)\"; it must be a relative path without \".\" and \"..\"")
        }
        guard !(parts.first?.hasPrefix(WorkingFolder.prefix) ?? true) else {
            throw wrong("\(path)/destination begins with \(WorkingFolder.prefix), which is kept for temporary files")
        }
    }

    private func check(_ git: GitSource, at path: String) throws(SyncError) {
        let address = try RepositoryAddress(git.repository, at: path)
        try check(scheme: address.transport, "\(path)/repository")
        for (name, value) in [
            ("branch", git.branch), ("revision", git.revision), ("tag", git.tag), ("commit", git.commit),
        ] {
            guard let value, !Self.isReference(value) else { continue }
            throw Self.wrong("\(path)/\(name) is \"\(value)\", which is no name that git accepts")
        }
        for (name, value) in [("keyFile", git.keyFile), ("secretDirectory", git.secretDirectory)] {
            guard let value, !value.hasPrefix("/") else { continue }
            throw Self.wrong("\(path)/\(name) is \"\(value)\"; it must be an absolute path")
        }
    }

    private func check(_ file: FileSource, at path: String) throws(SyncError) {
        if let url = file.signature?.url { try check(url: url, "\(path)/signatureURL") }
        if let digest = file.sha256 {
            guard digest.utf8.count == 64,
                digest.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
            else { throw Self.wrong("\(path)/sha256 must be 64 lower-case hexadecimal digits") }
        }
    }

    private func check(url: String, _ path: String) throws(SyncError) {
        let scheme = url.prefix { $0 != ":" }
        guard ["https", "http", "ftps", "ftp", "sftp"].contains(scheme),
            url.dropFirst(scheme.count).hasPrefix("://"), url.utf8.allSatisfy({ $0 > 32 && $0 < 127 })
        else {
            throw Self.wrong("\(path) must begin with https://, ftps:// or sftp:// and be percent-encoded")
        }
        try check(scheme: String(scheme), path)
    }

    private func check(scheme: String, _ path: String) throws(SyncError) {
        guard !["http", "ftp", "git"].contains(scheme) || allowsPlainText else {
            throw Self.wrong(
                "\(path) uses \(scheme)://, which anybody on the way can read and change; write https://, or have "
                    + "fileSync.allowPlainTextProtocols set in the cluster's configuration")
        }
    }

    /// Whether git accepts it as the name of a branch, a tag or a commit. Source: git-check-ref-format(1).
    private static func isReference(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 256 && !text.hasPrefix("-") && !text.hasPrefix("/") && !text.contains("..")
            && !text.contains("@{") && !text.hasSuffix(".lock")
            && text.utf8.allSatisfy { $0 > 32 && $0 < 127 && !Array("~^:?*[\\".utf8).contains($0) }
    }
}
