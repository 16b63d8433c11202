/// Where git may fetch from.
package enum GitSource {
    private static let schemes = ["https://", "http://", "ssh://", "git://", "file:///"]

    /// What is wrong with the repository's address; nil if nothing is.
    ///
    /// Only plain transports: git's `ext::` and friends run commands, and a leading `-` would be read as an option.
    package static func problem(_ source: String) -> String? {
        if source.isEmpty { return "must not be empty" }
        if source.utf8.count > 2048 { return "may not be more than 2048 bytes" }
        if source.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) {
            return "must not contain spaces or control characters"
        }
        guard let scheme = schemes.first(where: source.hasPrefix) else {
            return isShortForm(source) ? nil : "must be an https, http, ssh, git or file URL, or user@host:path"
        }
        let rest = source.dropFirst(scheme.count)
        if rest.isEmpty || rest.hasPrefix("-") || rest.hasPrefix("/") { return "must name a host and a path" }
        if let user = userInformation(of: rest), user.contains(":") {
            return "must not contain a password: put it into a Secret (key 'password') and name it in secretRef"
        }
        return nil
    }

    /// The address for messages: without a password, if one stands in it.
    package static func withoutPassword(_ address: String) -> String {
        guard let slash = address.firstIndex(of: "/") else { return address }
        let rest = address[slash...].drop { $0 == "/" }
        guard let login = userInformation(of: rest), login.contains(":") else { return address }
        return address[..<rest.startIndex] + login.prefix { $0 != ":" } + ":…" + rest.dropFirst(login.count)
    }

    /// Whether fetching needs an ssh key.
    package static func usesSSH(_ source: String) -> Bool { source.hasPrefix("ssh://") || isShortForm(source) }

    /// The last part of the address without `.git`: the folder that the code goes to when none is given.
    package static func baseName(of source: String) -> String {
        let trimmed = source.hasSuffix("/") ? String(source.dropLast()) : source
        let last = trimmed.split(whereSeparator: { $0 == "/" || $0 == ":" }).last.map(String.init) ?? ""
        return last.hasSuffix(".git") ? String(last.dropLast(4)) : last
    }

    /// What is wrong with a branch, tag or commit; nil if nothing is. Source: git-check-ref-format(1).
    package static func referenceProblem(_ name: String) -> String? {
        let refused = Set("~^:?*[\\")
        let isWrong =
            name.isEmpty || name.utf8.count > 255 || name.hasPrefix("-") || name.hasPrefix("/") || name.hasSuffix("/")
            || name.hasSuffix(".") || name.hasSuffix(".lock") || name.contains("..") || name.contains("@{")
            || name.contains("//")
            || name.contains { refused.contains($0) }
            || name.utf8.contains { $0 <= 0x20 || $0 == 0x7F }
        return isWrong ? "must be a name that git accepts for a branch, tag or commit" : nil
    }

    /// `user@host:path`, as ssh and scp write it.
    private static func isShortForm(_ source: String) -> Bool {
        guard !source.hasPrefix("-"), let at = source.firstIndex(of: "@"), at != source.startIndex else { return false }
        let user = source[..<at]
        let rest = source[source.index(after: at)...]
        guard let colon = rest.firstIndex(of: ":"), colon != rest.startIndex, !rest.hasPrefix("-") else { return false }
        let host = rest[..<colon]
        let path = rest[rest.index(after: colon)...]
        return !path.isEmpty && !path.hasPrefix(":") && !user.contains("/") && !user.contains(":")
            && !host.contains("/")
    }

    private static func userInformation(of rest: Substring) -> Substring? {
        let authority = rest.prefix { $0 != "/" }
        return authority.lastIndex(of: "@").map { authority[..<$0] }
    }
}
