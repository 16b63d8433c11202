import JSON
import KubernetesModel

/// How an MPI launcher reaches its workers: a list of hosts, and `kubectl exec` in the place of ssh. Source: KubeDL MPIJob.
enum MPILaunch {
    private static let folder = "/etc/mpi"
    private static let kubectlFolder = "/opt/kube"

    static func variables(for replica: ReplicaContext) -> [ReplicaVariable] {
        guard replica.role.isMaster else { return [] }
        let names = MPIDistribution(of: replica.job).variables
        return [
            ReplicaVariable(names.shell, "\(folder)/kubexec.sh"), ReplicaVariable(names.hosts, "\(folder)/hostfile"),
        ]
    }

    static func adapt(_ replica: ReplicaContext, _ spec: inout JSONValue) {
        configuration(of: replica).add(to: &spec)
        guard replica.role.isMaster else {
            let containers = (spec["containers"]?.array ?? []).map { container in
                guard container.kind == .object, container["command"].isAbsent, container["args"].isAbsent else {
                    return container
                }
                var container = container
                container["command"] = ["sleep", "365d"]
                return container
            }
            spec["containers"] = JSONValue(containers)
            return
        }
        PodVolume(name: "kubectl-volume", mountPath: kubectlFolder, source: ["emptyDir": .object([])]).add(to: &spec)
        if (spec["serviceAccountName"]?.string ?? "").isEmpty {
            spec["serviceAccountName"] = JSONValue(accountName(of: replica.job))
        }
        let others = (spec["initContainers"]?.array ?? []).filter { $0["name"]?.string != "kubectl-delivery" }
        spec["initContainers"] = JSONValue([delivery(image: replica.kubectlImage)] + others)
    }

    private static func configuration(of replica: ReplicaContext) -> PodVolume {
        var items: [JSONValue] = [["key": "kubexec.sh", "path": "kubexec.sh", "mode": 0o555]]
        if replica.role.isMaster { items.append(["key": "hostfile", "path": "hostfile", "mode": 0o444]) }
        return PodVolume(
            name: "mpi-config-volume", mountPath: folder,
            source: ["configMap": ["name": JSONValue(replica.jobName + "-config"), "items": JSONValue(items)]])
    }

    private static func delivery(image: String) -> JSONValue {
        [
            "name": "kubectl-delivery", "image": JSONValue(image), "imagePullPolicy": "IfNotPresent",
            "env": [["name": "TARGET_DIR", "value": JSONValue(kubectlFolder)]],
            "resources": [
                "requests": ["cpu": "100m", "memory": "128Mi"], "limits": ["cpu": "100m", "memory": "128Mi"],
            ],
            "securityContext": [
                "allowPrivilegeEscalation": false, "capabilities": ["drop": ["ALL"]],
                "seccompProfile": ["type": "RuntimeDefault"],
            ],
            "volumeMounts": [["name": "kubectl-volume", "mountPath": JSONValue(kubectlFolder)]],
        ]
    }

    private static func accountName(of job: TrainingJob) -> String { job.metadata.name + "-launcher" }

    /// The ConfigMap with hosts and remote shell; and, unless the launcher's template names a service account, one that
    /// may run commands in this job's workers and nothing else. (The original leaves that to the user.)
    static func companions(of job: TrainingJob) -> [JSONValue] {
        let config: JSONValue = [
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": [
                "name": JSONValue(job.metadata.name + "-config"), "labels": ["app": JSONValue(job.metadata.name)],
            ],
            "data": ["hostfile": JSONValue(hosts(of: job)), "kubexec.sh": JSONValue(remoteShell(of: job))],
        ]
        let launcher = job.profile.roles.first(where: \.isMaster).flatMap(job.replicaSpec)
        let account = launcher?.template?[path: "spec", "serviceAccountName"]?.string ?? ""
        return [config] + (account.isEmpty ? rights(of: job) : [])
    }

    private static func rights(of job: TrainingJob) -> [JSONValue] {
        let name = JSONValue(accountName(of: job))
        let workers = JSONValue(workerNames(of: job))
        let group = "rbac.authorization.k8s.io"
        let api = JSONValue(group + "/v1")
        return [
            ["apiVersion": "v1", "kind": "ServiceAccount", "metadata": ["name": name]],
            [
                "apiVersion": api, "kind": "Role", "metadata": ["name": name],
                "rules": [
                    ["apiGroups": [""], "resources": ["pods"], "resourceNames": workers, "verbs": ["get"]],
                    [
                        "apiGroups": [""], "resources": ["pods/exec"], "resourceNames": workers,
                        "verbs": ["create", "get"],
                    ],
                ],
            ],
            [
                "apiVersion": api, "kind": "RoleBinding", "metadata": ["name": name],
                "roleRef": ["apiGroup": JSONValue(group), "kind": "Role", "name": name],
                "subjects": [["kind": "ServiceAccount", "name": name]],
            ],
        ]
    }

    private static func workerNames(of job: TrainingJob) -> [String] {
        job.replicas.filter { !$0.role.isMaster }.flatMap { entry in
            (0..<entry.count).map { ReplicaName.name(job: job.metadata.name, role: entry.role, index: $0) }
        }
    }

    /// OpenMPI's launcher takes part in the work, the others' does not.
    static func hosts(of job: TrainingJob) -> String {
        let distribution = MPIDistribution(of: job)
        let slots = max(1, job.json[path: "spec", "slotsPerWorker"]?.int ?? 1)
        let launcher = distribution == .openMPI ? job.profile.roles.first(where: \.isMaster) : nil
        let names = (launcher.map { [ReplicaName.name(job: job.metadata.name, role: $0, index: 0)] } ?? [])
        return (names + workerNames(of: job)).map { distribution.line($0, slots: slots) + "\n" }.joined()
    }

    /// Waits for a worker to run: pods of a gang start in any order.
    private static func remoteShell(of job: TrainingJob) -> String {
        let main = job.json[path: "spec", "mainContainer"]?.string ?? ""
        let container = main.isEmpty ? "" : " --container \(main)"
        return """
            #!/bin/sh
            pod=$1
            shift
            tries=0
            until [ "$(\(kubectlFolder)/kubectl get pod "$pod" -o 'jsonpath={.status.phase}')" = Running ]; do
              tries=$((tries + 1))
              [ "$tries" -lt 150 ] || { echo "kubexec.sh: pod $pod does not run" >&2; exit 1; }
              sleep 2
            done
            exec \(kubectlFolder)/kubectl exec "$pod"\(container) -- /bin/sh -c "$*"

            """
    }
}
