internal import JSON

/// What is wrong with a scheduler configuration: which field, and what to write instead.
package struct SchedulerConfigurationError: Error, Hashable, CustomStringConvertible {
    /// Field and problem, such as `extenders[0].urlPrefix: Required value`.
    package var problems: [String]
    /// All problems in one line.
    package var description: String { "the scheduler configuration is invalid: " + problems.joined(separator: "; ") }
}

/// The part of a `KubeSchedulerConfiguration` that this scheduler follows: extenders and back-off.
/// Source: kubescheduler.config.k8s.io/v1. Profiles, leader election and client settings are accepted and not used.
package struct SchedulerConfiguration: Sendable, Hashable {
    /// The extenders in the order in which they are asked.
    var extenders: [ExtenderConfiguration] = []
    /// How long a pod waits after the first attempt that failed, > 0.
    var initialBackoff: Duration = .seconds(1)
    /// The longest wait between two attempts, ≥ ``initialBackoff``.
    var maximumBackoff: Duration = .seconds(10)

    /// No extenders, the default back-off.
    package init() {}

    /// Reads a `KubeSchedulerConfiguration`. Throws ``SchedulerConfigurationError`` with every problem found.
    init(json: JSONView) throws(SchedulerConfigurationError) {
        var problems: [String] = []
        if json["kind"]?.string != "KubeSchedulerConfiguration" {
            problems.append("kind: must be KubeSchedulerConfiguration")
        }
        let version = json["apiVersion"]?.string ?? ""
        if version != "kubescheduler.config.k8s.io/v1" {
            problems.append("apiVersion: \"\(version)\" must be kubescheduler.config.k8s.io/v1")
        }
        if let seconds = json["podInitialBackoffSeconds"]?.int {
            initialBackoff = .seconds(seconds)
            if seconds <= 0 { problems.append("podInitialBackoffSeconds: must be > 0") }
        }
        if let seconds = json["podMaxBackoffSeconds"]?.int { maximumBackoff = .seconds(seconds) }
        if maximumBackoff < initialBackoff {
            problems.append("podMaxBackoffSeconds: must be ≥ podInitialBackoffSeconds")
        }
        for (index, item) in (json["extenders"].map { Array($0.elements) } ?? []).enumerated() {
            let (extender, found) = ExtenderConfiguration.read(item)
            problems += found.map { "extenders[\(index)].\($0)" }
            if let extender { extenders.append(extender) }
        }
        if extenders.count(where: { $0.bindVerb != nil }) > 1 {
            problems.append("extenders: only one extender can have a bindVerb")
        }
        guard problems.isEmpty else { throw SchedulerConfigurationError(problems: problems) }
    }
}
