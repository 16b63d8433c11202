/// The address of a git repository, of a kind that cannot run a command or be taken for an option.
struct RepositoryAddress {
    /// As it is given to git.
    var text: String
    /// `https`, `http`, `ssh`, `git` or `file`.
    var transport: String
    /// The host with its port, as a credential's context; empty for `file`.
    var host: String
    /// The user in the address.
    var user: String?
    /// The path; used for `file` only.
    var path: String

    /// Reads an address. Throws ``SyncError`` with `configuration` if it is of another kind or carries a password.
    init(_ text: String, at field: String) throws(SyncError) {
        let expected =
            "\(field)/repository must be https://, http://, ssh://, git://, user@host:path or file:///absolute/path"
        guard text.utf8.allSatisfy({ $0 > 32 && $0 != 127 }), text.utf8.count <= 4096, !text.hasPrefix("-") else {
            throw SyncConfiguration.wrong(expected)
        }
        self.text = text
        let scheme = ["https", "http", "ssh", "git", "file"].first { text.hasPrefix($0 + "://") }
        guard let scheme else {
            guard let parts = Self.scp(text) else { throw SyncConfiguration.wrong(expected) }
            (transport, host, user, path) = ("ssh", parts.host, parts.user, parts.path)
            return
        }
        let rest = text.dropFirst(scheme.count + 3)
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let authority = rest[..<slash]
        let login = authority.lastIndex(of: "@").map { authority[..<$0] }
        transport = scheme
        host = String(login.map { authority.dropFirst($0.count + 1) } ?? authority)
        user = login.map(String.init)
        path = String(rest[slash...])
        guard !(user?.contains(":") ?? false) else {
            throw SyncConfiguration.wrong("\(field)/repository carries a password; put it in a Secret instead")
        }
        guard scheme == "file" ? host.isEmpty && path.count > 1 : !host.isEmpty && !host.hasPrefix("-") else {
            throw SyncConfiguration.wrong(expected)
        }
    }

    /// `user@host:path`
    private static func scp(_ text: String) -> (user: String, host: String, path: String)? {
        guard let at = text.firstIndex(of: "@"), let colon = text.firstIndex(of: ":"), at < colon,
            !text.contains("::")
        else { return nil }
        let user = text[..<at]
        let host = text[text.index(after: at)..<colon]
        let path = text[text.index(after: colon)...]
        let isPlain = (user + host).utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || [45, 46, 95].contains($0)
        }
        guard isPlain, !user.isEmpty, !host.isEmpty, !host.hasPrefix("-"), !path.isEmpty, !path.hasPrefix("-") else {
            return nil
        }
        return (String(user), String(host), String(path))
    }
}
