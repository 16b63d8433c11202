import APIMachinery
import JSON
import KubernetesModel

extension APICore {
    /// The formats of PATCH bodies.
    private enum PatchFormat {
        case json(JSONPatch)
        case merge(JSONValue)
        case strategic(JSONValue)
        case apply(JSONValue)
    }

    /// PATCH in its four formats. The flag tells that the object was made (by server-side apply).
    func patch(_ context: RequestContext) async throws(StatusBody) -> (object: JSONValue, wasCreated: Bool) {
        let format = try readPatch(context)
        if case .apply(let applied) = format { return try await apply(applied, context) }
        if context.write.force != nil {
            throw .invalidOption(
                .forbidden(FieldPath("force"), "may not be specified for non-apply patch"), of: "PatchOptions")
        }
        var context = context
        context.namesVersion = bodyNamesVersion(format)
        let settled = context
        let object = try await change(context) { old throws(StatusBody) in
            let shown = self.served(old, as: settled.definition)
            var changed = try self.applied(format, to: shown, settled.definition)
            try ObjectDecoding.checkType(&changed, settled.definition)
            try ObjectDecoding.checkName(changed, settled)
            changed = self.stored(changed, of: settled.definition)
            let patched = changed
            // What a strategic merge makes is a Go map.
            let text = { if case .strategic = format { patched.goText } else { patched.text } }
            let unknown: [String]
            do throws(StatusBody) {
                unknown = try ObjectDecoding.complete(&changed, settled.definition)
            } catch {
                throw ObjectDecoding.refusedPatch(text(), error.message)
            }
            try ObjectDecoding.reportUnknown(unknown, in: settled, patched: text)
            return changed
        }
        return (object, false)
    }

    private func readPatch(_ context: RequestContext) throws(StatusBody) -> PatchFormat {
        let type = context.contentType.map { MediaType($0).name } ?? ""
        switch type {
        case "application/json-patch+json":
            let value = try RequestBody.json(context.body)
            // Source: k8s.io/apiserver pkg/endpoints/handlers/patch.go.
            let most = JSONPatch.Limits.default.operations
            guard value.count <= most else {
                throw .tooLarge(
                    "The allowed maximum operations in a JSON patch is \(most), got \(value.count)")
            }
            do {
                return .json(try JSONPatch(try value.document().root))
            } catch {
                throw .badRequest("error decoding patch: \(error)")
            }
        case "application/merge-patch+json":
            return .merge(try RequestBody.object(context.body, contentType: "application/json"))
        case "application/strategic-merge-patch+json":
            guard context.definition.custom == nil else { throw .unreadableBody(accepted: patchTypes(context)) }
            return .strategic(try RequestBody.object(context.body, contentType: "application/json"))
        case "application/apply-patch+yaml":
            return .apply(try RequestBody.object(context.body, contentType: context.contentType))
        default: throw .unreadableBody(accepted: patchTypes(context))
        }
    }

    private func patchTypes(_ context: RequestContext) -> [String] {
        ["application/json-patch+json", "application/merge-patch+json", "application/apply-patch+yaml"]
            + (context.definition.custom == nil ? ["application/strategic-merge-patch+json"] : [])
    }

    private func bodyNamesVersion(_ format: PatchFormat) -> Bool {
        switch format {
        case .merge(let patch), .strategic(let patch), .apply(let patch):
            !(patch[path: "metadata", "resourceVersion"]?.string ?? "").isEmpty
        case .json(let patch): patch.json.text.contains("/metadata/resourceVersion")
        }
    }

    private func applied(
        _ format: PatchFormat, to old: JSONValue, _ definition: ResourceDefinition
    ) throws(StatusBody) -> JSONValue {
        let changed: JSONValue
        switch format {
        case .json(let patch):
            do {
                changed = try patch.apply(to: old)
            } catch {
                throw StatusBody(
                    code: 422, reason: "Invalid",
                    message: "the server rejected our request due to an error in our request", details: .init())
            }
        case .merge(let patch): changed = JSONMergePatch.apply(patch, to: old)
        case .strategic(let patch):
            changed = try StrategicMergePatch.apply(patch, to: old, schema: definition.mergeSchema)
        case .apply: changed = old
        }
        guard changed.kind == .object else { throw .badRequest("the patched value is not an object") }
        do { return JSONValue(try changed.document(limits: RequestBody.limits)) } catch {
            throw .badRequest("the patched value is not an object that can be stored: \(error)")
        }
    }

    // MARK: Server-side apply

    private func apply(
        _ applied: JSONValue, _ context: RequestContext
    ) async throws(StatusBody) -> (object: JSONValue, wasCreated: Bool) {
        guard context.write.fieldManager != nil else {
            throw .invalidOption(
                .required(FieldPath("fieldManager"), "is required for apply patch"), of: "PatchOptions")
        }
        var applied = applied
        try checkApplied(&applied, context)
        if store.get(context.definition.storage, context.key) == nil, context.path.subresource == nil {
            do {
                return (try await createApplied(applied, context), true)
            } catch {
                guard error.reason == "AlreadyExists" else { throw error }
            }
        }
        var context = context
        context.namesVersion = bodyNamesVersion(.apply(applied))
        let (settled, configuration) = (context, applied)
        let object = try await change(context, isApply: true) { old throws(StatusBody) in
            var merged = try ServerSideApply.apply(
                configuration, to: old, manager: self.manager(settled), force: settled.write.force ?? false,
                schema: settled.definition.mergeSchema)
            _ = try ObjectDecoding.complete(&merged, settled.definition)
            return merged
        }
        return (object, false)
    }

    private func checkApplied(_ applied: inout JSONValue, _ context: RequestContext) throws(StatusBody) {
        let definition = context.definition
        guard applied["apiVersion"] != nil, applied["kind"] != nil else {
            throw .badRequest("the applied object must have apiVersion and kind")
        }
        try ObjectDecoding.checkType(&applied, definition)
        try ObjectDecoding.checkNamespace(applied, context.path, definition)
        guard applied.metadataName.isEmpty || applied.metadataName == context.name else {
            throw .badRequest(
                "the name of the object (\(applied.metadataName)) does not match the name on the URL (\(context.name))")
        }
        if !(applied[path: "metadata", "managedFields"]?.isEmpty ?? true) {
            throw .badRequest("metadata.managedFields must be nil")
        }
        applied[path: ["metadata", "name"]] = JSONValue(context.name)
        if definition.isNamespaced {
            applied[path: ["metadata", "namespace"]] = context.path.namespace.map { JSONValue($0) }
        }
        applied = stored(applied, of: definition)
        SubresourceScope.restrict(&applied, context)
        definition.behavior.normalize(&applied)
        if let problem = ObjectDecoding.fieldCheck(applied, definition)?.untyped {
            throw ServerSideApply.untyped(applied, [problem])
        }
        var completed = applied
        let unknown = try ObjectDecoding.complete(&completed, definition).map { ".\($0): field not declared in schema" }
        guard unknown.isEmpty else { throw ServerSideApply.untyped(applied, unknown) }
    }

    private func createApplied(_ applied: JSONValue, _ context: RequestContext) async throws(StatusBody) -> JSONValue {
        let merged = try ServerSideApply.apply(
            applied, to: nil, manager: manager(context), force: context.write.force ?? false,
            schema: context.definition.mergeSchema)
        var creation = context
        creation.isApply = true
        return try await create(creation, served(merged, as: context.definition))
    }

    private func manager(_ context: RequestContext) -> FieldManager {
        FieldManager(
            name: context.fieldManager, apiVersion: context.definition.storageAPIVersion,
            subresource: context.path.subresource ?? "", now: clock())
    }
}
