import JSON
import KubernetesModel
import Testing
import Workloads

@Suite("MPIJob")
struct MPIJobTests {
    private func job(_ spec: String) throws -> SampleObject {
        try SampleObject("MPIJob").setting(["spec"], to: try JSONValue(parsing: spec)).completed()
    }

    private let template =
        #""template": {"spec": {"containers": [{"name": "m", "image": "x", "resources": {"limits": {"nvidia.com/gpu": 8}}}]}}"#

    @Test(
        "the older form becomes roles and slots",
        arguments: [
            (#""gpus": 16, "gpusPerNode": 8,"#, 2, 8), (#""gpus": 4, "gpusPerNode": 8,"#, 1, 4),
            (#""gpus": 3,"#, 3, 1), (#""processingUnits": 6, "processingUnitsPerNode": 3,"#, 2, 3),
            (#""replicas": 5,"#, 5, 8),
            (#""replicas": 2, "processingResourceType": "gpu", "slotsPerWorker": 3,"#, 2, 3),
        ])
    func converts(fields: String, workers: Int, slots: Int) throws {
        let converted = try job("{\(fields) \(template)}")
        #expect(try converted.problems() == [])
        #expect(try converted.schemaProblems() == [])
        #expect(converted.json[path: ["spec", "mpiReplicaSpecs", "Worker", "replicas"]] == JSONValue(workers))
        #expect(converted.json[path: ["spec", "mpiReplicaSpecs", "Launcher", "replicas"]] == 1)
        #expect(converted.json[path: ["spec", "slotsPerWorker"]] == JSONValue(slots))
        #expect(converted.completed(isUpdate: true).json == converted.json)
    }

    @Test("numbers that contradict each other are refused, by validation and schema")
    func refuses() throws {
        let both = try job(#"{"gpus": 5, "gpusPerNode": 2, "processingUnits": 4, \#(template)}"#)
        let problems = try both.problems()
        #expect(problems.contains { $0.hasPrefix("spec.processingUnits: Invalid value: 4: may not be given together") })
        #expect(problems.contains { $0.hasPrefix("spec.gpus: Invalid value: 5: must be less than gpusPerNode or") })
        #expect(try both.schemaProblems().count == 2)
        let empty = try job("{}")
        #expect(try empty.problems().first?.hasPrefix("spec.mpiReplicaSpecs: Required value") == true)
        #expect(try !empty.schemaProblems().isEmpty)
    }

    @Test("a changed older form is noticed when it is applied again")
    func noticesChanges() throws {
        let stored = try job(#"{"gpus": 4, \#(template)}"#)
        let again = stored.setting(["spec", "gpus"], to: 8).completed(isUpdate: true)
        #expect(try again.problems(updating: stored).contains { $0.hasPrefix("spec.gpus: Forbidden") })
    }

    @Test("limits in the spec itself move into runPolicy")
    func movesRunPolicy() throws {
        let converted = try job(#"{"backoffLimit": 2, "ttlSecondsAfterFinished": 9, \#(template)}"#)
        #expect(converted.json[path: ["spec", "backoffLimit"]] == nil)
        let profile = FrameworkProfile.mpi
        let policy = TrainingJob(json: try converted.json.document().root, profile: profile).runPolicy
        #expect(policy.backoffLimit == 2 && policy.ttlSecondsAfterFinished == 9 && policy.cleanPodPolicy == .running)
    }

    @Test(
        "hosts are listed as each distribution wants them",
        arguments: [
            ("OpenMPI", "a-launcher-0 slots=2\na-worker-0 slots=2\n", "OMPI_MCA_plm_rsh_agent"),
            ("IntelMPI", "a-worker-0:2\n", "I_MPI_HYDRA_BOOTSTRAP_EXEC"),
            ("MPICH", "a-worker-0:2\n", "HYDRA_LAUNCHER_EXEC"),
        ])
    func listsHosts(distribution: String, hosts: String, variable: String) throws {
        let sample = try SampleObject("MPIJob").setting(["spec", "mpiDistribution"], to: JSONValue(distribution))
        let profile = FrameworkProfile.mpi
        let job = TrainingJob(json: try sample.completed().json.document().root, profile: profile)
        let objects = profile.companions(job)
        #expect(objects.compactMap { $0["kind"]?.string } == ["ConfigMap", "ServiceAccount", "Role", "RoleBinding"])
        #expect(objects[0][path: "data", "hostfile"]?.string == hosts)
        #expect(objects[2]["rules"]?[1]?["resourceNames"] == ["a-worker-0"])
        let launcher = try #require(profile.role("Launcher"))
        let context = ReplicaContext(job: job, role: launcher, index: 0, podSpec: .object([]))
        #expect(profile.environment(context).first?.name == variable)
        var spec: JSONValue = ["containers": [["name": "l"]]]
        profile.adapt(context, &spec)
        #expect(spec["serviceAccountName"] == "a-launcher")
        #expect(spec["initContainers"]?[0]?["image"]?.string == ReplicaContext.defaultKubectlImage)
    }

    @Test("a launcher with a service account of its own keeps it, and no rights are made")
    func keepsAccount() throws {
        let sample = try SampleObject("MPIJob")
            .setting(["spec", "mpiReplicaSpecs", "Launcher", "template", "spec", "serviceAccountName"], to: "mine")
        let job = TrainingJob(json: try sample.completed().json.document().root, profile: .mpi)
        #expect(FrameworkProfile.mpi.companions(job).count == 1)
    }
}
