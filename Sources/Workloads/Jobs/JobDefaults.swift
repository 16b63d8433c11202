import JSON

/// Completes a job with its framework's defaults, so that what is stored says everything.
///
/// Applying it twice changes nothing more. Fields of the wrong type are left for validation to report.
/// Source: KubeDL defaults by framework; there they live in the controller's memory only.
package enum JobDefaults {
    /// Writes the defaults of `profile` into `job`.
    ///
    /// With `isUpdate`, a role in another spelling takes the place of the canonical one: that is how the manifest of a
    /// stored job comes back when it is applied again.
    package static func apply(to job: inout JSONValue, profile: FrameworkProfile, isUpdate: Bool = false) {
        guard let given = job["spec"], given.kind == .object else { return }
        var spec = given
        profile.complete(&spec)
        let policy = Array(profile.runPolicyPath.dropFirst()) + ["cleanPodPolicy"]
        if spec[path: policy].isAbsent, spec[path: Array(policy.dropLast())].map({ $0.kind == .object }) ?? true {
            spec[path: policy] = JSONValue(profile.defaultCleanPodPolicy.rawValue)
        }
        // Go clients send null for absent objects.
        for key in ["modelVersion", "schedulingPolicy", "cronPolicy", "cacheBackend"] where spec[key]?.isNull == true {
            spec[key] = nil
        }
        if let given = spec[profile.replicaSpecsKey], given.kind == .object {
            var replicas = withCanonicalNames(isUpdate ? withoutReplaced(given, profile) : given, profile)
            for role in profile.roles {
                guard var replica = replicas[role.name], replica.kind == .object else { continue }
                complete(&replica, role, profile)
                replicas[role.name] = replica
            }
            spec[profile.replicaSpecsKey] = replicas
        }
        job["spec"] = spec
    }

    /// `master` and `MASTER` become `Master`; when two spellings of one role are there, both stay and are refused.
    private static func withCanonicalNames(_ replicas: JSONValue, _ profile: FrameworkProfile) -> JSONValue {
        let members = replicas.members ?? []
        var isRenamed = false
        let renamed = members.map { member in
            guard let role = profile.role(ignoringCase: member.key), role.name != member.key,
                members.filter({ $0.key.lowercased() == role.label }).count == 1
            else { return (member.key, member.value) }
            isRenamed = true
            return (role.name, member.value)
        }
        return isRenamed ? .object(renamed) : replicas
    }

    /// Without the canonical entry of each role that one other spelling stands beside.
    private static func withoutReplaced(_ replicas: JSONValue, _ profile: FrameworkProfile) -> JSONValue {
        var rest = replicas
        for role in profile.roles where replicas[role.name] != nil {
            let spellings = replicas.keys.filter { $0.lowercased() == role.label }
            if spellings.count == 2 { rest.remove(role.name) }
        }
        return rest
    }

    private static func complete(_ replica: inout JSONValue, _ role: RoleRule, _ profile: FrameworkProfile) {
        if replica["replicas"].isAbsent { replica["replicas"] = JSONValue(role.defaultReplicas) }
        if replica["restartPolicy"].isAbsent || replica["restartPolicy"]?.string == "" {
            replica["restartPolicy"] = JSONValue(role.defaultRestartPolicy.rawValue)
        }
        TemplateDefaults.complete(
            &replica, port: role.hasService ? profile.defaultPort : nil, place: profile.mainContainer(names:))
    }
}

/// Defaults of a pod template.
enum TemplateDefaults {
    /// Completes `template` of a member of ours: message policies, and the port of the container called `container`, else
    /// the first.
    static func complete(_ holder: inout JSONValue, port: NamedPort, container: String) {
        complete(&holder, port: port) { $0.firstIndex(of: container) ?? ($0.isEmpty ? nil : 0) }
    }

    /// The same with the container that gets the port found by the names of all.
    static func complete(_ holder: inout JSONValue, port: NamedPort?, place: ([String]) -> Int?) {
        guard let template = holder["template"], template.kind == .object, var spec = template["spec"],
            spec.kind == .object
        else { return }
        for list in ["initContainers", "containers"] {
            guard let containers = spec[list]?.array else { continue }
            spec[list] = JSONValue(containers.map { withMessagePolicy($0) })
        }
        if let port { PortDefaults.addPort(port, to: place, of: &spec) }
        holder[path: ["template", "spec"]] = spec
    }

    /// The end of the log explains a failure when the program wrote no message of its own.
    private static func withMessagePolicy(_ container: JSONValue) -> JSONValue {
        guard container.kind == .object else { return container }
        let policy = container["terminationMessagePolicy"]
        guard policy.isAbsent || policy?.string == "" else { return container }
        var container = container
        container["terminationMessagePolicy"] = "FallbackToLogsOnError"
        return container
    }
}

/// The framework's port in a pod spec.
package enum PortDefaults {
    /// Adds `port` to the container that `place` finds by the names of all, unless it has a port of that name.
    package static func addPort(
        _ port: NamedPort, to place: ([String]) -> Int?, of podSpec: inout JSONValue
    ) {
        guard var containers = podSpec["containers"]?.array,
            let index = place(containers.map { $0["name"]?.string ?? "" }),
            containers[index].kind == .object
        else { return }
        let ports = containers[index]["ports"]
        guard ports.isAbsent || ports?.kind == .array,
            !(ports?.elements ?? []).contains(where: { $0["name"]?.string == port.name })
        else { return }
        let entry = JSONValue.object([
            ("name", JSONValue(port.name)), ("containerPort", JSONValue(port.number)), ("protocol", "TCP"),
        ])
        containers[index]["ports"] = JSONValue((ports?.elements ?? []) + [entry])
        podSpec["containers"] = JSONValue(containers)
    }
}

extension JSONValue? {
    /// Whether a member is missing or null.
    package var isAbsent: Bool { self?.isNull ?? true }
}
