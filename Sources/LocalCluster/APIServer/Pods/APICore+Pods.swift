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
        let options = try DeletionOptions(body: eviction["deleteOptions"], query: context.query)
        if phase == "Running" { try takeDisruption(of: pod, isDryRun: options.isDryRun) }
        var deletion = context
        deletion.path.subresource = nil
        _ = try await delete(deletion, options)
        return StatusBody(code: 201, reason: "", message: "").value
    }

    /// Takes one disruption from each budget of a pod. Throws 429 if one allows none, or has not been counted yet.
    ///
    /// Source: pkg/registry/core/pod/storage/eviction.go, `checkAndDecrement`.
    private func takeDisruption(of pod: StoredObject, isDryRun: Bool) throws(StatusBody) {
        let labels = StringMap(json: pod.json[path: "metadata", "labels"])
        for listed in store.list(.disruptionBudgets, namespace: pod.key.namespace).objects {
            guard let selector = listed.json[path: "spec", "selector"].flatMap({ try? LabelSelector(json: $0) }),
                selector.matches(labels)
            else { continue }
            while let budget = store.get(.disruptionBudgets, listed.key) {
                let status = budget.json["status"]
                let allowed = status?["disruptionsAllowed"]?.int ?? 0
                let isCounted =
                    status?["observedGeneration"]?.int ?? 0 >= budget.json[path: "metadata", "generation"]?.int ?? 0
                guard isCounted, allowed > 0 else {
                    let counts = ["desiredHealthy", "currentHealthy"].map { status?[$0]?.int ?? 0 }
                    throw Self.disruptionRefused(
                        "The disruption budget \(budget.key.name) "
                            + (isCounted
                                ? "needs \(counts[0]) healthy pods and has \(counts[1]) currently"
                                : "is still being processed by the server."))
                }
                var value = budget.value
                value[path: "status", "disruptionsAllowed"] = JSONValue(allowed - 1)
                value[path: "status", "disruptedPods", pod.key.name] = JSONValue(clock().description)
                if isDryRun { break }
                if try store.replace(.disruptionBudgets, budget.key, value, expected: budget.revision) != nil { break }
            }
        }
    }

    private static func disruptionRefused(_ cause: String) -> StatusBody {
        var error = StatusBody.tooManyRequests(
            "Cannot evict pod as it would violate the pod's disruption budget.", retryAfterSeconds: 10)
        error.details?.causes = [.init(field: "", reason: "DisruptionBudget", message: cause)]
        return error
    }
}
