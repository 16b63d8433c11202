import JSON
import KubernetesModel

/// A job of any framework, read through its profile.
package struct TrainingJob: Sendable {
    package var json: JSONView
    /// The job's framework.
    package var profile: FrameworkProfile

    /// A window on the job.
    package init(json: JSONView, profile: FrameworkProfile) {
        self.json = json
        self.profile = profile
    }

    /// The job's metadata.
    package var metadata: ObjectMeta { ObjectMeta(of: json) }
    /// Clean-up, deadlines and limits.
    package var runPolicy: RunPolicy { RunPolicy(json: json[path: profile.runPolicyPath]) }
    /// Where the trained model goes, if the job says so.
    package var modelOutput: ModelOutput? {
        guard let version = json[path: "spec", "modelVersion"], version.kind == .object else { return nil }
        return ModelOutput(json: version)
    }
    /// The observed state.
    package var status: JSONView? { json["status"] }

    /// The spec of a role by its canonical name.
    package func replicaSpec(_ role: RoleRule) -> ReplicaSpec? {
        json[path: "spec", profile.replicaSpecsKey, role.name].map(ReplicaSpec.init(json:))
    }

    /// The roles that this job has, in the profile's order, with their counts.
    package var replicas: [(role: RoleRule, count: Int)] {
        profile.roles.compactMap { role in
            replicaSpec(role).map { spec in
                (role, min(max(0, spec.replicas ?? role.defaultReplicas), JobValidation.maximumReplicas))
            }
        }
    }

    /// Pods of all roles together.
    package var totalReplicas: Int { replicas.reduce(0) { $0 + $1.count } }

    /// The port on which replicas meet: that of the role that others connect to.
    package var port: NamedPort { profile.roles.first { $0.hasService }.map(port(of:)) ?? profile.defaultPort }

    /// The port of a role: the one of the framework's name in its template, else the framework's own.
    package func port(of role: RoleRule) -> NamedPort {
        let containers = replicaSpec(role)?.template?[path: "spec", "containers"]?.elements.map { $0 } ?? []
        let place = profile.mainContainer(names: containers.map { $0["name"]?.string ?? "" })
        let given = place.map { containers[$0] }?["ports"]?.elements.first {
            $0["name"]?.string == profile.defaultPort.name
        }
        guard let number = given?["containerPort"]?.int, (1...65535).contains(number) else {
            return profile.defaultPort
        }
        return NamedPort(name: profile.defaultPort.name, number: number)
    }

    /// The name of the container that decides about the pods of a role.
    package func mainContainer(of role: RoleRule) -> String {
        let names = replicaSpec(role)?.template?[path: "spec", "containers"]?.elements.map { $0["name"]?.string ?? "" }
        return names.flatMap { names in profile.mainContainer(names: names).map { names[$0] } }
            ?? profile.defaultContainer
    }

    /// Whether the job asks for its nodes' network.
    package var usesHostNetwork: Bool {
        metadata.annotations[.networkMode] == NetworkMode.host.rawValue
    }

    /// `PyTorchJob digits`, for messages.
    package var title: String { "\(profile.resource.kind) \(metadata.name)" }
}
