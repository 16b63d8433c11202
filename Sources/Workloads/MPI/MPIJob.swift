import JSON
import KubernetesModel

extension FrameworkProfile {
    /// MPI: one Launcher that runs `mpirun`, and Workers that it reaches with `kubectl exec`; the Launcher decides.
    ///
    /// Mended against the original: counts have defaults, workers go with the job, the launcher gets the rights that it
    /// needs. Source: KubeDL MPIJob.
    package static let mpi = FrameworkProfile(
        resource: ResourceType(group: "training.kubedl.io", version: "v1alpha1", plural: "mpijobs", kind: "MPIJob"),
        replicaSpecsKey: "mpiReplicaSpecs",
        roles: [
            RoleRule("Worker", defaultRestartPolicy: .never, hasService: false),
            RoleRule(
                "Launcher", exactReplicas: 1, isRequired: true, defaultRestartPolicy: .never, hasService: false,
                isMaster: true, startsAfter: ["Worker"]),
        ],
        defaultContainer: "mpi", takesFirstContainer: true, defaultPort: NamedPort(name: "mpi-port", number: 2222),
        defaultCleanPodPolicy: .running, runPolicyPath: ["spec", "runPolicy"],
        fields: [
            .optional("slotsPerWorker", .int32(minimum: 1).described("Processes of each worker; 1 when absent.")),
            .optional(
                "mainContainer", .string().maximumLength(63).described("Worker's container that runs processes.")),
        ] + MPILegacy.fields,
        immutableFields: ["slotsPerWorker", "mainContainer"] + MPILegacy.fields.map(\.name),
        rules: MPILegacy.rules, complete: MPILegacy.convert,
        running: .all(["Worker", "Launcher"]), success: .all(["Launcher"]), failingRoles: ["Launcher"],
        environment: MPILaunch.variables(for:), adapt: MPILaunch.adapt, companions: MPILaunch.companions(of:))
}

extension CustomResource {
    /// The MPIJob kind.
    package static let mpiJob = CustomResource.job(
        .mpi, description: "MPIJob runs an MPI program on several pods; a launcher starts it on the workers.")
}

/// The MPI implementations that a launcher is told how to start.
enum MPIDistribution: String, CaseIterable {
    case openMPI = "OpenMPI"
    case intelMPI = "IntelMPI"
    case mpich = "MPICH"

    /// The distribution of a job.
    init(of job: TrainingJob) {
        self = job.json[path: "spec", "mpiDistribution"]?.string.flatMap(Self.init(rawValue:)) ?? .openMPI
    }

    /// Variables that name the remote shell and the list of hosts.
    var variables: (shell: String, hosts: String) {
        switch self {
        case .openMPI: ("OMPI_MCA_plm_rsh_agent", "OMPI_MCA_orte_default_hostfile")
        case .intelMPI: ("I_MPI_HYDRA_BOOTSTRAP_EXEC", "I_MPI_HYDRA_HOST_FILE")
        case .mpich: ("HYDRA_LAUNCHER_EXEC", "HYDRA_HOST_FILE")
        }
    }

    /// A line of the list of hosts.
    func line(_ host: String, slots: Int) -> String {
        self == .openMPI ? "\(host) slots=\(slots)" : "\(host):\(slots)"
    }
}
