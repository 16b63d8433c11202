internal import JSON
package import KubernetesModel
package import Logging
import Synchronization

/// Tells users what happened to an object, as core/v1 Events that `kubectl describe` shows.
///
/// The same event again counts up, many similar ones are combined, and a flood is dropped, see `EventCorrelator`.
/// Whatever fails here never fails the caller.
package final class EventRecorder: Sendable {
    /// How serious an event is.
    package enum Kind: String, Sendable, Hashable {
        /// Information.
        case normal = "Normal"
        /// Something is wrong.
        case warning = "Warning"
    }

    /// How long writing an event may take.
    private static let timeout = Duration.seconds(10)

    private let client: KubernetesClient
    private let component: String
    private let instance: String
    private let time: TimeSource
    private let logger: Logger
    private let state = Mutex(EventCorrelator())

    /// Describes a recorder. `component` is who reports, such as `kubedl-controllers`; `instance` is the process.
    package init(
        client: KubernetesClient, component: String, instance: String = "", time: TimeSource = .system,
        logger: Logger = Logger(label: "kubedl.events")
    ) {
        self.client = client
        self.component = component
        self.instance = instance
        self.time = time
        self.logger = logger
    }

    /// Records an event about an object. `reason` is a word in CamelCase, `message` a sentence of at most 1,024
    /// characters. Returns when it is written, or could not be written within 10 seconds.
    package func record(on object: ObjectReference, type: Kind, reason: String, message: String) async {
        let said = EventCorrelator.Message(object: object, type: type.rawValue, reason: reason, text: message)
        let (now, wallClock) = (time.now(), time.wallClock())
        let decision = state.withLock { $0.decide(said, now: now, wallClock: wallClock) }
        do {
            try await carryOut(decision, object, wallClock)
        } catch {
            logger.debug(
                "event cannot be written",
                metadata: ["object": "\(object.key)", "reason": "\(reason)", "error": "\(error)"])
        }
    }

    private func carryOut(
        _ decision: EventCorrelator.Decision, _ object: ObjectReference, _ wallClock: Timestamp
    ) async throws(APIError) {
        // Events about objects without a namespace live in `default`, as client-go puts them.
        let namespace = object.namespace ?? "default"
        switch decision {
        case .drop:
            logger.debug("event dropped", metadata: ["object": "\(object.key)"])
        case .create(let name, let message):
            let body = body(name, namespace, message, object, wallClock)
            _ = try await client.create(
                .events, namespace: namespace, body, options: WriteOptions(timeout: Self.timeout))
        case .update(let name, let message, let count, let first):
            let change: JSONValue = [
                "count": JSONValue(count), "message": JSONValue(message.text),
                "firstTimestamp": JSONValue(first.description), "lastTimestamp": JSONValue(wallClock.description),
            ]
            do {
                _ = try await client.patch(
                    .events, ObjectKey(namespace: namespace, name: name), .merge(change),
                    options: WriteOptions(timeout: Self.timeout))
            } catch {
                // Events live for an hour: it is gone, so it is written anew.
                guard error.isNotFound else { throw error }
                let again = state.withLock { $0.recreate(message, name: name, wallClock: wallClock) }
                try await carryOut(again, object, wallClock)
            }
        }
    }

    private func body(
        _ name: String, _ namespace: String, _ message: EventCorrelator.Message, _ object: ObjectReference,
        _ wallClock: Timestamp
    ) -> JSONValue {
        let moment = JSONValue(wallClock.description)
        var source: JSONValue = ["component": JSONValue(component)]
        if !instance.isEmpty { source["host"] = JSONValue(instance) }
        return [
            "apiVersion": "v1", "kind": "Event",
            "metadata": ["name": JSONValue(name), "namespace": JSONValue(namespace)],
            "involvedObject": object.value, "reason": JSONValue(message.reason), "message": JSONValue(message.text),
            "type": JSONValue(message.type), "source": source, "firstTimestamp": moment, "lastTimestamp": moment,
            "count": 1, "reportingComponent": JSONValue(component), "reportingInstance": JSONValue(instance),
        ]
    }
}
