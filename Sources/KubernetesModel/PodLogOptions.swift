/// Which part of a log, and how. Source: k8s.io/api core/v1 PodLogOptions.
package struct PodLogOptions: Sendable, Hashable {
    /// Goes on as long as the container runs.
    package var follow = false
    /// The log of the container's last life instead of this one.
    package var previous = false
    /// Begins each line with its RFC 3339 time.
    package var timestamps = false
    /// Only so many of the last lines; nil for all.
    package var tailLines: Int?
    /// Ends after so many bytes; nil for no limit.
    package var limitBytes: Int?
    /// Only lines from then on; nil for all.
    package var since: Timestamp?

    /// The whole log as it is now.
    package init() {}
}
