/// How much may come out of an archive; more is taken for a trap.
package struct ArchiveLimits: Hashable, Sendable {
    /// The most files, folders and links.
    package var entries = 1_000_000
    /// The most bytes of all files together.
    package var bytes = 1 << 40
    /// The most bytes for each byte of the archive, once more than ``freeBytes`` came out. Deflate reaches 1032.
    package var ratio = 200
    /// What may come out whatever the ratio.
    package var freeBytes = 64 << 20

    /// The usual limits.
    package init() {}
}
