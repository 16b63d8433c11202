internal import JSON
internal import KubernetesClient
internal import KubernetesModel

/// One look at a Deployment: what there is, what was decided so far, and what the sets will be then.
struct DeploymentPass {
    let root: JSONView
    let now: Timestamp
    let failure: String?
    let replicas: Int
    let isRecreating: Bool
    let pods: [JSONView]
    var sets: [Revision]
    /// The place in ``sets`` of the one with the Deployment's template; nil while there is none.
    var newest: Int?
    var conditions: Conditions
    var collisionCount: Int?
    var plan: Plan
    /// Sets of the namespace that are not this Deployment's.
    let taken: Set<String>

    init(_ root: JSONView, _ world: World) {
        self.root = root
        now = world.now
        failure = world.failure
        replicas = root[path: "spec", "replicas"]?.int ?? 1
        isRecreating = root[path: "spec", "strategy", "type"]?.string == "Recreate"
        pods = world[.pods]
        let claim = Claim(world[.replicaSets], of: .replicaSets, by: root, .deployments)
        plan = Plan(claim.changes)
        sets = claim.owned.map { Revision($0) }.sorted { $0.age < $1.age }
        let owned = Set(sets.map(\.name))
        taken = Set(world[.replicaSets].map(\.meta.name)).subtracting(owned)
        conditions = Conditions(of: root, now: world.now, timeField: "lastUpdateTime")
        collisionCount = root[path: "status", "collisionCount"]?.int
        let template = Self.plainTemplate(of: root)
        newest = sets.firstIndex { $0.json.map { Self.plainTemplate(of: $0) } == template }
    }

    /// A template without what distinguishes the sets made of it. Source: deployment/util, `EqualIgnoreHash`.
    private static func plainTemplate(of object: JSONView) -> JSONValue {
        var template = object[path: "spec", "template"].map { JSONValue($0) } ?? .object([])
        template[path: "metadata", "labels", Revision.hashLabel] = nil
        return template
    }

    var isPaused: Bool { root[path: "spec", "paused"]?.bool ?? false }
    var minReadySeconds: Int { root[path: "spec", "minReadySeconds"]?.int ?? 0 }

    /// How long a rollout may stand still; nil for ever, which the API writes as the largest 32-bit number.
    var deadline: Duration? {
        root[path: "spec", "progressDeadlineSeconds"]?.int.flatMap { $0 == Int(Int32.max) ? nil : .seconds($0) }
    }

    var active: [Revision] { sets.filter { $0.replicas > 0 } }
    var oldSets: [Int] { sets.indices.filter { $0 != newest } }

    private func share(_ field: String) -> Share? {
        isRecreating ? nil : Share(json: root[path: "spec", "strategy", "rollingUpdate", field])
    }

    /// How many pods there may be beyond ``replicas``.
    var maxSurge: Int { share("maxSurge")?.count(of: replicas, roundedUp: true) ?? 0 }

    /// How many of ``replicas`` may be missing. One if otherwise nothing could move.
    ///
    /// Source: deployment/util, `ResolveFenceposts` and `MaxUnavailable`.
    var maxUnavailable: Int {
        guard !isRecreating, replicas > 0 else { return 0 }
        let count = share("maxUnavailable")?.count(of: replicas, roundedUp: false) ?? 0
        return min(replicas, count == 0 && maxSurge == 0 ? 1 : count)
    }

    /// Gives a set another size, and notes for later what the size was meant for.
    mutating func scale(_ index: Int, to count: Int) {
        let before = sets[index].replicas
        let notes: [String: String] = [Revision.desiredKey: "\(replicas)", Revision.mostKey: "\(replicas + maxSurge)"]
            .filter { key, value in sets[index].annotations[key] != value }
        guard before != count || !notes.isEmpty else { return }
        sets[index].replicas = count
        sets[index].annotations.merge(notes) { $1 }
        var patch: JSONValue = ["metadata": ["annotations": .object(notes.map { ($0.key, JSONValue($0.value)) })]]
        if before != count { patch["spec"] = ["replicas": JSONValue(count)] }
        plan.changes.append(
            .merge(.replicaSets, ObjectKey(namespace: root.meta.namespace, name: sets[index].name), patch))
        if before != count { tellScale(sets[index].name, from: before, to: count) }
    }

    mutating func tellScale(_ name: String, from before: Int, to count: Int) {
        plan.tell(
            "ScalingReplicaSet",
            "Scaled \(count > before ? "up" : "down") replica set \(name) from \(before) to \(count)")
    }
}
