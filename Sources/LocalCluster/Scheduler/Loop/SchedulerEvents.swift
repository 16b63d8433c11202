internal import JSON
internal import KubernetesClient
internal import KubernetesModel
internal import Logging

/// Tells users how scheduling went: the pod's condition and events, written one after the other beside the scheduler's loop.
final class SchedulerEvents: Sendable {
    private enum Report: Sendable {
        case scheduled(SchedulablePod, node: String)
        case failed(SchedulablePod, Verdict)
        case preempted(SchedulablePod, by: String, node: String)
    }

    /// How an attempt failed.
    struct Verdict: Sendable, Equatable {
        /// `Unschedulable` or `SchedulerError`.
        var reason: String
        /// Why, for people.
        var message: String
        /// What to write as the pod's nominated node.
        var nomination: Nomination
    }

    private let client: KubernetesClient
    private let logger: Logger
    private let recorder: EventRecorder
    private let reports: AsyncStream<Report>
    private let sink: AsyncStream<Report>.Continuation

    /// Reports through `client`; ``run()`` does the writing.
    init(client: KubernetesClient, logger: Logger) {
        self.client = client
        self.logger = logger
        recorder = EventRecorder(client: client, component: PodScheduler.schedulerName, logger: logger)
        (reports, sink) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(10_000))
    }

    /// A pod was bound.
    func scheduled(_ pod: SchedulablePod, on node: String) { sink.yield(.scheduled(pod, node: node)) }

    /// A pod found no node, or could not be bound.
    func failed(_ pod: SchedulablePod, _ verdict: Verdict) { sink.yield(.failed(pod, verdict)) }

    /// A pod was evicted so that another, higher one fits.
    func preempted(_ victim: SchedulablePod, by pod: SchedulablePod, on node: String) {
        sink.yield(.preempted(victim, by: pod.uid, node: node))
    }

    /// Writes what is reported until its task is cancelled.
    func run() async {
        var written: [String: Verdict] = [:]
        for await report in reports {
            switch report {
            case .scheduled(let pod, let node):
                written[pod.uid] = nil
                let message = "Successfully assigned \(pod.key) to \(node)"
                await recorder.record(on: pod.pod.reference, type: .normal, reason: "Scheduled", message: message)
            case .preempted(let victim, let uid, let node):
                let message = "Preempted by pod \(uid) on node \(node)"
                await recorder.record(on: victim.pod.reference, type: .normal, reason: "Preempted", message: message)
            case .failed(let pod, let verdict):
                if written[pod.uid] != verdict, await writeCondition(pod, verdict) {
                    if written.count > 10_000 { written = [:] }
                    written[pod.uid] = verdict
                }
                let text = String(verdict.message.prefix(1000))
                await recorder.record(on: pod.pod.reference, type: .warning, reason: "FailedScheduling", message: text)
            }
        }
    }

    /// Writes the condition PodScheduled=False; whether that is done.
    private func writeCondition(_ pod: SchedulablePod, _ verdict: Verdict) async -> Bool {
        let condition = Condition(
            type: "PodScheduled", status: "False", reason: verdict.reason, message: verdict.message,
            lastTransitionTime: .now())
        var status: [(String, JSONValue)] = [("conditions", JSONValue([condition.value]))]
        switch verdict.nomination {
        case .keep: break
        case .clear: status.append(("nominatedNodeName", .null))
        case .node(let node): status.append(("nominatedNodeName", JSONValue(node)))
        }
        let patch = JSONValue.object([
            ("metadata", .object([("uid", JSONValue(pod.uid))])), ("status", .object(status)),
        ])
        do {
            _ = try await client.patch(.pods, pod.key, .strategic(patch), subresource: "status")
            return true
        } catch {
            if error.isNotFound || error.isConflict { return true }
            logger.warning("A pod's condition cannot be written", metadata: ["pod": "\(pod.key)", "error": "\(error)"])
            return false
        }
    }
}
