import JSON
import KubernetesModel
import Workloads

/// Builds the pod and the service of one replica. Nothing in them depends on when they are built.
struct ReplicaBuilder: Sendable {
    let job: TrainingJob
    let role: RoleRule
    let index: Int
    let configuration: ReconciliationConfiguration

    init(job: TrainingJob, role: RoleRule, index: Int, _ configuration: ReconciliationConfiguration) {
        self.job = job
        self.role = role
        self.index = index
        self.configuration = configuration
    }

    private var profile: FrameworkProfile { job.profile }

    /// The name of pod and service.
    var name: String { ReplicaName.name(job: job.metadata.name, role: role, index: index) }

    private var port: NamedPort { job.port(of: role) }

    /// What marks this replica when it is one of those that may be interrupted.
    private var spot: SpotReplicas? {
        guard let spec = job.replicaSpec(role), let spot = spec.spot else { return nil }
        return index >= (spec.replicas ?? role.defaultReplicas) - spot.count ? spot : nil
    }

    /// Labels by which the replica is found.
    private var labels: [(String, String)] {
        [
            (LabelKey.groupName.name, profile.resource.group),
            (LabelKey.jobName.name, job.metadata.name),
            (LabelKey.replicaType.name, role.label),
            (LabelKey.replicaIndex.name, String(index)),
        ]
    }

    /// The reference that makes the job the owner of what is made for it.
    var ownerReference: JSONValue {
        OwnerReference(
            apiVersion: profile.resource.apiVersion, kind: profile.resource.kind, name: job.metadata.name,
            uid: job.metadata.uid, controller: true, blockOwnerDeletion: true
        ).value
    }

    /// The pod: the role's template with names, labels, environment and volumes of this replica.
    func pod(restartCount: Int) -> JSONValue {
        let template = job.replicaSpec(role)?.template
        var metadata: [(String, JSONValue)] = [("name", JSONValue(name))]
        if let namespace = job.metadata.namespace { metadata.append(("namespace", JSONValue(namespace))) }
        metadata.append(("labels", podLabels(template)))
        metadata.append(("annotations", podAnnotations(template, restartCount)))
        metadata.append(("ownerReferences", [ownerReference]))
        return .object([
            ("apiVersion", "v1"), ("kind", "Pod"), ("metadata", .object(metadata)), ("spec", podSpec(template)),
        ])
    }

    private func podLabels(_ template: JSONView?) -> JSONValue {
        var json = template?[path: "metadata", "labels"].map { JSONValue($0) } ?? .object([])
        if json.kind != .object { json = .object([]) }
        for (key, value) in spot?.labels.pairs ?? [] { json[key] = JSONValue(value) }
        for (key, value) in labels { json[key] = JSONValue(value) }
        if role.isMaster { json[LabelKey.jobRole.name] = "master" }
        if configuration.usesGangs { json[LabelKey.gangName.name] = JSONValue(job.metadata.name) }
        return json
    }

    private func podAnnotations(_ template: JSONView?, _ restartCount: Int) -> JSONValue {
        var json = template?[path: "metadata", "annotations"].map { JSONValue($0) } ?? .object([])
        if json.kind != .object { json = .object([]) }
        for key in [AnnotationKey.networkMode, .gitSyncConfig, .fileSync] {
            if let text = job.metadata.annotations[key] { json[key.name] = JSONValue(text) }
        }
        if configuration.usesGangs {
            let minimum = job.runPolicy.minAvailable ?? job.totalReplicas
            json[AnnotationKey.gangMinMember.name] = JSONValue(String(max(1, minimum)))
        }
        json[AnnotationKey.restartCount.name] = JSONValue(String(restartCount))
        return json
    }

    private func podSpec(_ template: JSONView?) -> JSONValue {
        var spec = template?["spec"].map { JSONValue($0) } ?? .object([])
        let policy = job.replicaSpec(role)?.restartPolicy ?? role.defaultRestartPolicy
        spec["restartPolicy"] = JSONValue(policy.podRestartPolicy)
        if let name = job.runPolicy.priorityClassName, (spec["priorityClassName"]?.string ?? "").isEmpty {
            spec["priorityClassName"] = JSONValue(name)
        }
        if job.usesHostNetwork {
            PortDefaults.addPort(job.port(of: role), to: profile.mainContainer(names:), of: &spec)
        }
        if let name = spot?.priorityClassName { spec["priorityClassName"] = JSONValue(name) }
        addModelVolume(to: &spec)
        let replica = ReplicaContext(
            job: job, role: role, index: index, podSpec: spec, kubectlImage: configuration.kubectlImage)
        let variables = profile.environment(replica) + modelVariables
        let main = job.mainContainer(of: role)
        let containers = (spec["containers"]?.array ?? []).map { container in
            withEnvironment(container, variables.filter { !$0.isMainOnly || container["name"]?.string == main })
        }
        spec["containers"] = JSONValue(containers)
        profile.adapt(replica, &spec)
        return spec
    }

    /// Ours come first, so that the template's own variables may refer to them; of the same name only one stays.
    private func withEnvironment(_ container: JSONValue, _ variables: [ReplicaVariable]) -> JSONValue {
        guard container.kind == .object else { return container }
        let given = container["env"]?.array ?? []
        let givenNames = Set(given.compactMap { $0["name"]?.string })
        let added = variables.filter { !($0.yieldsToUser && givenNames.contains($0.name)) }
        let addedNames = Set(added.map(\.name))
        let kept = given.filter { !addedNames.contains($0["name"]?.string ?? "") }
        var container = container
        container["env"] = JSONValue(added.map(\.json) + kept)
        return container
    }

    private var modelVariables: [ReplicaVariable] {
        job.modelOutput?.storage.map { [ReplicaVariable(ModelOutput.pathVariable, $0.mountPath)] } ?? []
    }

    private func addModelVolume(to spec: inout JSONValue) {
        guard let storage = job.modelOutput?.storage else { return }
        let volumes = (spec["volumes"]?.array ?? []).filter { $0["name"]?.string != ModelOutput.volumeName }
        spec["volumes"] = JSONValue(volumes + [storage.volume])
        let mount = JSONValue.object([
            ("name", JSONValue(ModelOutput.volumeName)), ("mountPath", JSONValue(storage.mountPath)),
        ])
        let containers = (spec["containers"]?.array ?? []).map { container in
            guard container.kind == .object else { return container }
            var container = container
            let mounts = container["volumeMounts"]?.array ?? []
            if !mounts.contains(where: { $0["mountPath"]?.string == storage.mountPath }) {
                container["volumeMounts"] = JSONValue(mounts + [mount])
            }
            return container
        }
        spec["containers"] = JSONValue(containers)
    }

    /// The number that the webhook will give the framework's port; that port itself without host network.
    func expectedHostPort(restartCount: Int) -> Int {
        guard job.usesHostNetwork, let pod = try? Pod(pod(restartCount: restartCount)) else {
            return port.number
        }
        let assignment = HostPortAssignment(
            pod: pod, namespace: job.metadata.namespace, fallback: name, range: configuration.hostPorts)
        return assignment.number(of: port.name) ?? port.number
    }

    /// The service of this replica's name: headless, so that the name is the pod's address; with host network one with
    /// an address of its own, because only such a service leads its port to another number.
    func service(targetPort: Int) -> JSONValue {
        var metadata: [(String, JSONValue)] = [("name", JSONValue(name))]
        if let namespace = job.metadata.namespace { metadata.append(("namespace", JSONValue(namespace))) }
        metadata.append(("labels", .object(labels.map { ($0.0, JSONValue($0.1)) })))
        metadata.append(("ownerReferences", [ownerReference]))
        var spec: [(String, JSONValue)] = job.usesHostNetwork ? [] : [("clusterIP", "None")]
        spec += [
            ("selector", .object(labels.map { ($0.0, JSONValue($0.1)) })),
            ("ports", [servicePort(targetPort)]),
            ("publishNotReadyAddresses", true),
        ]
        return .object([
            ("apiVersion", "v1"), ("kind", "Service"), ("metadata", .object(metadata)), ("spec", .object(spec)),
        ])
    }

    /// A merge patch that leads the service's port elsewhere.
    func servicePatch(targetPort: Int) -> JSONValue {
        .object([("spec", .object([("ports", [servicePort(targetPort)])]))])
    }

    private func servicePort(_ target: Int) -> JSONValue {
        .object([
            ("name", JSONValue(port.name)), ("port", JSONValue(port.number)),
            ("targetPort", JSONValue(target)), ("protocol", "TCP"),
        ])
    }
}
