import JSON
import KubernetesClient
import KubernetesModel
import Logging
import Reconciliation
import Workloads

/// Applies plans: what pods need, creations side by side, then the one status write, then events, then deletions.
///
/// Every step can be repeated: a process that ends between two of them leaves nothing that the next pass cannot finish.
package struct JobApplier: Sendable {
    /// What came of applying a plan.
    package enum Outcome: Sendable, Hashable {
        /// All done.
        case done
        /// The job changed meanwhile: plan again from what it is now. Nothing to report.
        case conflict
        /// Something failed and was reported; try again later.
        case failed(APIError)
    }

    let cluster: any ClusterAccess
    let parallelWrites: Int
    let logger: Logger

    /// An applier from its parts.
    package init(cluster: any ClusterAccess, parallelWrites: Int, logger: Logger) {
        self.cluster = cluster
        self.parallelWrites = max(1, parallelWrites)
        self.logger = logger
    }

    /// Applies the plan for `job`. `stored` is told the job as it is after its status was written.
    package func apply(
        _ plan: JobPlan, to job: TrainingJob, stored: @Sendable (JSONDocument) -> Void
    ) async -> Outcome {
        var failure = await each(plan.companions) { await create($0, for: job) }
        if failure == nil { failure = await each(plan.creations) { await create($0, for: job) } }
        if let error = await each(plan.patches, { await patch($0, of: job) }) { failure = failure ?? error }
        if let status = plan.status {
            do {
                stored(try await write(status, to: job))
            } catch {
                if error.isConflict { return .conflict }
                // A job that is gone needs no status.
                if error.isNotFound { return .done }
                report("cannot write the job's status", error, job)
                return .failed(error)
            }
        }
        for event in plan.events { await record(event, on: job) }
        if let error = await each(plan.deletions, { await delete($0, of: job) }) { failure = failure ?? error }
        return failure.map(Outcome.failed) ?? .done
    }

    /// Works on several items at a time; answers the first failure, after all have been tried.
    private func each<Item: Sendable>(
        _ items: [Item], _ body: @escaping @Sendable (Item) async -> APIError?
    ) async -> APIError? {
        await withTaskGroup(of: APIError?.self) { group in
            var failure: APIError?
            var rest = items.makeIterator()
            for _ in 0..<parallelWrites {
                guard let item = rest.next() else { break }
                group.addTask { await body(item) }
            }
            for await error in group {
                failure = failure ?? error
                if let item = rest.next() { group.addTask { await body(item) } }
            }
            return failure
        }
    }

    private func create(_ creation: JobCreation, for job: TrainingJob) async -> APIError? {
        let type = creation.kind.resource
        let kind = creation.kind.rawValue
        do {
            try await cluster.create(type, namespace: job.metadata.namespace, creation.body)
        } catch {
            if error.isAlreadyExists { return await checkOwner(type, creation, job) }
            await event(
                on: job, isWarning: true, reason: "FailedCreate\(kind)",
                "cannot create \(kind.lowercased()) \(creation.name): \(error)")
            report("cannot create \(kind.lowercased())", error, job, child: creation.name)
            return error
        }
        logger.info("created", metadata: metadata(job, ["kind": "\(kind)", "name": "\(creation.name)"]))
        await event(on: job, reason: "SuccessfulCreate\(kind)", "created \(kind.lowercased()) \(creation.name)")
        return nil
    }

    /// An object of the name is there. When it is ours, the cache was behind and all is well.
    private func checkOwner(_ type: ResourceType, _ creation: JobCreation, _ job: TrainingJob) async -> APIError? {
        let key = ObjectKey(namespace: job.metadata.namespace, name: creation.name)
        let document: JSONDocument
        do {
            document = try await cluster.read(type, key)
        } catch {
            return error.isNotFound ? APIError(message: "\(key) has just gone", retry: .backoff) : error
        }
        let metadata = ObjectMeta(of: document.root)
        if metadata.controller?.uid == job.metadata.uid { return nil }
        let owner = metadata.controller.map { "\($0.kind) \($0.name) (\($0.uid))" } ?? "nobody"
        let kind = creation.kind.rawValue
        let message =
            "cannot create \(kind.lowercased()) \(creation.name): one of this name exists and belongs to \(owner). "
            + "Delete it, or give the job another name; trying again."
        await event(on: job, isWarning: true, reason: "FailedCreate\(kind)", message)
        return APIError(message: message, retry: .backoff)
    }

    private func patch(_ patch: ServicePatch, of job: TrainingJob) async -> APIError? {
        let key = ObjectKey(namespace: job.metadata.namespace, name: patch.name)
        do {
            _ = try await cluster.merge(.services, key, patch.patch, subresource: nil)
            logger.info("service leads to another port", metadata: metadata(job, ["name": "\(patch.name)"]))
            return nil
        } catch {
            if error.isNotFound || error.isConflict { return nil }
            report("cannot patch service", error, job, child: patch.name)
            return error
        }
    }

    /// The only status write. The resource version makes sure that it builds on what was planned from.
    private func write(_ status: JSONValue, to job: TrainingJob) async throws(APIError) -> JSONDocument {
        let before = job.status.map { JSONValue($0) } ?? .object([])
        let patch = JSONValue.object([
            ("metadata", .object([("resourceVersion", JSONValue(job.metadata.resourceVersion))])),
            ("status", JSONMergePatch.diff(from: before, to: status)),
        ])
        return try await cluster.merge(job.profile.resource, job.metadata.key, patch, subresource: "status")
    }

    private func delete(_ deletion: JobDeletion, of job: TrainingJob) async -> APIError? {
        let type: ResourceType =
            switch deletion.kind {
            case .pod: .pods
            case .service: .services
            case .job: job.profile.resource
            }
        let kind = deletion.kind.rawValue
        let key = ObjectKey(namespace: job.metadata.namespace, name: deletion.name)
        do {
            try await cluster.delete(type, key, uid: deletion.uid)
        } catch {
            // Gone, or another object by now: what was to go has gone.
            if error.isNotFound || error.isConflict { return nil }
            await event(
                on: job, isWarning: true, reason: "FailedDelete\(kind)",
                "cannot delete \(kind.lowercased()) \(deletion.name): \(error)")
            report("cannot delete \(kind.lowercased())", error, job, child: deletion.name)
            return error
        }
        logger.info("deleted", metadata: metadata(job, ["kind": "\(kind)", "name": "\(deletion.name)"]))
        await event(on: job, reason: "SuccessfulDelete\(kind)", "deleted \(kind.lowercased()) \(deletion.name)")
        return nil
    }

    private func record(_ event: PlannedEvent, on job: TrainingJob) async {
        await self.event(on: job, isWarning: event.isWarning, reason: event.reason, event.message)
    }

    private func event(on job: TrainingJob, isWarning: Bool = false, reason: String, _ message: String) async {
        await cluster.record(
            ObjectEvent(object: job.reference, isWarning: isWarning, reason: reason, message: message))
    }

    private func report(_ message: Logger.Message, _ error: APIError, _ job: TrainingJob, child: String? = nil) {
        var details: Logger.Metadata = ["error": "\(error)"]
        if let child { details["name"] = "\(child)" }
        logger.warning(message, metadata: metadata(job, details))
    }

    private func metadata(_ job: TrainingJob, _ more: Logger.Metadata) -> Logger.Metadata {
        more.merging(["job": "\(job.metadata.key)"]) { first, _ in first }
    }
}

extension TrainingJob {
    /// A reference to the job, for events.
    var reference: ObjectReference {
        ObjectReference(
            apiVersion: profile.resource.apiVersion, kind: profile.resource.kind, namespace: metadata.namespace,
            name: metadata.name, uid: metadata.uid, resourceVersion: metadata.resourceVersion)
    }
}
