/// Why a source is not in place: what failed, where, and what to do next.
package struct SyncError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Kinds of failure; the raw value is the exit code of `kubedl-sync`.
    package enum Kind: Int32, Hashable, Sendable {
        /// The configuration is missing or wrong. Trying again does not help.
        case configuration = 2
        /// The source cannot be reached, or refuses.
        case source = 3
        /// What came is not what the configuration says.
        case digest = 4
        /// The volume cannot be written.
        case destination = 5
        /// The process was asked to stop.
        case cancelled = 6
    }

    /// What kind of failure it is.
    package var kind: Kind
    /// The sentence for people.
    package var description: String
    /// Whether the same attempt may succeed later.
    package var isTemporary: Bool

    /// A failure with a sentence for people.
    package init(_ kind: Kind, _ description: String, isTemporary: Bool = false) {
        self.kind = kind
        self.description = description
        self.isTemporary = isTemporary
    }
}
