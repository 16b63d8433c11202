import JSON
import KubernetesModel

extension APICore {
    /// PUT: replaces an object, or its status. The flag tells that the object was made.
    func update(_ context: RequestContext) async throws(StatusBody) -> (object: JSONValue, wasCreated: Bool) {
        var given = try RequestBody.object(context.body, contentType: context.contentType)
        let definition = context.definition
        if definition.isCreatedByUpdate, context.path.subresource == nil,
            store.get(definition.storage, context.key) == nil
        {
            try ObjectDecoding.checkName(given, context)
            return (try await create(context, given), true)
        }
        try ObjectDecoding.reportDuplicates(&given, in: context)
        try ObjectDecoding.checkType(&given, definition)
        try ObjectDecoding.checkNamespace(given, context.path, definition)
        if given.metadataName.isEmpty { given[path: ["metadata", "name"]] = JSONValue(context.name) }
        try ObjectDecoding.checkName(given, context)
        given = stored(given, of: definition)
        try ObjectDecoding.reportUnknown(try ObjectDecoding.complete(&given, definition), in: context)
        let mustNameVersion =
            definition.custom != nil && (given[path: "metadata", "resourceVersion"]?.string ?? "").isEmpty
        if mustNameVersion {
            throw .invalid(
                definition, name: context.name,
                [.invalid(FieldPath("metadata", "resourceVersion"), json: 0, "must be specified for an update")])
        }
        let object = given
        return (try await change(context) { _ in object }, false)
    }

    /// Reads, changes, admits, validates and writes an object; again from the start if another write came between.
    ///
    /// `transform` gets the stored object and answers the wished one. Throws 404, 409, 422, and what admission says.
    func change(
        _ context: RequestContext, isApply: Bool = false,
        _ transform: (JSONValue) throws(StatusBody) -> JSONValue
    ) async throws(StatusBody) -> JSONValue {
        for _ in 0..<10 {
            let current = try current(context)
            let old = current.value
            var wished = try transform(old)
            let namesVersion = try checkPreconditions(wished, current, context)
            SubresourceScope.restrict(&wished, context, from: old)
            if !isApply { wished = recorded(from: old, to: wished, context) }
            var object = try await admission.mutate(attributes(context, .update, object: wished, old: old))
            object = stored(object, of: context.definition)
            _ = try ObjectDecoding.complete(&object, context.definition)
            try merge(&object, with: old, context)
            try await admission.validate(attributes(context, .update, object: object, old: old))
            if context.write.isDryRun { return served(object, as: context.definition) }
            if let done = try commit(object, over: current, context.definition) {
                return served(done.value, as: context.definition)
            }
            if namesVersion { throw .conflict(context.definition.groupResource, name: context.name) }
        }
        throw .conflict(context.definition.groupResource, name: context.name)
    }

    /// Compares uid and resourceVersion of the wished object, if it has them. True if it named a version.
    private func checkPreconditions(
        _ wished: JSONValue, _ current: StoredObject, _ context: RequestContext
    ) throws(StatusBody) -> Bool {
        let resource = context.definition.groupResource
        if let uid = wished[path: "metadata", "uid"]?.string, !uid.isEmpty, uid != current.uid {
            throw .conflict(
                resource, name: context.name,
                "Precondition failed: UID in precondition: \(uid), UID in object meta: \(current.uid)")
        }
        guard let version = wished[path: "metadata", "resourceVersion"]?.string, !version.isEmpty, version != "0" else {
            return false
        }
        guard version == String(current.revision) else { throw .conflict(resource, name: context.name) }
        // A patch starts from the object as read and so carries its version without having named it.
        return context.path.name != nil && context.namesVersion
    }

    /// Keeps what the request may not change and checks the rest.
    private func merge(_ object: inout JSONValue, with old: JSONValue, _ context: RequestContext) throws(StatusBody) {
        let definition = context.definition
        let behavior = definition.behavior
        var errors = ObjectMetadataRules.validateUpdate(object, from: old)
        let isStatus = context.path.subresource == "status"
        let isMain = context.path.subresource == nil
        SubresourceScope.restrict(&object, context, from: old)
        ObjectMetadataRules.keepForUpdate(&object, from: old)
        if isMain {
            behavior.prepareForUpdate(&object, from: old)
            try assignNodePorts(&object, definition)
            ownedStatus(&object, definition)
        }
        if behavior.countsGeneration {
            ObjectMetadataRules.countGeneration(
                &object, from: old, statusCounts: definition.custom != nil && !definition.hasStatus)
        }
        errors += ObjectMetadataRules.validate(object, nameProblem: { _ in nil })
        if !isStatus || definition.custom != nil { errors += behavior.validateUpdate(object, from: old) }
        if !errors.isEmpty { throw .invalid(definition, name: context.name, errors) }
    }

    /// Writes a changed object, or removes it when it was only waiting for its last finalizer. Nil if it has
    /// changed since.
    func commit(
        _ object: JSONValue, over current: StoredObject, _ definition: ResourceDefinition
    ) throws(StatusBody) -> StoredObject? {
        if DeletionPlan.isFinished(object) {
            guard let gone = try store.remove(definition.storage, current.key, expected: current.revision, last: object)
            else { return nil }
            committed(definition.storage, removed: object)
            return gone
        }
        guard let done = try store.replace(definition.storage, current.key, object, expected: current.revision) else {
            return nil
        }
        if done.revision != current.revision { committed(definition.storage) }
        return done
    }
}
