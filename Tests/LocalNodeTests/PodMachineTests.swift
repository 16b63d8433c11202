import JSON
import KubernetesModel
import Testing

@testable import LocalNode

/// Runs a pod through the machine without processes: containers start at once and end as told.
struct PodSimulation {
    var recipe: PodRecipe
    var runtime: PodRuntime
    var now = Timestamp(seconds: 1_000_000)
    /// What was done, in order.
    var log: [String] = []

    init(_ spec: String, deleting: Bool = false) throws {
        recipe = try Self.recipe(spec, deleting: deleting)
        runtime = PodRuntime(recipe, startTime: Timestamp(seconds: 1_000_000))
    }

    static func recipe(_ spec: String, deleting: Bool) throws -> PodRecipe {
        let deletion = deleting ? #","deletionTimestamp":"2026-01-01T00:00:00Z","deletionGracePeriodSeconds":7"# : ""
        let text = #"{"metadata":{"namespace":"ml","name":"p","uid":"u"\#(deletion)},"spec":\#(spec)}"#
        return PodRecipe(json: try JSONDocument(parsing: text).root)
    }

    mutating func settle() {
        for _ in 0..<50 {
            let actions = PodMachine.next(recipe, runtime, now: now).filter {
                if case .wake = $0 { false } else { true }
            }
            if actions.isEmpty { return }
            for action in actions { apply(action) }
            if actions == [.remove] { return }
        }
        log.append("never settles")
    }

    private mutating func apply(_ action: PodAction) {
        switch action {
        case .prepare:
            runtime.isPrepared = true
            log.append("prepare")
        case .start(let name):
            runtime.starting(name, containerID: "\(name)-\(log.count)")
            runtime.started(name, now: now)
            log.append("start \(name)")
        case .stop(let name, let grace):
            runtime.stopping(name)
            log.append("stop \(name) \(grace)")
        case .probe(let name, let kind):
            guard let container = recipe[name] else { return }
            runtime.asking(kind, of: container, now: now)
            log.append("probe \(name) \(kind)")
        case .stopUnhealthy(let name, let kind, let grace):
            runtime.stopping(name, isUnhealthy: true)
            log.append("unhealthy \(name) \(kind) \(grace)")
        case .fail(let failure):
            runtime.failure = failure
            log.append("fail \(failure.reason)")
        case .wait(let name, let reason, let message, let until):
            runtime.waits(name, reason: reason, message: message, until: until)
            log.append("wait \(name) \((until - now).components.seconds)")
        case .remove: log.append("remove")
        case .wake: break
        }
    }

    mutating func end(_ name: String, _ code: Int) {
        log.append("end \(name) \(code)")
        runtime.ended(name, exitCode: code, message: "", now: now)
        settle()
    }

    mutating func answer(_ name: String, _ kind: ContainerProbe.Kind, _ isGood: Bool) {
        guard let container = recipe[name] else { return }
        runtime.answered(kind, isGood, of: container)
        settle()
    }

    mutating func pass(_ seconds: Int) {
        now = now + .seconds(seconds)
        settle()
    }

    var status: JSONValue {
        PodStatusText(
            recipe: recipe, runtime: runtime, hostAddress: "127.0.1.1", address: "127.0.1.1", now: now
        ).value
    }
    var phase: String { status["phase"]?.string ?? "" }
    func condition(_ type: String) -> String? {
        status["conditions"]?.elements.first { $0["type"]?.string == type }?["status"]?.string
    }
}

@Suite("What a node does for a pod")
struct PodMachineTests {
    static let twoInits = #"""
        {"restartPolicy":"OnFailure","initContainers":[{"name":"a"},{"name":"b"}],"containers":[{"name":"c"},{"name":"d"}]}
        """#

    @Test("init containers run one after the other, then the containers start together")
    func initOrder() throws {
        var pod = try PodSimulation(Self.twoInits)
        pod.settle()
        #expect(pod.log == ["prepare", "start a"])
        #expect(pod.phase == "Pending")
        #expect(pod.status["containerStatuses"]?[0]?["state"]?["waiting"]?["reason"]?.string == "PodInitializing")
        pod.end("a", 0)
        pod.end("b", 0)
        #expect(pod.log.suffix(5) == ["end a 0", "start b", "end b 0", "start c", "start d"])
        #expect(pod.phase == "Running")
        #expect(pod.condition("Ready") == "True")
        pod.end("c", 0)
        #expect(pod.phase == "Running")
        #expect(pod.condition("Ready") == "False")
        pod.end("d", 0)
        #expect(pod.phase == "Succeeded")
        #expect(pod.condition("Initialized") == "True")
    }

    @Test("a sidecar starts in its turn, keeps running, and stops after the containers")
    func sidecars() throws {
        var pod = try PodSimulation(
            #"""
            {"restartPolicy":"Never","terminationGracePeriodSeconds":5,"initContainers":[
              {"name":"s1","restartPolicy":"Always"},{"name":"i"},{"name":"s2","restartPolicy":"Always"}],
             "containers":[{"name":"c"}]}
            """#)
        pod.settle()
        #expect(pod.log == ["prepare", "start s1", "start i"])
        pod.end("i", 0)
        #expect(pod.log.suffix(2) == ["start s2", "start c"])
        pod.end("c", 0)
        #expect(pod.log.last == "stop s2 5")
        #expect(pod.phase == "Running")
        pod.end("s2", 143)
        #expect(pod.log.last == "stop s1 5")
        pod.end("s1", 143)
        #expect(pod.phase == "Succeeded")
    }

    @Test(
        "restart policies decide what follows an exit",
        arguments: [
            ("Always", 0, "Running", true), ("Always", 1, "Running", true), ("OnFailure", 0, "Succeeded", false),
            ("OnFailure", 3, "Running", true), ("Never", 0, "Succeeded", false), ("Never", 137, "Failed", false),
        ])
    func restartPolicy(_ policy: String, _ code: Int, _ phase: String, _ restarts: Bool) throws {
        var pod = try PodSimulation(#"{"restartPolicy":"\#(policy)","containers":[{"name":"c"}]}"#)
        pod.settle()
        pod.end("c", code)
        #expect(pod.phase == phase)
        #expect(pod.runtime["c"].restartCount == (restarts ? 1 : 0))
    }

    @Test("crashes are answered at once, then after 10 s, 20 s, … and at most 5 min")
    func backoff() throws {
        var pod = try PodSimulation(#"{"restartPolicy":"Always","containers":[{"name":"c"}]}"#)
        pod.settle()
        pod.end("c", 1)
        #expect(pod.log.last == "start c")
        for seconds in [10, 20, 40, 80, 160, 300, 300] {
            pod.end("c", 1)
            #expect(pod.log.last == "wait c \(seconds)")
            let waiting = pod.status["containerStatuses"]?[0]?["state"]?["waiting"]
            #expect(waiting?["reason"]?.string == "CrashLoopBackOff")
            pod.pass(seconds - 1)
            #expect(pod.log.last == "wait c \(seconds)")
            pod.pass(1)
            #expect(pod.log.last == "start c")
        }
        #expect(pod.runtime["c"].restartCount == 8)
        pod.pass(601)
        pod.end("c", 1)
        #expect(pod.log.last == "start c")
    }

    @Test("an init container that fails ends a pod that never restarts, and is started again in others")
    func failedInit() throws {
        let containers = #""initContainers":[{"name":"a"}],"containers":[{"name":"c"}]"#
        var never = try PodSimulation(#"{"restartPolicy":"Never",\#(containers)}"#)
        never.settle()
        never.end("a", 2)
        #expect(never.phase == "Failed")
        #expect(!never.log.contains("start c"))
        var always = try PodSimulation(#"{"restartPolicy":"Always",\#(containers)}"#)
        always.settle()
        always.end("a", 2)
        #expect(always.phase == "Pending")
        #expect(always.log.last == "start a")
    }

    @Test("a pod that is deleted is stopped within its grace, then removed")
    func deletion() throws {
        var pod = try PodSimulation(#"{"restartPolicy":"Always","containers":[{"name":"c"},{"name":"d"}]}"#)
        pod.settle()
        pod.recipe = try PodSimulation.recipe(
            #"{"restartPolicy":"Always","containers":[{"name":"c"},{"name":"d"}]}"#, deleting: true)
        pod.settle()
        #expect(pod.log.suffix(2) == ["stop c 7", "stop d 7"])
        pod.end("c", 0)
        #expect(pod.phase == "Running")
        pod.end("d", 143)
        #expect(pod.log.last == "remove")
        #expect(pod.phase == "Failed")
    }

    @Test("a pod that runs longer than its deadline fails and is stopped")
    func deadline() throws {
        var pod = try PodSimulation(
            #"{"activeDeadlineSeconds":60,"terminationGracePeriodSeconds":3,"containers":[{"name":"c"}]}"#)
        pod.settle()
        pod.pass(59)
        #expect(pod.log.last == "start c")
        pod.pass(1)
        #expect(pod.log.suffix(2) == ["fail DeadlineExceeded", "stop c 3"])
        #expect(pod.phase == "Failed")
        #expect(pod.status["reason"]?.string == "DeadlineExceeded")
    }

    @Test("a container that cannot be made waits and is tried again without counting as a restart")
    func cannotStart() throws {
        var pod = try PodSimulation(#"{"containers":[{"name":"c"}]}"#)
        pod.runtime.isPrepared = true
        pod.runtime.cannotStart("c", reason: "CreateContainerConfigError", message: "m", until: pod.now + .seconds(10))
        pod.settle()
        #expect(pod.log.isEmpty)
        let waiting = pod.status["containerStatuses"]?[0]?["state"]?["waiting"]
        #expect(waiting == ["reason": "CreateContainerConfigError", "message": "m"])
        pod.pass(10)
        #expect(pod.log == ["start c"])
        #expect(pod.runtime["c"].restartCount == 0)
    }

    @Test("conditions keep the time of their last change")
    func transitionTimes() throws {
        var pod = try PodSimulation(#"{"containers":[{"name":"c"}]}"#)
        pod.settle()
        var stored: JSONValue = ["metadata": ["name": "p"], "spec": ["containers": [["name": "c"]]]]
        stored["status"] = pod.status
        pod.recipe = PodRecipe(json: try stored.document().root)
        pod.pass(100)
        let times = pod.status["conditions"]?.elements.map { $0["lastTransitionTime"]?.string }
        #expect(Set(times ?? []) == ["1970-01-12T13:46:40Z"])
        pod.end("c", 1)
        pod.end("c", 1)
        let ready = pod.status["conditions"]?.elements.first { $0["type"]?.string == "Ready" }
        #expect(ready?["lastTransitionTime"]?.string == "1970-01-12T13:48:20Z")
    }
}
