internal import JSON
internal import KubernetesModel

extension DeploymentPass {
    /// Annotations of a Deployment that its sets do not take over. Source: deployment/util, `annotationsToSkip`.
    private static let ownAnnotations: Set<String> = [
        "kubectl.kubernetes.io/last-applied-configuration", Revision.revisionKey, Revision.historyKey,
        Revision.desiredKey, Revision.mostKey, "deprecated.deployment.rollback.to",
    ]

    private var inherited: [String: String] {
        root.meta.annotations.dictionary.filter { !Self.ownAnnotations.contains($0.key) }
    }

    private var nextRevision: Int { (oldSets.map { sets[$0].number }.max() ?? 0) + 1 }

    /// Numbers the set that has the Deployment's template already, if there is one: a template that comes back, as
    /// after `kubectl rollout undo`, gets a new number. Source: sync.go, `getNewReplicaSet`.
    mutating func adoptRevision() {
        guard let newest else { return }
        var wanted = inherited
        let number = sets[newest].number
        if number < nextRevision {
            wanted[Revision.revisionKey] = "\(nextRevision)"
            if number > 0 {
                let history = sets[newest].annotations[Revision.historyKey].map { $0 + "," } ?? ""
                wanted[Revision.historyKey] = history + "\(number)"
            }
        }
        let news = wanted.filter { sets[newest].annotations[$0.key] != $0.value }
        let seconds = sets[newest].json?[path: "spec", "minReadySeconds"]?.int ?? 0
        if !news.isEmpty || seconds != minReadySeconds {
            sets[newest].annotations.merge(news) { $1 }
            plan.changes.append(
                .merge(
                    .replicaSets, ObjectKey(namespace: root.meta.namespace, name: sets[newest].name),
                    [
                        "metadata": ["annotations": .object(news.map { ($0.key, JSONValue($0.value)) })],
                        "spec": ["minReadySeconds": JSONValue(minReadySeconds)],
                    ]))
        }
        publish(sets[newest].annotations[Revision.revisionKey] ?? "")
        if deadline != nil, conditions["Progressing"] == nil {
            conditions.set(
                "Progressing", "True", "FoundNewReplicaSet", "Found new replica set \"\(sets[newest].name)\"")
        }
    }

    /// Creates the set for the Deployment's template, if there is none. A name that is taken by a set of another
    /// template is a collision, which changes the next hash.
    mutating func createRevision() {
        guard newest == nil else { return }
        let template = root[path: "spec", "template"].map { JSONValue($0) } ?? .object([])
        let hash = Self.hash(template, collisionCount ?? 0)
        let name = "\(root.meta.name)-\(hash)"
        if taken.contains(name) {
            collisionCount = (collisionCount ?? 0) + 1
            plan.lookAgain(after: .zero)
            return
        }
        var annotations = inherited
        annotations[Revision.revisionKey] = "\(nextRevision)"
        annotations[Revision.desiredKey] = "\(replicas)"
        annotations[Revision.mostKey] = "\(replicas + maxSurge)"
        let count = sizeOfNewest
        plan.changes.append(.create(.replicaSets, replicaSet(name, hash, count, annotations, template)))
        sets.append(Revision(name: name, replicas: count, annotations: annotations))
        newest = sets.count - 1
        publish(annotations[Revision.revisionKey] ?? "")
        if count > 0 { tellScale(name, from: 0, to: count) }
        guard deadline != nil else { return }
        if let failure {
            conditions.set(
                "Progressing", "False", "ReplicaSetCreateError",
                "Failed to create new replica set \"\(name)\": \(failure)")
        } else {
            conditions.set("Progressing", "True", "NewReplicaSetCreated", "Created new replica set \"\(name)\"")
        }
    }

    private func replicaSet(
        _ name: String, _ hash: String, _ count: Int, _ annotations: [String: String], _ template: JSONValue
    ) -> JSONValue {
        var template = template
        template[path: "metadata", "labels", Revision.hashLabel] = JSONValue(hash)
        var selector = root[path: "spec", "selector"].map { JSONValue($0) } ?? .object([])
        selector[path: "matchLabels", Revision.hashLabel] = JSONValue(hash)
        var spec: JSONValue = ["replicas": JSONValue(count), "selector": selector, "template": template]
        if minReadySeconds > 0 { spec["minReadySeconds"] = JSONValue(minReadySeconds) }
        return [
            "apiVersion": "apps/v1", "kind": "ReplicaSet",
            "metadata": [
                "name": JSONValue(name), "labels": template[path: "metadata", "labels"] ?? .object([]),
                "annotations": .object(annotations.sorted { $0.key < $1.key }.map { ($0.key, JSONValue($0.value)) }),
                "ownerReferences": [root.controllerReference(.deployments).value],
            ],
            "spec": spec,
        ]
    }

    /// Writes the number of the current revision where `kubectl rollout` looks for it.
    private mutating func publish(_ revision: String) {
        guard root.meta.annotations[Revision.revisionKey] != revision else { return }
        plan.changes.append(
            .merge(
                .deployments, root.meta.key,
                ["metadata": ["annotations": .object([(Revision.revisionKey, JSONValue(revision))])]]))
    }

    /// Deletes the oldest revisions beyond the limit that have no pods. Source: sync.go, `cleanupDeployment`.
    mutating func cleanUp() {
        guard let limit = root[path: "spec", "revisionHistoryLimit"]?.int, limit != Int(Int32.max) else { return }
        let old = oldSets.map { sets[$0] }.filter { $0.json?.meta.isDeleting == false }
        for set in old.sorted(by: { $0.number < $1.number }).prefix(max(0, old.count - limit)) {
            let isSettled = (set.json?.meta.generation ?? 0) <= set.observed("observedGeneration")
            guard set.replicas == 0, set.observed("replicas") == 0, isSettled else { continue }
            plan.changes.append(
                .delete(.replicaSets, ObjectKey(namespace: root.meta.namespace, name: set.name), uid: set.uid))
        }
    }

    /// FNV-1a of a template and the number of collisions, in letters that form no words.
    ///
    /// Source: pkg/controller, `ComputeHash`, and apimachinery pkg/util/rand, `SafeEncodeString`. Kubernetes hashes Go's
    /// print-out of the template, so its values differ.
    static func hash(_ template: JSONValue, _ collisions: Int) -> String {
        let letters = Array("bcdfghjklmnpqrstvwxz2456789")
        let hash = (template.bytes + Array("\(collisions)".utf8)).reduce(UInt32(2_166_136_261)) {
            ($0 ^ UInt32($1)) &* 16_777_619
        }
        return String("\(hash)".utf8.map { letters[Int($0) % letters.count] })
    }
}
