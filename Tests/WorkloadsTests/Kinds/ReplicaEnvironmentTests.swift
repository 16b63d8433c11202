import JSON
import KubernetesModel
import Testing
import Workloads

@Suite("What a replica of each framework is told")
struct ReplicaEnvironmentTests {
    private func context(_ kind: String, _ role: String, _ index: Int = 0, host: Bool = false) throws -> ReplicaContext
    {
        var sample = try SampleObject(kind)
        sample.json[path: ["metadata", "uid"]] = "uid-1"
        if host { sample.json[path: ["metadata", "annotations", "kubedl.io/network-mode"]] = "host" }
        let profile = try #require(sample.kind.profile)
        let job = TrainingJob(json: try sample.completed().json.document().root, profile: profile)
        let spec: JSONValue = [
            "containers": [
                [
                    "name": JSONValue(profile.defaultContainer), "env": [["name": "ZK_ADDR", "value": "zfs://zk/x/"]],
                    "resources": ["requests": ["cpu": "1500m", "memory": "1Ki", "ephemeral-storage": "10"]],
                ]
            ]
        ]
        return ReplicaContext(job: job, role: try #require(profile.role(role)), index: index, podSpec: spec)
    }

    private func variables(_ context: ReplicaContext) -> [String: String] {
        Dictionary(uniqueKeysWithValues: context.job.profile.environment(context).map { ($0.name, $0.value) })
    }

    @Test("TensorFlow: TF_CONFIG names all but the evaluator, and itself by its host port")
    func tensorFlow() throws {
        #expect(
            variables(try context("TFJob", "Worker"))["TF_CONFIG"]
                == #"{"cluster":{"ps":["a-ps-0.ml.svc:2222"],"worker":["a-worker-0.ml.svc:2222"]},"task":{"type":"worker","index":0},"environment":"cloud"}"#
        )
        #expect(
            variables(try context("TFJob", "PS", host: true))["TF_CONFIG"]?
                .contains(#""ps":["a-ps-0.ml.svc:$(KUBEDL_HOST_PORT_TFJOB_PORT)"],"worker":["a-worker-0.ml.svc:2222"]"#)
                == true)
    }

    @Test("XGBoost: ranks do not collide")
    func xgBoost() throws {
        let worker = variables(try context("XGBoostJob", "Worker"))
        #expect(worker["RANK"] == "1" && worker["WORLD_SIZE"] == "2")
        #expect(worker["MASTER_ADDR"] == "a-master-0" && worker["MASTER_PORT"] == "9999")
    }

    @Test("XDL: short names, and a ZooKeeper path of its own")
    func xdl() throws {
        let context = try context("XDLJob", "PS")
        let told = variables(context)
        #expect(
            told["XDL_CONFIG"]
                == #"{"cluster":{"ps":["a-ps-0:2222"],"worker":["a-worker-0:2222"]},"task":{"type":"ps","index":0}}"#)
        #expect(told["TASK_NAME"] == "ps" && told["TASK_INDEX"] == "0")
        var spec: JSONValue = ["containers": [["env": [["name": "ZK_ADDR", "value": "zfs://zk/x/"]]]]]
        context.job.profile.adapt(context, &spec)
        #expect(spec[path: "containers"]?[0]?["env"]?[0]?["value"] == "zfs://zk/x/uid-1")
    }

    @Test("Mars: workers are told their resources and get their volumes")
    func mars() throws {
        let context = try context("MarsJob", "Worker")
        let told = variables(context)
        #expect(
            told["MARS_CLUSTER_DETAIL"]
                == #"{"cluster":{"scheduler":["a-scheduler-0.ml.svc:11111"]},"task":{"type":"worker","index":0,"resources":{"cpu_procs":2,"phy_mem":1024}}}"#
        )
        #expect(told["MARS_SPILL_DIRS"] == "/spill" && told["MARS_CACHE_MEM_SIZE"] == "1073741824")
        #expect(told["MARS_LOCK_FREE_FILEIO"] == "1" && told["MARS_PLASMA_DIRS"] == "/dev/shm")
        var spec: JSONValue = ["containers": [["name": "mars"]]]
        context.job.profile.adapt(context, &spec)
        #expect(
            spec["volumes"] == [
                ["name": "mars-empty-dir-0", "emptyDir": ["sizeLimit": "10"]],
                ["name": "mars-shared-cache", "emptyDir": ["medium": "Memory"]],
            ])
        #expect(spec["containers"]?[0]?["volumeMounts"]?.count == 2)
    }

    @Test("ElasticDL: the master has the name that its workers look for")
    func elasticDL() throws {
        let context = try context("ElasticDLJob", "Master")
        #expect(context.name(of: context.role, 0) == "elasticdl-a-master")
    }

    @Test("ElasticBatch: workers know their index, the master its job; names as they always were")
    func elasticBatch() throws {
        let worker = variables(try context("ElasticBatchJob", "Worker"))
        #expect(
            worker == ["ElASTICBATCH_CONFIG": #"{"task":{"type":"worker","index":0},"environment":"cloud"}"#])
        let master = variables(try context("ElasticBatchJob", "AIMaster"))
        #expect(master == ["JOB_NAME": "a", "NAMESPACE": "ml", "JOB_TYPE": "ELASTICBATCH"])
    }
}
