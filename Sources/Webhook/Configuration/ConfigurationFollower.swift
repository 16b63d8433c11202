import Admission
import JSON
import KubernetesClient
import KubernetesModel
import Logging
import Serving
import Synchronization
import YAML

/// Follows the ConfigMap with the webhook's configuration. A mistake in it changes nothing: the last good one stays, an
/// event on the ConfigMap says everything that is wrong, and a metric is 1 until it is mended.
package final class ConfigurationFollower: Sendable {
    /// The key of the ConfigMap that holds the text.
    package static let key = "config.yaml"

    private let informer: Informer<Reading>
    private let current: Mutex<AdmissionSettings>
    private let base: AdmissionConfiguration
    private let events: EventRecorder
    private let isInvalid: Gauge
    private let changes: Counter
    private let logger: Logger

    /// What a version of the ConfigMap says.
    private struct Reading: Sendable {
        var object: ObjectReference
        var settings: Result<AdmissionSettings, InvalidConfiguration>
    }

    /// A follower that has not begun, see ``run()``. What the ConfigMap does not say, and everything while there is none,
    /// is as in `base`.
    package init(
        client: KubernetesClient, configMap: ObjectKey, base: AdmissionConfiguration, events: EventRecorder,
        metrics: MetricsRegistry, logger: Logger
    ) {
        self.base = base
        self.events = events
        self.logger = logger
        current = Mutex(AdmissionSettings(defaults: base))
        isInvalid = metrics.gauge(
            "kubedl_webhook_configuration_invalid",
            help: "1 while the ConfigMap cannot be used and an earlier configuration is in force.")
        changes = metrics.counter(
            "kubedl_webhook_configuration_changes_total", help: "Configurations that were put in force.")
        informer = Informer(
            client: client, type: .configMaps, namespace: configMap.namespace,
            fieldSelector: "metadata.name=\(configMap.name)", logger: logger
        ) { view in
            let map = ConfigMap(json: view)
            let object = ObjectReference(
                apiVersion: "v1", kind: "ConfigMap", namespace: map.namespace, name: map.name, uid: map.metadata.uid,
                resourceVersion: map.metadata.resourceVersion)
            do throws(InvalidConfiguration) {
                return Reading(object: object, settings: .success(try readSettings(map, base: base)))
            } catch {
                return Reading(object: object, settings: .failure(error))
            }
        }
    }

    /// What is in force.
    package var settings: AdmissionSettings { current.withLock { $0 } }

    /// A condition of readiness: the ConfigMap, or that there is none, is known.
    package var check: HealthEndpoints.Check {
        HealthEndpoints.Check(name: "configuration") { [informer] in
            informer.hasSynced ? nil : "the ConfigMap has not been read yet; can the API server be reached?"
        }
    }

    /// Follows until the task is cancelled.
    package func run() async throws {
        let (mistakes, sink) = AsyncStream.makeStream(of: Reading.self, bufferingPolicy: .bufferingNewest(1))
        informer.onChange { [self] _, _, reading in
            if let reading, case .failure = reading.settings { sink.yield(reading) }
            take(reading)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.informer.run() }
            group.addTask {
                for await reading in mistakes {
                    guard case .failure(let error) = reading.settings else { continue }
                    await self.events.record(
                        on: reading.object, type: .warning, reason: "InvalidConfiguration", message: error.summary)
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func take(_ reading: Reading?) {
        switch reading?.settings ?? .success(AdmissionSettings(defaults: base)) {
        case .success(let settings):
            isInvalid.set(0)
            let isNew = current.withLock { current in
                defer { current = settings }
                return current != settings
            }
            guard isNew else { return }
            changes.increment()
            logger.info("configuration changed", metadata: ["namespaces": "\(settings.namespaces.count)"])
        case .failure(let error):
            isInvalid.set(1)
            logger.error(
                "configuration cannot be used; the last good one stays in force", metadata: ["reason": "\(error)"])
        }
    }
}

/// A ConfigMap that cannot be used as configuration.
struct InvalidConfiguration: Error, Hashable, CustomStringConvertible {
    /// Everything that is wrong, with its place.
    var problems: [String]

    var description: String { problems.joined(separator: "; ") }

    /// The problems within the 1,024 characters of an event, and how many more there are.
    var summary: String {
        let ending = "; what was in force before stays"
        var text = ""
        for (index, problem) in problems.enumerated() {
            let rest = "; and \(problems.count - index) more"
            if text.count + problem.count + rest.count + ending.count > 1000 {
                return (text.isEmpty ? String(problem.prefix(900)) : text + rest) + ending
            }
            text += (text.isEmpty ? "" : "; ") + problem
        }
        return text + ending
    }
}

/// Reads the configuration out of its ConfigMap. Pure.
func readSettings(
    _ map: ConfigMap, base: AdmissionConfiguration
) throws(InvalidConfiguration) -> AdmissionSettings {
    let key = ConfigurationFollower.key
    guard let text = map.data[key] else {
        throw InvalidConfiguration(problems: ["data[\(key)]: Required value: the configuration is expected here"])
    }
    let documents: [JSONValue]
    do { documents = try YAML.parse(text).filter { !$0.isNull } } catch {
        throw InvalidConfiguration(problems: ["data[\(key)]: \(error)"])
    }
    guard documents.count == 1, let document = documents.first else {
        throw InvalidConfiguration(problems: ["data[\(key)]: one YAML document is expected, not \(documents.count)"])
    }
    do {
        return try AdmissionSettings(try JSONDocument(parsing: document.bytes).root, base: base)
    } catch let error as InvalidSettings {
        throw InvalidConfiguration(problems: error.problems.map(\.description))
    } catch {
        throw InvalidConfiguration(problems: ["data[\(key)]: \(error)"])
    }
}
