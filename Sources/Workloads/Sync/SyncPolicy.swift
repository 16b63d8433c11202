/// What the configuration of the suite allows that is refused otherwise.
package struct SyncPolicy: Sendable, Hashable {
    /// Whether KubeDL's old field `password` is read.
    package var allowsInlineCredentials: Bool
    /// Whether http, ftp and git:// may be spoken, which anybody on the way can read and change.
    package var allowsPlainTextProtocols: Bool

    /// Refuses both, unless told otherwise.
    package init(allowsInlineCredentials: Bool = false, allowsPlainTextProtocols: Bool = false) {
        self.allowsInlineCredentials = allowsInlineCredentials
        self.allowsPlainTextProtocols = allowsPlainTextProtocols
    }

    /// What is wrong with the address's protocol; nil if nothing is.
    func problem(of address: String) -> String? {
        guard !allowsPlainTextProtocols else { return nil }
        let replacements = [
            ("http://", "https://"), ("ftp://", "ftps:// or sftp://"), ("git://", "https:// or ssh://"),
        ]
        guard let (found, instead) = replacements.first(where: { address.hasPrefix($0.0) }) else { return nil }
        return "must not use \(found), which anybody on the way can read and change: write \(instead), or let the "
            + "cluster's administrator set fileSync.allowPlainTextProtocols"
    }
}
