import JSON
import KubernetesModel

extension APICore {
    /// DELETE of one object. Answers a Status when it is gone, else the object that is on its way.
    func delete(_ context: RequestContext) async throws(StatusBody) -> JSONValue {
        let options = try deletionOptions(context)
        return try await delete(context, options)
    }

    func deletionOptions(_ context: RequestContext) throws(StatusBody) -> DeletionOptions {
        var body: JSONValue?
        if !context.body.isEmpty { body = try RequestBody.object(context.body, contentType: context.contentType) }
        if let kind = body?["kind"]?.string, kind != "DeleteOptions" {
            throw .badRequest("a deletion takes a body of kind DeleteOptions, not \(kind)")
        }
        return try DeletionOptions(body: body, query: context.query)
    }

    func delete(_ context: RequestContext, _ options: DeletionOptions) async throws(StatusBody) -> JSONValue {
        let definition = context.definition
        for _ in 0..<10 {
            let current = try current(context)
            if definition.storage == .namespaces, ["default", "kube-system", "kube-public"].contains(context.name) {
                throw .forbidden(.namespaces, name: context.name, "this namespace may not be deleted")
            }
            try check(options, current, context)
            var admitted = context
            admitted.write.isDryRun = options.isDryRun
            let attributes = attributes(admitted, .delete, object: nil, old: current.value, options: options.json)
            _ = try await admission.mutate(attributes)
            try await admission.validate(attributes)
            switch DeletionPlan.make(for: current.value, resource: definition.storage, options: options, now: clock()) {
            case .unchanged: return served(current.value, as: definition)
            case .remove:
                if options.isDryRun { return deleted(current, context) }
                guard let gone = try store.remove(definition.storage, current.key, expected: current.revision) else {
                    continue
                }
                committed(definition.storage, removed: gone.value)
                return definition.storage == .pods ? served(gone.value, as: definition) : deleted(current, context)
            case .mark(let marked):
                if options.isDryRun { return served(marked, as: definition) }
                guard
                    let done = try store.replace(definition.storage, current.key, marked, expected: current.revision)
                else { continue }
                committed(definition.storage)
                return served(done.value, as: definition)
            }
        }
        throw .conflict(definition.groupResource, name: context.name)
    }

    private func check(
        _ options: DeletionOptions, _ current: StoredObject, _ context: RequestContext
    ) throws(StatusBody) {
        let resource = context.definition.groupResource
        if let uid = options.uid, uid != current.uid {
            throw .conflict(
                resource, name: context.name,
                "the UID in the precondition (\(uid)) does not match the UID in record (\(current.uid)). "
                    + "The object might have been deleted and then recreated")
        }
        if let version = options.resourceVersion, version != String(current.revision) {
            throw .conflict(
                resource, name: context.name,
                "the ResourceVersion in the precondition (\(version)) does not match the ResourceVersion in record "
                    + "(\(current.revision)). The object might have been modified")
        }
    }

    private func deleted(_ object: StoredObject, _ context: RequestContext) -> JSONValue {
        let definition = context.definition
        return StatusBody(
            code: 200, reason: "", message: "",
            details: .init(
                name: object.key.name, group: definition.group, kind: definition.plural, uid: object.uid)
        ).value
    }

    /// DELETE of a collection: every object that the selectors match. Answers the list of them.
    func deleteCollection(_ context: RequestContext) async throws(StatusBody) -> JSONValue {
        let options = try deletionOptions(context)
        let selection = try ListSelection(context)
        let objects = store.list(context.definition.storage, namespace: context.key.namespace).objects
            .filter { selection.matches($0.json) }
        for object in objects {
            var one = context
            one.path.namespace = object.key.namespace
            one.path.name = object.key.name
            do {
                _ = try await delete(one, options)
            } catch {
                guard error.code == 404 else { throw error }
            }
        }
        return listBody(objects.map(\.json), revision: store.revision, context)
    }
}
