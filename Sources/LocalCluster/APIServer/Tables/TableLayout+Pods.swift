import JSON
import KubernetesModel

extension TableLayout {
    /// Pods. Source: k8s.io/kubernetes pkg/printers/internalversion/printers.go printPod.
    static let pods = TableLayout([
        .name,
        TableColumn("Ready", description: "The aggregate readiness state of this pod for accepting traffic."),
        TableColumn("Status", description: "The aggregate status of the containers in this pod."),
        TableColumn("Restarts", description: "The number of times the containers in this pod have been restarted."),
        .age,
        TableColumn("IP", priority: 1), TableColumn("Node", priority: 1), TableColumn("Nominated Node", priority: 1),
        TableColumn("Readiness Gates", priority: 1),
    ]) { pod, now in
        let summary = PodSummary(pod, now: now)
        func text(_ path: String...) -> JSONValue { JSONValue(scalarText(pod[path: path]) ?? "<none>") }
        return [
            pod.nameCell, JSONValue("\(summary.ready)/\(summary.total)"), JSONValue(summary.reason),
            JSONValue(summary.restarts), FilledColumn.age.cell(pod, now), text("status", "podIP"),
            text("spec", "nodeName"), text("status", "nominatedNodeName"), JSONValue(PodSummary.readinessGates(pod)),
        ]
    }
}

/// What the columns Ready, Status and Restarts of a pod say.
struct PodSummary {
    var ready = 0
    var total = 0
    var reason: String
    var restarts = "0"
    private var sidecarCounter = RestartCounter()

    init(_ pod: JSONView, now: Timestamp) {
        let spec = pod["spec"]
        let status = pod["status"]
        let sidecars = Set(
            (spec?["initContainers"]?.elements.filter { $0["restartPolicy"]?.string == "Always" } ?? [])
                .compactMap { $0["name"]?.string })
        total = (spec?["containers"]?.count ?? 0) + sidecars.count
        let phase = status?["phase"]?.string ?? ""
        reason = phase.isEmpty ? "Unknown" : phase
        if let given = status?["reason"]?.string, !given.isEmpty { reason = given }
        for condition in status?["conditions"].map({ Array($0.elements) }) ?? []
        where condition["type"]?.string == "PodScheduled" && condition["reason"]?.string == "SchedulingGated" {
            reason = "SchedulingGated"
        }
        var counter = RestartCounter()
        let isInitializing = readInit(status, spec, sidecars, &counter)
        if !isInitializing || phase == "Running" { readContainers(status, &counter, isInitializing) }
        if pod[path: "metadata", "deletionTimestamp"]?.string != nil {
            if status?["reason"]?.string == "NodeLost" {
                reason = "Unknown"
            } else if phase != "Succeeded", phase != "Failed" {
                reason = "Terminating"
            }
        }
        restarts = counter.text(now)
    }

    /// The init containers' part. True while one of them is still to finish.
    private mutating func readInit(
        _ status: JSONView?, _ spec: JSONView?, _ sidecars: Set<String>, _ counter: inout RestartCounter
    ) -> Bool {
        let count = spec?["initContainers"]?.count ?? 0
        for (index, container) in (status?["initContainerStatuses"].map { Array($0.elements) } ?? []).enumerated() {
            counter.add(container)
            let isSidecar = sidecars.contains(container["name"]?.string ?? "")
            if isSidecar { sidecarCounter.add(container) }
            let terminated = container[path: "state", "terminated"]
            if let terminated, terminated["exitCode"]?.int == 0 { continue }
            if isSidecar, container["started"]?.bool == true {
                if container["ready"]?.bool == true { ready += 1 }
                continue
            }
            if let terminated {
                reason = "Init:" + Self.terminationText(terminated)
            } else if let waiting = container[path: "state", "waiting", "reason"]?.string, !waiting.isEmpty,
                waiting != "PodInitializing"
            {
                reason = "Init:" + waiting
            } else {
                reason = "Init:\(index)/\(count)"
            }
            return true
        }
        return false
    }

    private mutating func readContainers(
        _ status: JSONView?, _ counter: inout RestartCounter, _ isInitializing: Bool
    ) {
        var hasRunning = false
        if !isInitializing { counter = sidecarCounter }
        for container in (status?["containerStatuses"].map { Array($0.elements) } ?? []).reversed() {
            counter.add(container)
            if let waiting = container[path: "state", "waiting", "reason"]?.string, !waiting.isEmpty {
                reason = waiting
            } else if let terminated = container[path: "state", "terminated"] {
                reason = Self.terminationText(terminated)
            } else if container["ready"]?.bool == true, container[path: "state", "running"] != nil {
                hasRunning = true
                ready += 1
            }
        }
        guard reason == "Completed", hasRunning else { return }
        let isReady = (status?["conditions"].map { Array($0.elements) } ?? []).contains {
            $0["type"]?.string == "Ready" && $0["status"]?.string == "True"
        }
        reason = isReady ? "Running" : "NotReady"
    }

    private static func terminationText(_ terminated: JSONView) -> String {
        if let reason = terminated["reason"]?.string, !reason.isEmpty { return reason }
        if let signal = terminated["signal"]?.int, signal != 0 { return "Signal:\(signal)" }
        return "ExitCode:\(terminated["exitCode"]?.int ?? 0)"
    }

    static func readinessGates(_ pod: JSONView) -> String {
        let gates = pod[path: "spec", "readinessGates"]?.elements.compactMap { $0["conditionType"]?.string } ?? []
        if gates.isEmpty { return "<none>" }
        let conditions = pod[path: "status", "conditions"].map { Array($0.elements) } ?? []
        let met = gates.filter { gate in
            conditions.contains { $0["type"]?.string == gate && $0["status"]?.string == "True" }
        }
        return "\(met.count)/\(gates.count)"
    }
}

/// Adds up restarts and keeps the time of the last one.
private struct RestartCounter {
    var count = 0
    var last: Timestamp?

    mutating func add(_ container: JSONView) {
        count += container["restartCount"]?.int ?? 0
        guard let text = container[path: "lastState", "terminated", "finishedAt"]?.string,
            let time = Timestamp(text)
        else { return }
        if let last, last > time { return }
        last = time
    }

    func text(_ now: Timestamp) -> String {
        guard count > 0, let last else { return "\(count)" }
        return "\(count) (\(shortDuration(seconds: (now - last).components.seconds)) ago)"
    }
}
