import JSON
import KubernetesModel
import Testing
import Workloads

@Suite("Ports on the nodes' network")
struct HostPortsTests {
    private let range = HostPorts.defaultRange

    @Test("no two replicas of one job share a port, whatever their restarts")
    func isUniqueInJob() {
        for owner in ["a", "b", "4f1c2a60-0f3d-4a51-9d52-0e3c8a4a3f10"] {
            var seen: [Int: String] = [:]
            for index in 0..<600 {
                for role in 0..<2 {
                    for restart in 0..<8 {
                        let port = HostPorts.port(
                            owner: owner, role: role, of: 2, index: index, restart: restart, port: 0, in: range)
                        #expect(range.contains(port))
                        let replica = "\(role)/\(index)"
                        let holder = seen[port] ?? replica
                        if holder != replica { Issue.record("\(replica) and \(holder) share \(port)") }
                        seen[port] = replica
                    }
                }
            }
        }
    }

    @Test("a replaced replica gets another port, and the named ports of one pod differ")
    func changesWithRestart() {
        let ports = (0..<8).map {
            HostPorts.port(owner: "u", role: 1, of: 2, index: 3, restart: $0, port: 0, in: range)
        }
        #expect(Set(ports).count == 8)
        let named = (0..<8).map {
            HostPorts.port(owner: "u", role: 1, of: 2, index: 3, restart: 5, port: $0, in: range)
        }
        #expect(Set(named).count == 8)
    }

    @Test("jobs spread over the range")
    func spreads() {
        let bases = (0..<1000).map {
            HostPorts.port(owner: "job-\($0)", role: 0, of: 2, index: 0, restart: 0, port: 0, in: range)
        }
        #expect(Set(bases).count > 900)
        #expect(bases.filter { $0 < 25000 }.count > 400 && bases.filter { $0 < 25000 }.count < 600)
    }

    @Test("wild numbers stay in the range")
    func survivesExtremes() {
        for number in [Int.min, -1, 0, Int.max] {
            let port = HostPorts.port(
                owner: "", role: number, of: number, index: number, restart: number, port: number, in: 65530..<65536)
            #expect((65530..<65536).contains(port))
        }
    }

    @Test("the numbers never change from version to version")
    func isStable() {
        #expect(
            HostPorts.port(owner: "uid-1", role: 0, of: 2, index: 0, restart: 0, port: 0, in: 20000..<30000) == 27891)
        #expect(
            HostPorts.port(owner: "uid-1", role: 1, of: 2, index: 1, restart: 1, port: 0, in: 20000..<30000) == 27916)
    }

    @Test(
        "ranges as KubeDL writes them",
        arguments: [
            ("20000-30000", 20000..<30000), ("1-65536", 1..<65536), ("30000-20000", nil), ("0-100", nil),
            ("5-6", nil), ("20000", nil), ("a-b", nil), ("20000-70000", nil), ("-1-5", nil),
        ] as [(String, Range<Int>?)])
    func parsesRanges(text: String, expected: Range<Int>?) { #expect(HostPorts.range(parsing: text) == expected) }
}

@Suite("What a PyTorch replica is told")
struct PyTorchEnvironmentTests {
    private func variables(role: String, index: Int, isHost: Bool = false, gpus: Int = 0) throws -> [String: String] {
        let profile = FrameworkProfile.pyTorch
        let rule = try #require(profile.role(role))
        var sample = try SampleJob().completed()
        if isHost { sample = sample.annotated("kubedl.io/network-mode", "host") }
        let job = TrainingJob(json: try sample.json.document().root, profile: profile)
        let container: JSONValue = [
            "name": "pytorch", "resources": ["limits": ["nvidia.com/gpu": JSONValue(gpus)]],
        ]
        let context = ReplicaContext(job: job, role: rule, index: index, podSpec: ["containers": [container]])
        return Dictionary(uniqueKeysWithValues: profile.environment(context).map { ($0.name, $0.value) })
    }

    @Test("the master meets itself, workers meet it through its service")
    func tellsAddresses() throws {
        let master = try variables(role: "Master", index: 0)
        #expect(master["MASTER_ADDR"] == "localhost" && master["MASTER_PORT"] == "23456")
        #expect(master["RANK"] == "0" && master["WORLD_SIZE"] == "3" && master["PYTHONUNBUFFERED"] == "0")
        let worker = try variables(role: "Worker", index: 1, isHost: true)
        #expect(worker["MASTER_ADDR"] == "digits-master-0" && worker["MASTER_PORT"] == "23456")
        #expect(worker["RANK"] == "2")
    }

    @Test("with host network the master listens on the port that the webhook chooses")
    func refersToHostPort() throws {
        let master = try variables(role: "Master", index: 0, isHost: true)
        #expect(master["MASTER_PORT"] == "$(KUBEDL_HOST_PORT_PYTORCHJOB_PORT)")
        #expect(master["PET_MASTER_PORT"] == master["MASTER_PORT"])
    }

    @Test("torchrun gets the same as options")
    func tellsTorchrun() throws {
        let worker = try variables(role: "Worker", index: 0, gpus: 4)
        #expect(worker["PET_NNODES"] == "3" && worker["PET_NODE_RANK"] == "1" && worker["PET_NPROC_PER_NODE"] == "4")
        #expect(worker["PET_MASTER_ADDR"] == "digits-master-0" && worker["PET_MASTER_PORT"] == "23456")
    }
}
