import JSON
import KubernetesModel

extension APICore {
    /// POST pods/NAME/binding.
    func bind(_ context: RequestContext) async throws(StatusBody) -> JSONValue {
        let binding = try RequestBody.object(context.body, contentType: context.contentType)
        guard binding["kind"]?.string ?? "Binding" == "Binding" else {
            throw .badRequest("a binding takes a body of kind Binding")
        }
        if let name = binding[path: "metadata", "name"]?.string, !name.isEmpty, name != context.name {
            throw .badRequest("name in URL does not match name in Binding object")
        }
        for _ in 0..<10 {
            let current = try current(context)
            let old = current.value
            let bound = recorded(from: old, to: try PodBinding.bound(old, by: binding, now: clock()), context)
            let attributes = attributes(context, .create, object: binding, old: nil)
            try await admission.validate(attributes)
            if context.write.isDryRun { break }
            if try store.replace(.pods, current.key, bound, expected: current.revision) != nil { break }
        }
        return StatusBody(code: 201, reason: "", message: "").value
    }

    /// POST pods/NAME/eviction: a deletion that disruption budgets can hold back.
    func evict(_ context: RequestContext) async throws(StatusBody) -> JSONValue {
        let eviction = try RequestBody.object(context.body, contentType: context.contentType)
        guard eviction["kind"]?.string ?? "Eviction" == "Eviction" else {
            throw .badRequest("an eviction takes a body of kind Eviction")
        }
        if let name = eviction[path: "metadata", "name"]?.string, !name.isEmpty, name != context.name {
            throw .badRequest("name in URL does not match name in Eviction object")
        }
        let pod = try current(context)
        let phase = pod.json[path: "status", "phase"]?.string
        if phase == "Running" { try checkBudgets(pod) }
        let options = try DeletionOptions(body: eviction["deleteOptions"], query: context.query)
        var deletion = context
        deletion.path.subresource = nil
        _ = try await delete(deletion, options)
        return StatusBody(code: 201, reason: "", message: "").value
    }

    /// Throws 429 if a budget of the pod's namespace allows no more disruptions.
    private func checkBudgets(_ pod: StoredObject) throws(StatusBody) {
        let labels = StringMap(json: pod.json[path: "metadata", "labels"])
        for budget in store.list(.disruptionBudgets, namespace: pod.key.namespace).objects {
            guard let selector = budget.json[path: "spec", "selector"].flatMap({ try? LabelSelector(json: $0) }),
                selector.matches(labels), budget.json[path: "status", "disruptionsAllowed"]?.int ?? 0 <= 0
            else { continue }
            var error = StatusBody.tooManyRequests(
                "Cannot evict pod as it would violate the pod's disruption budget.", retryAfterSeconds: 10)
            error.details?.causes = [
                .init(
                    field: "", reason: "DisruptionBudget",
                    message: "The disruption budget \(budget.key.name) is still being processed by the server.")
            ]
            throw error
        }
    }
}
