import JSON
import KubernetesModel

/// Who has the logs of containers: the node agent.
package protocol PodLogSource: Sendable {
    /// Writes the log of one container to `write` until it ends or, with `follow`, until the container has stopped.
    ///
    /// Throws ``PodLogError`` before the first write if there is no such log. `write` throws when the client
    /// has gone.
    func streamLogs(
        of container: ContainerLogReference, options: PodLogOptions,
        to write: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws
}

/// A container of a pod that is bound to a node.
package struct ContainerLogReference: Sendable, Hashable {
    /// The pod's namespace.
    package var namespace: String
    /// The pod's name.
    package var podName: String
    /// The pod's UID, which tells it from earlier pods of that name.
    package var podUID: String
    /// The node that the pod is bound to.
    package var nodeName: String
    /// A container or init container of the pod.
    package var container: String

    /// A reference.
    package init(namespace: String, podName: String, podUID: String, nodeName: String, container: String) {
        self.namespace = namespace
        self.podName = podName
        self.podUID = podUID
        self.nodeName = nodeName
        self.container = container
    }
}

/// Source: pkg/apis/core/validation ValidatePodLogOptions.
extension PodLogOptions {
    /// Reads the query. Throws 400 and 422.
    init(_ query: QueryParameters, now: Timestamp) throws(StatusBody) {
        self.init()
        follow = try query.flag("follow")
        previous = try query.flag("previous")
        timestamps = try query.flag("timestamps")
        tailLines = try query.integer("tailLines")
        limitBytes = try query.integer("limitBytes")
        let sinceSeconds = try query.integer("sinceSeconds")
        for (field, value, least) in [
            ("tailLines", tailLines, 0), ("limitBytes", limitBytes, 1), ("sinceSeconds", sinceSeconds, 1),
        ] {
            guard let value, value < least else { continue }
            let problem = "must be greater than " + (least == 0 ? "or equal to 0" : "0")
            throw .invalidOption(.invalid(FieldPath(field), value, problem), of: "PodLogOptions")
        }
        if let sinceSeconds { since = now - .seconds(sinceSeconds) }
        if let text = query["sinceTime"], !text.isEmpty {
            guard let time = Timestamp(text) else { throw .badRequest("sinceTime: \"\(text)\" is not a time") }
            since = time
        }
    }
}

/// Why there is no log.
package struct PodLogError: Error, Sendable, Hashable, CustomStringConvertible {
    /// HTTP status, 400...599.
    package var code: Int
    /// Reason of the Status, such as `BadRequest`.
    package var reason: String
    /// What is said to the client.
    package var message: String

    /// A failure.
    package init(code: Int, reason: String, message: String) {
        self.code = code
        self.reason = reason
        self.message = message
    }

    package var description: String { message }
}

extension ContainerLogReference {
    /// Why there can be no log yet, as the pod's status tells.
    ///
    /// Source: pkg/kubelet/kubelet_pods.go validateContainerLogStatus.
    func problem(in pod: JSONView, previous: Bool) -> StatusBody? {
        let lists = ["initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses"]
        let status = lists.lazy.compactMap { list in
            pod[path: "status", list]?.elements.first { $0["name"]?.string == container }
        }.first
        guard let status else { return nil }
        let name = "container \"\(container)\" in pod \"\(podName)\""
        let hasEnded = status[path: "lastState", "terminated"] != nil
        if previous { return hasEnded ? nil : .badRequest("previous terminated \(name) not found") }
        guard let waiting = status[path: "state", "waiting"], !hasEnded else { return nil }
        return .badRequest("\(name) is waiting to start: \(waiting["reason"]?.string ?? "ContainerCreating")")
    }

    /// The container that a log request means. Throws 400. Source: pkg/registry/core/pod/strategy.go LogLocation.
    static func choose(in pod: JSONView, named wanted: String?) throws(StatusBody) -> ContainerLogReference {
        let view = Pod(json: pod)
        let names = ["initContainers", "containers", "ephemeralContainers"].map { list in
            pod[path: "spec", list]?.elements.compactMap { $0["name"]?.string } ?? []
        }
        let all = names.flatMap { $0 }
        let container: String
        if let wanted, !wanted.isEmpty {
            guard all.contains(wanted) else {
                throw .badRequest("container \(wanted) is not valid for pod \(view.name)")
            }
            container = wanted
        } else if let preferred = pod[
            path: "metadata", "annotations", "kubectl.kubernetes.io/default-container"]?.string, all.contains(preferred)
        {
            container = preferred
        } else if names[1].count == 1, let only = names[1].first {
            container = only
        } else {
            throw .badRequest(
                "a container name must be specified for pod \(view.name), choose one of: [\(names[1].joined(separator: " "))]"
                    + (names[0].isEmpty
                        ? "" : " or one of the init containers: [\(names[0].joined(separator: " "))]"))
        }
        return ContainerLogReference(
            namespace: view.namespace ?? "", podName: view.name, podUID: view.metadata.uid,
            nodeName: pod[path: "spec", "nodeName"]?.string ?? "", container: container)
    }
}
