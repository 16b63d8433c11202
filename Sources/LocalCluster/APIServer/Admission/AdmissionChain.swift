import JSON
import KubernetesModel
import Logging
import Synchronization

/// The webhooks of the stored configurations, called for every write.
///
/// Source: k8s.io/apiserver pkg/admission/plugin/webhook/{mutating,validating}/dispatcher.go.
final class AdmissionChain: Sendable {
    /// What was read from stored objects, until one of them changes.
    private struct Cache<Element: Sendable>: Sendable {
        var revisions: [UInt64] = []
        var elements: [Element] = []
    }

    let store: Store
    let registry: ResourceRegistry
    private let caller: WebhookCaller
    private let logger: Logger
    private let webhookCaches = Mutex<[GroupResource: Cache<AdmissionWebhook>]>([:])
    private let policyCache = Mutex(Cache<AdmissionPolicy>())

    init(store: Store, registry: ResourceRegistry, caller: WebhookCaller, logger: Logger) {
        self.store = store
        self.registry = registry
        self.caller = caller
        self.logger = logger
    }

    /// The object as the mutating webhooks leave it. Throws what they refuse with.
    func mutate(_ attributes: AdmissionAttributes) async throws(StatusBody) -> JSONValue {
        var attributes = attributes
        let webhooks = applicable(.mutatingWebhooks, attributes)
        var calledAt: [Int: Int] = [:]
        var changes = 0
        for (index, webhook) in webhooks.enumerated() {
            guard let changed = try await mutate(by: webhook, attributes) else { continue }
            if changed != attributes.object {
                changes += 1
                attributes.object = changed
            }
            calledAt[index] = changes
        }
        for (index, webhook) in webhooks.enumerated() where webhook.isReinvoked {
            guard let seen = calledAt[index], seen < changes else { continue }
            if let changed = try await mutate(by: webhook, attributes), changed != attributes.object {
                changes += 1
                attributes.object = changed
            }
        }
        return attributes.object ?? .null
    }

    /// The object as one webhook leaves it; nil if it was not called.
    private func mutate(
        by webhook: AdmissionWebhook, _ attributes: AdmissionAttributes
    ) async throws(StatusBody) -> JSONValue? {
        guard let answer = try await ask(webhook, attributes, isMutating: true) else { return nil }
        guard let object = attributes.object else { return .null }
        guard let patch = answer.patch else { return object }
        do {
            var changed = try patch.apply(to: object)
            changed["apiVersion"] = object["apiVersion"]
            if let problem = ObjectMetadataRules.typeProblem(changed) { throw WebhookFailure(problem) }
            return changed
        } catch {
            if webhook.ignoresFailure { return object }
            throw .internalError("webhook \"\(webhook.name)\": the patch cannot be applied: \(error)")
        }
    }

    /// Applies the policies, then asks all validating webhooks at once. Throws the first refusal in their order.
    func validate(_ attributes: AdmissionAttributes) async throws(StatusBody) {
        try checkPolicies(attributes)
        let webhooks = applicable(.validatingWebhooks, attributes)
        if webhooks.isEmpty { return }
        let refusals = await withTaskGroup(of: (Int, StatusBody?).self) { group in
            for (index, webhook) in webhooks.enumerated() {
                group.addTask {
                    do throws(StatusBody) {
                        _ = try await self.ask(webhook, attributes, isMutating: false)
                        return (index, nil)
                    } catch {
                        return (index, error)
                    }
                }
            }
            var found: [Int: StatusBody] = [:]
            for await (index, refusal) in group { found[index] = refusal }
            return found
        }
        if let first = refusals.min(by: { $0.key < $1.key }) { throw first.value }
    }

    /// Calls one webhook if it wants this write; nil if it does not, or failed and that is to be ignored.
    private func ask(
        _ webhook: AdmissionWebhook, _ attributes: AdmissionAttributes, isMutating: Bool
    ) async throws(StatusBody) -> WebhookAnswer? {
        let namespace = namespaceObject(attributes)
        guard
            let version = webhook.wantedVersion(
                attributes, equivalents: equivalents(of: attributes.definition), namespace: namespace?.json)
        else { return nil }
        var generator = SystemRandomNumberGenerator()
        let uid = ObjectMetadataRules.newUID(using: &generator)
        let request = attributes.review(uid: uid, as: version)
        guard try webhook.conditionsHold(request, namespace: namespace?.json) else { return nil }
        if attributes.isDryRun, !webhook.hasNoSideEffects {
            throw .badRequest("admission webhook \"\(webhook.name)\" does not support dry run")
        }
        let review: JSONValue = ["kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1", "request": request]
        let answer: WebhookAnswer
        do {
            let bytes = try await caller.call(webhook.client, review.bytes, timeoutSeconds: webhook.timeoutSeconds)
            answer = try WebhookAnswer(bytes, uid: uid, isMutating: isMutating)
        } catch {
            logger.warning(
                "calling a webhook failed",
                metadata: ["webhook": "\(webhook.name)", "reason": "\(error)", "ignored": "\(webhook.ignoresFailure)"])
            if webhook.ignoresFailure { return nil }
            throw .internalError("failed calling webhook \"\(webhook.name)\": \(error)")
        }
        for warning in answer.warnings { attributes.warnings.add(warning) }
        if !answer.isAllowed { throw answer.refusal(by: webhook.name) }
        return answer
    }

    /// The stored policies, each with each of its bindings, by the bindings' names.
    func policies() -> [AdmissionPolicy] {
        let bindings = store.list(.admissionPolicyBindings).objects
        if bindings.isEmpty { return [] }
        let policies = store.list(.admissionPolicies).objects
        let revisions = (bindings + policies).map(\.revision)
        let cached = policyCache.withLock { $0 }
        if cached.revisions == revisions { return cached.elements }
        let made = bindings.compactMap { binding -> AdmissionPolicy? in
            let name = binding.json[path: "spec", "policyName"]?.string
            return policies.first { $0.key.name == name }.map { AdmissionPolicy($0.json, binding: binding.json) }
        }
        policyCache.withLock { $0 = Cache(revisions: revisions, elements: made) }
        return made
    }

    func namespaceObject(_ attributes: AdmissionAttributes) -> StoredObject? {
        attributes.namespace.flatMap { store.get(.namespaces, ObjectKey(namespace: nil, name: $0)) }
    }

    func equivalents(of definition: ResourceDefinition) -> [ResourceDefinition] {
        guard definition.custom != nil else { return [] }
        return registry.catalog.definitions.filter {
            $0.storage == definition.storage && $0.apiVersion != definition.apiVersion
        }
    }

    /// The webhooks of all configurations of one kind, by the configurations' names; none for configurations
    /// themselves.
    private func applicable(_ kind: GroupResource, _ attributes: AdmissionAttributes) -> [AdmissionWebhook] {
        guard attributes.definition.storage != .mutatingWebhooks, attributes.definition.storage != .validatingWebhooks
        else { return [] }
        let configurations = store.list(kind).objects
        if configurations.isEmpty { return [] }
        let revisions = configurations.map(\.revision)
        if let cache = webhookCaches.withLock({ $0[kind] }), cache.revisions == revisions { return cache.elements }
        let webhooks = configurations.flatMap { configuration in
            configuration.json["webhooks"]?.elements.map { AdmissionWebhook($0) } ?? []
        }
        webhookCaches.withLock { $0[kind] = Cache(revisions: revisions, elements: webhooks) }
        return webhooks
    }
}
