import APIMachinery
import JSON
import KubernetesModel

extension APICore {
    /// Creates the object of a request's body, or `given`. Answers it as served.
    func create(_ context: RequestContext, _ given: JSONValue? = nil) async throws(StatusBody) -> JSONValue {
        let definition = context.definition
        var object: JSONValue
        if let given {
            object = given
        } else {
            object = try RequestBody.object(context.body, contentType: context.contentType)
        }
        try ObjectDecoding.reportDuplicates(&object, in: context)
        try ObjectDecoding.checkType(&object, definition)
        try ObjectDecoding.checkNamespace(object, context.path, definition)
        if definition.custom != nil, definition.hasStatus { object.remove("status") }
        if definition.isNamespaced {
            object[path: ["metadata", "namespace"]] = context.path.namespace.map { JSONValue($0) }
        }
        object = stored(object, of: definition)
        try ObjectDecoding.reportUnknown(try ObjectDecoding.complete(&object, definition), in: context)
        if let version = object[path: "metadata", "resourceVersion"]?.string, !version.isEmpty, version != "0" {
            throw .badRequest("resourceVersion should not be set on objects to be created")
        }
        try checkNamespaceAccepts(context, object)
        warnOfFinalizers(object, context)
        // Before admission, so that what admission adds belongs to no client.
        if !context.isApply { object = recorded(from: nil, to: object, context) }
        try builtInAdmission(&object, definition)
        let sent = object
        object = try await admission.mutate(attributes(context, .create, object: sent, old: nil))
        // Built-in plugins see what webhooks changed. Source: kubernetes.io, Dynamic Admission Control, reinvocation.
        if object != sent { try builtInAdmission(&object, definition) }
        object = stored(object, of: definition)
        _ = try ObjectDecoding.complete(&object, definition)
        return try await createAdmitted(object, context)
    }

    private func createAdmitted(_ admitted: JSONValue, _ context: RequestContext) async throws(StatusBody) -> JSONValue
    {
        let definition = context.definition
        let isNameGenerated = admitted.metadataName.isEmpty
        for attempt in 0..<8 {
            var object = admitted
            prepare(&object, definition, context)
            try validateNew(object, definition)
            let address = try assignAddress(&object, definition)
            do throws(StatusBody) {
                try await admission.validate(attributes(context, .create, object: object, old: nil))
                try ResourceQuotas(store: store).check(object, definition)
                let key = ObjectKey(
                    namespace: definition.isNamespaced ? context.path.namespace : nil, name: object.metadataName)
                if context.write.isDryRun {
                    if store.get(definition.storage, key) != nil {
                        throw StatusBody.alreadyExists(definition.storage, name: key.name)
                    }
                    if let address { addresses.release(address) }
                    return served(object, as: definition)
                }
                let made = try store.create(definition.storage, key, object)
                committed(definition.storage)
                return served(made.value, as: definition)
            } catch {
                if let address { addresses.release(address) }
                guard isNameGenerated, error.reason == "AlreadyExists", attempt < 7 else { throw error }
            }
        }
        throw .internalError("no free name was found")
    }

    private func prepare(_ object: inout JSONValue, _ definition: ResourceDefinition, _ context: RequestContext) {
        var generator = SystemRandomNumberGenerator()
        definition.behavior.prepareForCreate(&object)
        ObjectMetadataRules.fillForCreate(
            &object, uid: ObjectMetadataRules.newUID(using: &generator),
            suffix: ObjectMetadataRules.nameSuffix(using: &generator), now: clock(),
            namespace: definition.isNamespaced ? context.path.namespace : nil,
            countsGeneration: definition.behavior.countsGeneration)
        definition.behavior.setDefaults(&object)
        ownedStatus(&object, definition)
    }

    /// Status that this server keeps itself.
    func ownedStatus(_ object: inout JSONValue, _ definition: ResourceDefinition) {
        guard definition.storage == .customResourceDefinitions else { return }
        let name = object.metadataName
        let names = object[path: "spec", "names"]
        let group = object[path: "spec", "group"]?.string
        let conflict = store.list(definition.storage).objects.first { other in
            other.key.name != name && other.json[path: "spec", "group"]?.string == group
                && other.json[path: "status", "acceptedNames", "kind"]?.string == names?["kind"]?.string
        }
        CustomResourceDefinitionBehavior.setStatus(&object, conflict: conflict?.key.name, now: clock())
    }

    private func validateNew(_ object: JSONValue, _ definition: ResourceDefinition) throws(StatusBody) {
        let behavior = definition.behavior
        let errors =
            ObjectMetadataRules.validate(object, nameProblem: behavior.nameProblem)
            + ObjectMetadataRules.validateNew(object, isCustom: definition.custom != nil, behavior.nameProblem)
            + behavior.validate(object)
        if !errors.isEmpty { throw .invalid(definition, name: object.metadataName, errors) }
    }

    /// 404 for a namespace that is not there, 403 for one that is going.
    private func checkNamespaceAccepts(_ context: RequestContext, _ object: JSONValue) throws(StatusBody) {
        guard context.definition.isNamespaced, let namespace = context.path.namespace else { return }
        guard let found = store.get(.namespaces, ObjectKey(namespace: nil, name: namespace)) else {
            throw .notFound(.namespaces, name: namespace)
        }
        guard found.isTerminating else { return }
        var error = StatusBody.forbidden(
            context.definition.groupResource, name: object.metadataName,
            "unable to create new content in namespace \(namespace) because it is being terminated")
        error.details?.causes = [
            .init(
                field: "metadata.namespace", reason: "NamespaceTerminating",
                message: "namespace \(namespace) is being terminated")
        ]
        throw error
    }

    /// Source: apiextensions-apiserver pkg/registry/customresource/validator.go.
    private func warnOfFinalizers(_ object: JSONValue, _ context: RequestContext) {
        guard context.definition.custom != nil else { return }
        for finalizer in object[path: "metadata", "finalizers"]?.strings ?? []
        where !finalizer.contains("/") && finalizer != "orphan" && finalizer != "foregroundDeletion" {
            context.warnings.add(
                "metadata.finalizers: \"\(finalizer)\": prefer a domain-qualified finalizer name including a path (/) "
                    + "to avoid accidental conflicts with other finalizer writers")
        }
    }

    /// The plugins that run before webhooks and, when those changed something, again: service account, priority, default
    /// tolerations, storage.
    private func builtInAdmission(_ object: inout JSONValue, _ definition: ResourceDefinition) throws(StatusBody) {
        StorageAdmission.apply(
            to: &object, definition,
            classes: definition.plural == "persistentvolumeclaims"
                ? store.list(.storageClasses).objects.map(\.json) : [])
        guard definition.storage == .pods else { return }
        let classes = store.list(.priorityClasses).objects.map(\.json)
        try PodAdmission.apply(to: &object, priorityClasses: classes, tolerated: tolerated)
        // The account `default` may be still to come.
        let account = object[path: "spec", "serviceAccountName"]?.string ?? "default"
        let namespace = object.metadataNamespace ?? ""
        let found = store.get(.serviceAccounts, ObjectKey(namespace: namespace, name: account))
        var generator = SystemRandomNumberGenerator()
        PodAdmission.mountToken(
            in: &object, suffix: ObjectMetadataRules.nameSuffix(using: &generator),
            isWanted: found?.json["automountServiceAccountToken"]?.bool ?? true)
        if account != "default", found == nil {
            throw .forbidden(
                .pods, name: object.metadataName,
                "error looking up service account \(namespace)/\(account): serviceaccount \"\(account)\" not found")
        }
    }

    /// Gives a service its cluster address; answers one that is to be given back if the service is not made.
    private func assignAddress(_ object: inout JSONValue, _ definition: ResourceDefinition) throws(StatusBody)
        -> String?
    {
        guard definition.storage == .services, object[path: "spec", "type"]?.string != "ExternalName" else {
            return nil
        }
        try assignNodePorts(&object, definition)
        let wanted = object[path: "spec", "clusterIP"]?.string ?? ""
        let address: String
        switch wanted {
        case "None": address = "None"
        case "":
            guard let free = addresses.allocate() else {
                throw .internalError("failed to allocate a serviceIP: range is full")
            }
            address = free
        default:
            guard addresses.reserve(wanted) else {
                throw .invalid(
                    definition, name: object.metadataName,
                    [
                        .invalid(
                            FieldPath("spec", "clusterIPs"), json: [JSONValue(wanted)],
                            "failed to allocate IP \(wanted): "
                                + (addresses.contains(wanted)
                                    ? "provided IP is already allocated"
                                    : "the provided IP (\(wanted)) is not in the valid range"))
                    ])
            }
            address = wanted
        }
        object[path: ["spec", "clusterIP"]] = JSONValue(address)
        object[path: ["spec", "clusterIPs"]] = [JSONValue(address)]
        return address == "None" ? nil : address
    }

    /// Gives a service its ports on the nodes where its type wants some.
    func assignNodePorts(_ object: inout JSONValue, _ definition: ResourceDefinition) throws(StatusBody) {
        guard definition.storage == .services else { return }
        let own = ObjectKey(namespace: object.metadataNamespace, name: object.metadataName)
        let others = store.list(.services).objects.filter { $0.key != own }.map(\.json)
        try NodePorts.assign(&object, others: others, definition)
    }

    /// The object with `metadata.managedFields` brought up to date.
    func recorded(
        from old: JSONValue?, to new: JSONValue, _ context: RequestContext
    ) -> JSONValue {
        ServerSideApply.recordUpdate(
            from: old, to: new,
            manager: FieldManager(
                name: context.fieldManager, apiVersion: context.definition.storageAPIVersion,
                subresource: context.path.subresource ?? "", now: clock()),
            schema: context.definition.mergeSchema)
    }

    func attributes(
        _ context: RequestContext, _ operation: AdmissionOperation, object: JSONValue?, old: JSONValue?,
        options: JSONValue? = nil
    ) -> AdmissionAttributes {
        AdmissionAttributes(
            operation: operation, definition: context.definition, subresource: context.path.subresource ?? "",
            namespace: context.definition.isNamespaced ? context.path.namespace : nil,
            name: context.path.name ?? object?.metadataName ?? "",
            object: object.map { served($0, as: context.definition) },
            oldObject: old.map { served($0, as: context.definition) },
            options: options ?? operation.options(context), user: context.user, isDryRun: context.write.isDryRun,
            warnings: context.warnings)
    }
}

extension ResourceDefinition {
    /// How fields of this kind merge.
    var mergeSchema: MergeSchema {
        if let custom { return MergeSchema(custom.schema) }
        return .core(
            ResourceType(group: group, version: version, plural: plural, kind: kind, isNamespaced: isNamespaced))
    }
}
