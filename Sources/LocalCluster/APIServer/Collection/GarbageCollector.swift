import JSON
import KubernetesModel
import Logging

/// Finishes deletions in the background: dependents of gone owners, foreground and orphan deletion,
/// namespaces, definitions.
///
/// It only looks at objects whose deletion or owners changed.
///
/// Source: pkg/controller/garbagecollector, pkg/controller/namespace.
struct GarbageCollector: Sendable {
    let core: APICore
    let logger: Logger

    /// Works until cancelled.
    func run() async {
        for await _ in core.store.wakeUps(for: nil) {
            if Task.isCancelled { return }
            await collect()
            // What had to be put back is tried again, also if nothing else happens.
            while core.store.hasCollectable, (try? await Task.sleep(for: .milliseconds(500))) != nil {
                await collect()
            }
        }
    }

    /// Handles all that is to be collected now.
    func collect() async {
        for id in core.store.takeCollectable() {
            do {
                try await handle(id)
            } catch {
                logger.debug(
                    "collection will be tried again", metadata: ["object": "\(id.key)", "reason": "\(error)"])
                if error.code != 404 { core.store.markCollectable(id) }
            }
        }
    }

    private func handle(_ id: ObjectID) async throws(StatusBody) {
        guard let object = core.store.get(id.resource, id.key) else { return }
        if object.isTerminating {
            if id.resource == .namespaces { return try await emptyNamespace(object) }
            if object.finalizers.contains(CustomResourceDefinitionBehavior.cleanupFinalizer) {
                return try await emptyDefinition(id, object)
            }
            if object.finalizers.contains(DeletionPlan.orphanFinalizer) { return try orphanDependents(id, object) }
            if object.finalizers.contains(DeletionPlan.foregroundFinalizer) {
                return try await deleteInForeground(id, object)
            }
            return
        }
        try await deleteIfOwnersGone(id, object)
    }

    // MARK: Owners

    private func deleteIfOwnersGone(_ id: ObjectID, _ object: StoredObject) async throws(StatusBody) {
        let owners = object.owners
        if owners.isEmpty { return }
        var (waiting, isKept) = (false, false)
        var gone: Set<String> = []
        for owner in owners {
            switch presence(of: owner, dependent: object) {
            case .present, .unknown: isKept = true
            case .deletingInForeground: waiting = true
            case .absent: gone.insert(owner.uid)
            }
        }
        if isKept { return try removeOwners(gone, from: id, object) }
        try await delete(id, object, waiting ? .foreground : .background)
    }

    /// Takes references to owners that are gone off an object that has others.
    private func removeOwners(_ gone: Set<String>, from id: ObjectID, _ object: StoredObject) throws(StatusBody) {
        guard !gone.isEmpty else { return }
        var value = object.value
        let left = (value[path: "metadata", "ownerReferences"]?.elements ?? [])
            .filter { !gone.contains($0["uid"]?.string ?? "") }
        value[path: ["metadata", "ownerReferences"]] = left.isEmpty ? JSONValue?.none : JSONValue(left)
        if try core.store.replace(id.resource, id.key, value, expected: object.revision) == nil {
            core.store.markCollectable(id)
        }
    }

    private enum Presence { case present, absent, deletingInForeground, unknown }

    private func presence(of owner: StoredOwner, dependent: StoredObject) -> Presence {
        guard let definition = core.registry.catalog.find(apiVersion: owner.apiVersion, kind: owner.kind) else {
            // A version that is no longer served, or a kind that was never there: real clusters keep the dependent too.
            return .unknown
        }
        guard let found = core.store.object(uid: owner.uid), found.id.resource == definition.storage,
            found.object.key.name == owner.name,
            found.object.key.namespace == nil || found.object.key.namespace == dependent.key.namespace
        else { return .absent }
        let isForeground =
            found.object.isTerminating && found.object.finalizers.contains(DeletionPlan.foregroundFinalizer)
        return isForeground ? .deletingInForeground : .present
    }

    private func orphanDependents(_ id: ObjectID, _ owner: StoredObject) throws(StatusBody) {
        for (dependentID, dependent) in core.store.dependents(of: owner.uid) {
            var value = dependent.value
            let left = (value[path: "metadata", "ownerReferences"]?.elements ?? [])
                .filter { $0["uid"]?.string != owner.uid }
            value[path: ["metadata", "ownerReferences"]] = left.isEmpty ? JSONValue?.none : JSONValue(left)
            let done = try core.store.replace(
                dependentID.resource, dependentID.key, value, expected: dependent.revision)
            if done == nil { return core.store.markCollectable(id) }
        }
        try release(id, owner, DeletionPlan.orphanFinalizer)
    }

    private func deleteInForeground(_ id: ObjectID, _ owner: StoredObject) async throws(StatusBody) {
        for (dependentID, dependent) in core.store.dependents(of: owner.uid) where !dependent.isTerminating {
            let others = dependent.owners.filter { $0.uid != owner.uid }
            let isKept = others.contains { other in
                if case .present = presence(of: other, dependent: dependent) { return true }
                return false
            }
            if !isKept { try await delete(dependentID, dependent, .foreground) }
        }
        let isBlocked = core.store.dependents(of: owner.uid).contains { _, dependent in
            dependent.owners.contains { $0.uid == owner.uid && $0.blocksOwnerDeletion }
        }
        if !isBlocked { try release(id, owner, DeletionPlan.foregroundFinalizer) }
    }

    /// Takes one finalizer away, and the object with it if that was the last thing it waited for.
    private func release(_ id: ObjectID, _ object: StoredObject, _ finalizer: String) throws(StatusBody) {
        guard let current = core.store.get(id.resource, id.key), current.uid == object.uid else { return }
        var value = current.value
        DeletionPlan.removeFinalizer(&value, finalizer)
        guard let definition = core.registry.catalog.find(storedAs: id.resource) else { return }
        if try core.commit(value, over: current, definition) == nil { core.store.markCollectable(id) }
    }

    private func delete(
        _ id: ObjectID, _ object: StoredObject, _ propagation: DeletionOptions.Propagation
    ) async throws(StatusBody) {
        guard let definition = core.registry.catalog.find(storedAs: id.resource) else { return }
        var options = DeletionOptions()
        options.propagation = propagation
        options.uid = object.uid
        _ = try await core.delete(.internalRequest(definition, id.key), options)
    }

    // MARK: Namespaces and definitions

    private func emptyNamespace(_ namespace: StoredObject) async throws(StatusBody) {
        let name = namespace.key.name
        for resource in core.store.resources(in: name) {
            for object in core.store.list(resource, namespace: name).objects where !object.isTerminating {
                try await delete(ObjectID(resource: resource, key: object.key), object, .background)
            }
        }
        try reportRemains(of: namespace)
        guard core.store.resources(in: name).isEmpty,
            let current = core.store.get(.namespaces, namespace.key), current.uid == namespace.uid,
            let definition = core.registry.catalog.find(storedAs: .namespaces)
        else { return }
        var value = current.value
        let left = (value[path: "spec", "finalizers"]?.strings ?? []).filter { $0 != "kubernetes" }
        value[path: ["spec", "finalizers"]] = left.isEmpty ? JSONValue?.none : JSONValue(left)
        if try core.commit(value, over: current, definition) == nil {
            core.store.markCollectable(ObjectID(resource: .namespaces, key: namespace.key))
        }
    }

    /// Says in the namespace's conditions what is left in it.
    ///
    /// Source: pkg/controller/namespace/deletion/status_condition_utils.go.
    private func reportRemains(of namespace: StoredObject) throws(StatusBody) {
        guard let current = core.store.get(.namespaces, namespace.key), current.uid == namespace.uid else { return }
        let remains = NamespaceRemains(of: namespace.key.name, in: core.store)
        if remains.isEmpty, current.json[path: "status", "conditions"] == nil { return }
        var value = current.value
        var status = value["status"] ?? .object([])
        for condition in remains.conditions { PodStatusRules.set(condition, in: &status, now: core.clock()) }
        value["status"] = status
        _ = try core.store.replace(.namespaces, namespace.key, value, expected: current.revision)
    }

    private func emptyDefinition(_ id: ObjectID, _ crd: StoredObject) async throws(StatusBody) {
        let resource = GroupResource(
            group: crd.json[path: "spec", "group"]?.string ?? "",
            plural: crd.json[path: "spec", "names", "plural"]?.string ?? "")
        for object in core.store.list(resource).objects where !object.isTerminating {
            try await delete(ObjectID(resource: resource, key: object.key), object, .background)
        }
        if core.store.list(resource).objects.isEmpty {
            try release(id, crd, CustomResourceDefinitionBehavior.cleanupFinalizer)
        } else {
            core.store.markCollectable(id)
        }
    }
}

extension RequestContext {
    /// A request of the server itself to one object.
    static func internalRequest(_ definition: ResourceDefinition, _ key: ObjectKey) -> RequestContext {
        RequestContext(
            path: ResourcePath(
                group: definition.group, version: definition.version, namespace: key.namespace,
                plural: definition.plural,
                name: key.name), definition: definition, query: QueryParameters([]), user: .server)
    }
}
