import JSON
import KubernetesModel
import Reconciliation
import Testing
import Workloads

@Suite("Pods and services of a PyTorchJob")
struct ReplicaTests {
    private func made(_ world: World) throws -> World {
        var world = world
        try world.settle()
        return world
    }

    @Test("labels, owner and gang of a pod; ours win over the template's")
    func labels() throws {
        let world = try made(World())
        let pod = try Pod(try #require(world.pods["digits-master-0"]))
        #expect(
            pod.metadata.labels.dictionary == [
                "team": "a", "group-name": "training.kubedl.io", "job-name": "digits", "replica-type": "master",
                "replica-index": "0", "job-role": "master", "kubedl.io/gang-name": "digits",
            ])
        let owner = try #require(pod.metadata.controller)
        #expect(owner.uid == "job-uid" && owner.kind == "PyTorchJob" && owner.blockOwnerDeletion)
        #expect(pod.metadata.annotations[.gangMinMember] == 3)
        let worker = try Pod(try #require(world.pods["digits-worker-1"]))
        #expect(worker.metadata.labels[.jobRole] == nil && worker.metadata.labels[.replicaIndex] == 1)
        let smaller = try made(World().spec("schedulingPolicy", is: ["minAvailable": 2, "priorityClassName": "high"]))
        let other = try Pod(try #require(smaller.pods["digits-worker-1"]))
        #expect(other.metadata.annotations[.gangMinMember] == 2 && other.spec.priorityClassName == "high")
    }

    @Test("the environment comes first, the user's own values of ours do not stay, except where they may")
    func environment() throws {
        let world = try made(World())
        let pod = try Pod(try #require(world.pods["digits-master-0"]))
        let variables = try #require(pod.spec.containers.first).environment
        let names = variables.map(\.name)
        #expect(Set(names).count == names.count)
        let values = Dictionary(uniqueKeysWithValues: variables.map { ($0.name, $0.value ?? "") })
        #expect(values["RANK"] == "0" && values["WORLD_SIZE"] == "3" && values["ME"] == "$(RANK)")
        #expect(values["PYTHONUNBUFFERED"] == "1" && values["PET_NPROC_PER_NODE"] == "2")
        let rank = try #require(names.firstIndex(of: "RANK"))
        let own = try #require(names.firstIndex(of: "ME"))
        #expect(rank < own)
        #expect(pod.spec.restartPolicy == .never)
        #expect(pod.spec.json["future"]?.text == "[1.0]")
        #expect(try Pod(try #require(world.pods["digits-worker-0"])).spec.restartPolicy == .onFailure)
    }

    @Test("the last replicas of a role are marked as spot replicas")
    func spotReplicas() throws {
        let spot: JSONValue = [
            "spotReplicaNumber": 2, "priorityClassName": "spot", "labels": ["tier": "spot", "job-name": "wrong"],
        ]
        let world = try made(World(workers: 3).spec("pytorchReplicaSpecs", "Worker", "spotReplicaSpec", is: spot))
        for (name, isSpot) in [("master-0", false), ("worker-0", false), ("worker-1", true), ("worker-2", true)] {
            let pod = try Pod(try #require(world.pods["digits-" + name]))
            #expect(pod.spec.priorityClassName == (isSpot ? "spot" : ""), "\(name)")
            #expect(pod.metadata.labels["tier"] == (isSpot ? "spot" : nil), "\(name)")
            #expect(pod.metadata.labels[.jobName] == "digits")
        }
    }

    @Test("replicas meet at the port that the master's template names")
    func ownPort() throws {
        let ports: JSONValue = [["name": "pytorchjob-port", "containerPort": 2222]]
        let containers: JSONValue = [["name": "pytorch", "image": "torch:2", "ports": ports]]
        for isHost in [false, true] {
            let given = try World(isHost: isHost)
                .spec("pytorchReplicaSpecs", "Master", "template", "spec", "containers", is: containers)
            let world = try made(given)
            let service = try Service(try #require(world.services["digits-master-0"]))
            #expect(service.ports.first?.port == 2222)
            #expect((service.ports.first?.targetPort == .number(2222)) == !isHost)
            let worker = try Pod(try #require(world.pods["digits-worker-0"]))
            let variables = try #require(worker.spec.containers.first).environment
            #expect(variables.first { $0.name == "MASTER_PORT" }?.value == "2222")
        }
    }

    @Test("the model's folder is mounted in every container and named in its environment")
    func modelOutput() throws {
        let storage: JSONValue = ["localStorage": ["path": "/srv/models", "mountPath": "/models"]]
        let world = try made(World().spec("modelVersion", is: ["modelName": "m", "storage": storage]))
        for name in world.podNames {
            let spec = try Pod(try #require(world.pods[name])).spec
            #expect(spec.volumes.first { $0.name == "modelvolume" }?.hostPath == "/srv/models")
            let container = try #require(spec.containers.first)
            #expect(container.environment.first { $0.name == "KUBEDL_MODEL_PATH" }?.value == "/models")
            #expect(container.volumeMounts.map(\.mountPath) == ["/models"])
        }
    }

    @Test("the master's service is headless and leads to pods that are not ready")
    func headlessService() throws {
        let world = try made(World())
        let service = try Service(try #require(world.services["digits-master-0"]))
        #expect(service.isHeadless && service.publishesNotReadyAddresses)
        #expect(service.ports.first?.port == 23456 && service.ports.first?.targetPort == .number(23456))
        #expect(
            service.selector.dictionary["replica-type"] == "master"
                && service.selector.dictionary["job-name"] == "digits")
    }

    /// What the webhook makes of a pod's ports.
    private func admitted(_ pod: JSONValue) throws -> JSONValue {
        let assignment = HostPortAssignment(
            pod: try Pod(pod), namespace: "ml", fallback: "request", range: HostPorts.defaultRange)
        var pod = pod
        var containers = pod[path: ["spec", "containers"]]?.array ?? []
        for entry in assignment.entries {
            var ports = containers[entry.container]["ports"]?.array ?? []
            ports[entry.position]["hostPort"] = JSONValue(entry.number)
            containers[entry.container]["ports"] = JSONValue(ports)
        }
        pod[path: ["spec", "containers"]] = JSONValue(containers)
        pod.setAnnotation(.hostPorts, assignment.json.text)
        return pod
    }

    @Test("with host network the service leads to the number that the webhook will choose, before and after a restart")
    func hostService() throws {
        var world = try World(isHost: true)
        func target() throws -> ServicePort.Target? {
            try Service(try #require(world.services["digits-master-0"])).ports.first?.targetPort
        }
        func chosen() throws -> Int? {
            try Pod(try #require(world.pods["digits-master-0"])).spec.containers.first?.ports.first?.hostPort
        }
        try world.pass()
        for name in world.podNames { world.pods[name] = try admitted(try #require(world.pods[name])) }
        #expect(try !Service(try #require(world.services["digits-master-0"])).isHeadless)
        let first = try #require(try chosen())
        #expect(try target() == .number(first))
        #expect(try world.plan().patches.isEmpty)

        world.setAll("Running")
        try world.settle()
        world.set("digits-master-0", "Failed", exitCode: 137)
        try world.pass()
        try world.pass()
        world.pods["digits-master-0"] = try admitted(try #require(world.pods["digits-master-0"]))
        let second = try #require(try chosen())
        #expect(first != second)
        try world.settle()
        #expect(try target() == .number(second))
    }

    @Test("a number that the webhook chose otherwise is read back from the pod")
    func readsBack() throws {
        var world = try World(isHost: true)
        try world.settle()
        world.pods["digits-master-0"]?.setAnnotation(.hostPorts, "{\"pytorchjob-port\": 31000}")
        let plan = try world.pass()
        #expect(plan.patches.map(\.name) == ["digits-master-0"])
        let service = try Service(try #require(world.services["digits-master-0"]))
        #expect(service.ports.first?.targetPort == .number(31000) && service.ports.first?.port == 23456)
    }

    @Test("with host network every pod gets a port of its own, workers too")
    func hostPods() throws {
        var world = try World(isHost: true)
        try world.pass()
        var numbers: Set<Int> = []
        for name in world.podNames {
            let pod = try Pod(try admitted(try #require(world.pods[name])))
            numbers.insert(try #require(pod.hostPorts.first?.hostPort))
        }
        #expect(numbers.count == 3)
    }

    @Test("a restart policy in the template is pointed out once")
    func warnsAboutTemplate() throws {
        var world = try World()
            .spec("pytorchReplicaSpecs", "Worker", "template", "spec", "restartPolicy", is: "Always")
        try world.settle()
        #expect(world.events.map(\.reason) == ["SettedPodTemplateRestartPolicy"])
        #expect(try Pod(try #require(world.pods["digits-worker-0"])).spec.restartPolicy == .onFailure)
    }
}
