package import JSON
package import KubernetesClient
package import KubernetesModel
package import Placement

/// The extender's calls over the Kubernetes client. None of them retries: the scheduler and the planner come again.
package struct KubernetesClusterAPI: ClusterAPI {
    private let client: KubernetesClient
    private let events: EventRecorder
    /// The deadline of a call; below the scheduler's own of 5 seconds.
    private static let deadline = Duration.seconds(4)

    /// The calls of `client`; events go through `events`.
    package init(client: KubernetesClient, events: EventRecorder) {
        self.client = client
        self.events = events
    }

    /// See ``ClusterAPI/pod(_:)``.
    package func pod(_ key: ObjectKey) async throws(APIFailure) -> PodProjection? {
        do throws(APIError) {
            return PodProjection(Pod(try await client.get(.pods, key, timeout: Self.deadline)))
        } catch {
            if error.isNotFound { return nil }
            throw APIFailure(error)
        }
    }

    /// See ``ClusterAPI/bind(_:_:)``.
    package func bind(_ key: ObjectKey, _ binding: JSONValue) async throws(APIFailure) {
        do throws(APIError) {
            _ = try await client.createSubresource(
                .pods, key, "binding", binding, options: WriteOptions(timeout: Self.deadline))
        } catch {
            throw APIFailure(error)
        }
    }

    /// See ``ClusterAPI/patch(_:_:)``.
    package func patch(_ key: ObjectKey, _ patch: JSONPatch) async throws(APIFailure) {
        do throws(APIError) {
            let options = WriteOptions(fieldManager: "kubedl-extender", timeout: Self.deadline)
            _ = try await client.patch(.pods, key, .json(patch), options: options)
        } catch {
            throw APIFailure(error)
        }
    }

    /// See ``ClusterAPI/patchStatus(_:_:)``.
    package func patchStatus(_ key: ObjectKey, _ change: JSONValue) async throws(APIFailure) {
        do throws(APIError) {
            let options = WriteOptions(fieldManager: "kubedl-extender", timeout: Self.deadline)
            _ = try await client.patch(.pods, key, .strategic(change), subresource: "status", options: options)
        } catch {
            throw APIFailure(error)
        }
    }

    /// See ``ClusterAPI/warn(_:reason:message:)``.
    package func warn(_ object: ObjectReference, reason: String, message: String) async {
        await events.record(on: object, type: .warning, reason: reason, message: message)
    }
}

extension APIFailure {
    fileprivate init(_ error: APIError) {
        let kind: Kind =
            if error.isNotFound {
                .notFound
            } else if error.isConflict || error.isInvalid {
                .conflict
            } else if let status = error.httpStatus, status < 500, status != 429 {
                .refused
            } else {
                .unclear
            }
        self.init(kind, error.message)
    }
}
