import JSON
import KubernetesModel

extension FrameworkProfile {
    /// XDL: parameter servers, a scheduler and workers; enough finished workers are success.
    ///
    /// Mended against the original: a job without workers does not succeed at once, and a running job is one with a pod
    /// that runs. Source: KubeDL XDLJob defaults and status rules.
    package static let xdl = FrameworkProfile(
        resource: ResourceType(group: "training.kubedl.io", version: "v1alpha1", plural: "xdljobs", kind: "XDLJob"),
        replicaSpecsKey: "xdlReplicaSpecs",
        roles: ["PS", "Scheduler", "Worker", "ExtendRole"].map {
            RoleRule($0, defaultRestartPolicy: .never, hasService: true)
        },
        defaultContainer: "xdl", defaultPort: NamedPort(name: "xdljob-port", number: 2222),
        defaultCleanPodPolicy: .running,
        fields: [
            .optional(
                "minFinishWorkNum",
                .int32(minimum: 1).described("Workers whose success is the job's; the rate wins over it.")),
            .optional(
                "minFinishWorkRate",
                .int32(minimum: 1, maximum: 100)
                    .described("Percentage of workers whose success is the job's; 90 when neither is given.")),
        ],
        complete: { spec in
            if spec["backoffLimit"].isAbsent { spec["backoffLimit"] = 20 }
            if spec["minFinishWorkNum"].isAbsent, spec["minFinishWorkRate"].isAbsent { spec["minFinishWorkRate"] = 90 }
        },
        running: .any(["PS", "Scheduler", "Worker", "ExtendRole"]), success: .share(["Worker", "ExtendRole"]),
        environment: XDLEnvironment.variables(for:), adapt: XDLEnvironment.separateCoordination)
}

extension CustomResource {
    /// The XDLJob kind.
    package static let xdlJob = CustomResource.job(
        .xdl, description: "XDLJob trains one model with XDL; its pods meet through ZooKeeper.")
}

/// What an XDL replica must know of the others. Source: KubeDL XDLJob.
enum XDLEnvironment {
    static func variables(for replica: ReplicaContext) -> [ReplicaVariable] {
        let config: JSONValue = [
            "cluster": replica.cluster(of: replica.job.profile.roles, isQualified: false), "task": replica.task,
        ]
        return [
            ReplicaVariable("XDL_CONFIG", config.text, isMainOnly: true),
            ReplicaVariable("TASK_NAME", replica.role.label),
            ReplicaVariable("TASK_INDEX", String(replica.index)),
        ]
    }

    /// Jobs that share a ZooKeeper keep apart: `ZK_ADDR` of the template ends in the job's UID.
    static func separateCoordination(_ replica: ReplicaContext, _ spec: inout JSONValue) {
        let containers = (spec["containers"]?.array ?? []).map { container in
            guard let variables = container["env"]?.array else { return container }
            var container = container
            container["env"] = JSONValue(
                variables.map { variable in
                    guard variable["name"]?.string == "ZK_ADDR", var address = variable["value"]?.string else {
                        return variable
                    }
                    while address.hasSuffix("/") { address.removeLast() }
                    return ["name": "ZK_ADDR", "value": JSONValue("\(address)/\(replica.job.metadata.uid)")]
                })
            return container
        }
        spec["containers"] = JSONValue(containers)
    }
}
