import ArgumentParser

/// How long it takes until a node that is silent counts as lost, and its pods go.
struct NodeTimes: ParsableArguments {
    @Option(help: "Seconds that a node's lease holds; it is renewed four times as often.")
    var nodeLeaseDurationSeconds = 40

    @Option(help: "Seconds after the last renewal until a node counts as not ready.")
    var nodeMonitorGracePeriod = 50

    @Option(help: "Seconds that pods which do not say so stay on a node that is not ready.")
    var defaultNotReadyTolerationSeconds = 300

    @Option(help: "Seconds that pods which do not say so stay on a node that cannot be reached.")
    var defaultUnreachableTolerationSeconds = 300

    func validate() throws {
        guard nodeLeaseDurationSeconds > 0, nodeMonitorGracePeriod > 0 else {
            throw ValidationError("--node-lease-duration-seconds and --node-monitor-grace-period must be positive")
        }
        guard nodeMonitorGracePeriod > nodeLeaseDurationSeconds / 4 else {
            throw ValidationError(
                "--node-monitor-grace-period \(nodeMonitorGracePeriod): must be longer than the time between two "
                    + "renewals, a quarter of --node-lease-duration-seconds")
        }
    }
}
