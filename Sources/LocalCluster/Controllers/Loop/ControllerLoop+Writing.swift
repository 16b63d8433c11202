internal import JSON
internal import KubernetesClient
internal import KubernetesModel

extension ControllerLoop {
    /// Carries out changes in order; creations that stand together go in batches of 1, 2, 4 and so on, so that a
    /// refusal is met once and not a hundred times. Answers the root as it is then.
    ///
    /// Source: pkg/controller/replicaset/replica_set.go, `slowStartBatch`.
    func carryOut(
        _ changes: [Plan.Change], _ root: JSONDocument, _ key: ObjectKey
    ) async throws(APIError) -> JSONDocument {
        var current = root
        var rest = changes[...]
        var batch = 1
        while let change = rest.first {
            let creations = rest.prefix { if case .create = $0 { true } else { false } }.prefix(batch)
            if creations.isEmpty {
                if let changed = try await carryOut(change, root, key) { current = changed }
                rest = rest.dropFirst()
            } else {
                try await create(Array(creations), root, key)
                rest = rest.dropFirst(creations.count)
                batch *= 2
            }
        }
        return current
    }

    /// Writes a status that differs from the one that is there.
    func write(_ status: JSONValue?, _ root: JSONDocument, _ key: ObjectKey) async throws(APIError) {
        guard let status, root.root["status"].map({ JSONValue($0) }) ?? .object([]) != status else { return }
        var object = JSONValue(root.root)
        object["apiVersion"] = JSONValue(controller.root.apiVersion)
        object["kind"] = JSONValue(controller.root.kind)
        object["status"] = status
        note(try await client.replace(controller.root, key, object, subresource: "status"), controller.root, key)
    }

    private func create(
        _ changes: [Plan.Change], _ root: JSONDocument, _ key: ObjectKey
    ) async throws(APIError) {
        let failures = await withTaskGroup(of: APIError?.self) { group in
            for change in changes {
                group.addTask {
                    do throws(APIError) {
                        _ = try await self.carryOut(change, root, key)
                        return nil
                    } catch { return error }
                }
            }
            return await group.reduce(into: [APIError]()) { if let error = $1 { $0.append(error) } }
        }
        if let first = failures.first { throw first }
    }

    /// Carries out one change; answers the root if it was changed. What is gone already need not be changed.
    private func carryOut(
        _ change: Plan.Change, _ root: JSONDocument, _ key: ObjectKey
    ) async throws(APIError) -> JSONDocument? {
        switch change {
        case .create(let type, let object):
            do throws(APIError) {
                let made = try await client.create(type, namespace: key.namespace, object)
                note(made, type, key)
                await tell(root, type, .normal, "SuccessfulCreate", "Created pod: \(ObjectMeta(of: made.root).name)")
            } catch {
                await tell(root, type, .warning, "FailedCreate", "Error creating: \(error.reasonText)")
                throw error
            }
            return nil
        case .adopt(let type, let target, let patch):
            guard try await isStillThere(root, key) else { return nil }
            return try await carryOut(.merge(type, target, patch), root, key)
        case .merge(let type, let target, let patch):
            return try await self.patch(type, target, .merge(patch), key)
        case .status(let type, let target, let patch):
            return try await self.patch(type, target, .strategic(patch), subresource: "status", key)
        case .discard(let type, let target, let uid, let seconds):
            do throws(APIError) {
                let options = DeleteOptions(uid: uid, gracePeriodSeconds: seconds)
                note(try await client.delete(type, target, options: options), type, key)
            } catch {
                if !error.isNotFound { throw error }
            }
            return nil
        case .folder(let path, let isWanted):
            do throws(VolumeFolder.Problem) {
                try await VolumeFolder(path: path).set(isWanted: isWanted)
            } catch { throw APIError(message: error.description, retry: .backoff) }
            return nil
        case .delete(let type, let target, let uid, let propagation):
            do throws(APIError) {
                note(
                    try await client.delete(type, target, options: .init(uid: uid, propagation: propagation)), type,
                    key)
                await tell(root, type, .normal, "SuccessfulDelete", "Deleted pod: \(target.name)")
            } catch {
                if error.isNotFound { return nil }
                await tell(root, type, .warning, "FailedDelete", "Error deleting: \(error.reasonText)")
                throw error
            }
            return nil
        }
    }

    /// Asks the server itself. Source: pkg/controller/controller_ref_manager.go, `RecheckDeletionTimestamp`.
    private func isStillThere(_ root: JSONDocument, _ key: ObjectKey) async throws(APIError) -> Bool {
        do throws(APIError) {
            let metadata = ObjectMeta(of: try await client.get(controller.root, key).root)
            return metadata.uid == ObjectMeta(of: root.root).uid && !metadata.isDeleting
        } catch {
            if error.isNotFound { return false }
            throw error
        }
    }

    private func patch(
        _ type: ResourceType, _ target: ObjectKey, _ patch: Patch, subresource: String? = nil, _ key: ObjectKey
    ) async throws(APIError) -> JSONDocument? {
        do throws(APIError) {
            let changed = try await client.patch(type, target, patch, subresource: subresource)
            note(changed, type, key)
            return type == controller.root && target == key ? changed : nil
        } catch {
            if error.isNotFound { return nil }
            throw error
        }
    }

    /// Tells what became of a pod. Source: pkg/controller/controller_utils.go, `RealPodControl`.
    private func tell(
        _ root: JSONDocument, _ type: ResourceType, _ kind: EventRecorder.Kind, _ reason: String, _ message: String
    ) async {
        guard type == .pods else { return }
        await recorder.record(on: reference(of: root.root), type: kind, reason: reason, message: message)
    }
}

extension APIError {
    /// What the server said, without the request.
    var reasonText: String { status?.message ?? message }
}
