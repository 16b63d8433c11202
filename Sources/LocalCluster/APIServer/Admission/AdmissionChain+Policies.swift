import JSON
import KubernetesModel

extension AdmissionChain {
    /// Codes of the reasons that a validation may give.
    private static let codes = ["Forbidden": 403, "Invalid": 422, "RequestEntityTooLarge": 413, "Unauthorized": 401]

    /// Throws what the first policy with the action Deny refuses with; warns where the action is Warn.
    func checkPolicies(_ attributes: AdmissionAttributes) throws(StatusBody) {
        guard attributes.definition.group != "admissionregistration.k8s.io" else { return }
        let policies = policies()
        if policies.isEmpty { return }
        let namespace = namespaceObject(attributes)?.json
        let equivalents = equivalents(of: attributes.definition)
        for policy in policies {
            guard
                let version = policy.wantedVersion(attributes, equivalents: equivalents, namespace: namespace),
                let request = try? attributes.review(uid: "", as: version).document().root
            else { continue }
            var parameters: JSONView?
            if let wanted = policy.parameters {
                parameters = find(wanted, attributes)
                if parameters == nil {
                    if wanted.mayBeMissing { continue }
                    throw refusal(
                        of: policy,
                        .init(
                            message: "no params found for policy binding with `Deny` parameterNotFoundAction",
                            reason: "Invalid"),
                        attributes)
                }
            }
            for failure in policy.failures(request, namespace: namespace, parameters: parameters) {
                if policy.actions.contains("Deny") { throw refusal(of: policy, failure, attributes) }
                guard policy.actions.contains("Warn") else { continue }
                attributes.warnings.add(
                    "Validation failed for ValidatingAdmissionPolicy '\(policy.name)' with binding "
                        + "'\(policy.bindingName)': \(failure.message)")
            }
        }
    }

    private func refusal(
        of policy: AdmissionPolicy, _ failure: AdmissionPolicy.Failure, _ attributes: AdmissionAttributes
    ) -> StatusBody {
        let message =
            "ValidatingAdmissionPolicy '\(policy.name)' with binding '\(policy.bindingName)' denied request: "
            + failure.message
        var error = StatusBody.forbidden(attributes.definition.groupResource, name: attributes.name, message)
        error.reason = failure.reason
        error.code = Self.codes[failure.reason] ?? 422
        error.details?.causes = [.init(field: "", reason: "", message: message)]
        return error
    }

    private func find(_ parameters: PolicyParameters, _ attributes: AdmissionAttributes) -> JSONView? {
        guard let definition = registry.catalog.find(apiVersion: parameters.apiVersion, kind: parameters.kind) else {
            return nil
        }
        let namespace = definition.isNamespaced ? parameters.namespace ?? attributes.namespace : nil
        return store.get(definition.storage, ObjectKey(namespace: namespace, name: parameters.name))?.json
    }
}
