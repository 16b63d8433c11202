import Foundation
import JSON
import TestSupport
import Testing

/// What kubectl sees of Deployments and Jobs whose pods really run. Kubernetes' documentation of both says what to expect.
@Suite("workloads on a local cluster", .bareCluster)
struct WorkloadTests {
    let cluster: BareCluster

    init() throws { cluster = try #require(BareCluster.current) }

    /// Waits for a rollout as users do, and gives what kubectl said last.
    private func rollout(_ name: String) async throws -> String {
        let said = try await cluster.kubectl("rollout", "status", "deployment/\(name)", "--timeout=90s")
        return said.split(separator: "\n").last.map(String.init) ?? ""
    }

    private func deploy(_ name: String, replicas: Int) async throws {
        try await cluster.kubectl(
            "create", "deployment", name, "--image=app:1", "--replicas=\(replicas)", "--", "sleep", "1000")
        #expect(try await rollout(name) == "deployment \"\(name)\" successfully rolled out")
    }

    /// The images and the sizes of a Deployment's ReplicaSets, by revision.
    private func sets(of name: String) async throws -> [Int: String] {
        let list = try await cluster.get("replicasets", "-l", "app=\(name)", namespace: "default")
        return Dictionary(
            (list["items"]?.elements.map { $0 } ?? []).compactMap { set in
                let notes = set[path: "metadata", "annotations"]
                let revision = notes?["deployment.kubernetes.io/revision"]?.string.flatMap { Int($0) }
                let image = set[path: "spec", "template", "spec", "containers"]?[0]?["image"]?.string ?? ""
                return revision.map { ($0, "\(image) \(set[path: "status", "replicas"]?.int ?? 0)") }
            }, uniquingKeysWith: { first, _ in first })
    }

    @Test("a Deployment rolls out a new image, goes back, scales, restarts, pauses and resumes")
    func rollouts() async throws {
        try await deploy("web", replicas: 3)
        #expect(try await sets(of: "web") == [1: "app:1 3"])

        try await cluster.kubectl("set", "image", "deployment/web", "app=app:2")
        _ = try await rollout("web")
        #expect(try await sets(of: "web") == [1: "app:1 0", 2: "app:2 3"])
        let history = try await cluster.kubectl("rollout", "history", "deployment/web")
        #expect(history.split(separator: "\n").dropFirst(2).map { $0.prefix(1) } == ["1", "2"])

        try await cluster.kubectl("rollout", "undo", "deployment/web")
        _ = try await rollout("web")
        #expect(try await sets(of: "web") == [2: "app:2 0", 3: "app:1 3"])

        try await cluster.kubectl("scale", "deployment/web", "--replicas=5")
        _ = try await rollout("web")
        #expect(try await sets(of: "web") == [2: "app:2 0", 3: "app:1 5"])

        try await cluster.kubectl("rollout", "restart", "deployment/web")
        _ = try await rollout("web")
        #expect(try await sets(of: "web") == [2: "app:2 0", 3: "app:1 0", 4: "app:1 5"])

        try await cluster.kubectl("rollout", "pause", "deployment/web")
        try await cluster.kubectl("set", "image", "deployment/web", "app=app:5")
        try await cluster.kubectl("wait", "--for=jsonpath={.status.observedGeneration}=7", "deployment/web")
        #expect(try await sets(of: "web")[5] == nil)
        try await cluster.kubectl("rollout", "resume", "deployment/web")
        _ = try await rollout("web")
        #expect(try await sets(of: "web")[5] == "app:5 5")
        try await cluster.kubectl("delete", "deployment", "web", "--cascade=foreground", "--timeout=60s")
        #expect(try await cluster.kubectl("get", "rs,pods", "-l", "app=web", "-o", "name").isEmpty)
    }

    @Test("deleting a Deployment takes its pods along, or leaves them for the next of its kind to adopt")
    func cascades() async throws {
        try await deploy("api", replicas: 2)
        let before = try await cluster.kubectl("get", "pods", "-l", "app=api", "-o", "name")
        try await cluster.kubectl("delete", "deployment", "api", "--cascade=orphan")
        try await deploy("api", replicas: 2)
        #expect(try await cluster.kubectl("get", "pods", "-l", "app=api", "-o", "name") == before)

        try await cluster.kubectl("delete", "deployment", "api", "--cascade=background")
        _ = try await eventually("everything is gone") {
            try await cluster.kubectl("get", "rs,pods", "-l", "app=api", "-o", "name").isEmpty ? () : nil
        }
    }

    @Test("a quota that refuses pods shows on the Deployment, and its status counts what is there")
    func quota() async throws {
        try await cluster.kubectl("create", "namespace", "tight")
        try await cluster.kubectl("create", "quota", "few", "--hard=pods=1", "-n", "tight")
        try await cluster.kubectl(
            "create", "deployment", "web", "--image=app:1", "--replicas=2", "-n", "tight", "--", "sleep", "1000")
        try await cluster.kubectl(
            "wait", "--for=condition=ReplicaFailure", "deployment/web", "-n", "tight", "--timeout=60s")
        try await cluster.kubectl(
            "wait", "--for=jsonpath={.status.used.pods}=1", "quota/few", "-n", "tight", "--timeout=60s")
        try await cluster.kubectl("patch", "quota", "few", "-n", "tight", "-p", #"{"spec":{"hard":{"pods":"2"}}}"#)
        try await cluster.kubectl("rollout", "status", "deployment/web", "-n", "tight", "--timeout=90s")
        try await cluster.kubectl(
            "create", "pdb", "one", "--selector=app=web", "--min-available=1", "-n", "tight")
        try await cluster.kubectl(
            "wait", "--for=jsonpath={.status.disruptionsAllowed}=1", "pdb/one", "-n", "tight", "--timeout=60s")
        try await cluster.kubectl("delete", "namespace", "tight", "--timeout=60s")
    }

    /// Creates a Job whose only container runs a shell script.
    private func run(_ name: String, _ script: String, _ spec: String = "") async throws {
        let template =
            #"{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"x","command":["sh","-c","\#(script)"]}]}}"#
        try await cluster.kubectl(
            "create", "-f", "-",
            input: #"""
                {"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"\#(name)"},"spec":{\#(spec)"template":\#(template)}}
                """#)
    }

    private func wait(_ condition: String, _ name: String) async throws -> JSONView {
        try await cluster.kubectl("wait", "--for=condition=\(condition)", "job/\(name)", "--timeout=90s")
        let job = try await cluster.get("job", name, namespace: "default")
        return try #require(job["status"])
    }

    @Test("a Job runs its completions, a few at a time, and counts each pod once")
    func completions() async throws {
        try await run("five", "exit 0", #""completions":5,"parallelism":2,"#)
        let status = try await wait("complete", "five")
        #expect(status["succeeded"]?.int == 5)
        #expect(status["failed"] == nil)
        let pods = try await cluster.get("pods", "-l", "job-name=five", namespace: "default")
        #expect(pods["items"]?.count == 5)
        try await cluster.kubectl("delete", "job", "five", "--timeout=60s")
        _ = try await eventually("no pod is left") {
            try await cluster.kubectl("get", "pods", "-l", "job-name=five", "-o", "name").isEmpty ? () : nil
        }
    }

    @Test("a Job that fails more often than it may is Failed")
    func failing() async throws {
        try await run("bad", "exit 3", #""backoffLimit":1,"#)
        let status = try await wait("failed", "bad")
        #expect(status["failed"]?.int == 2)
        #expect(
            status["conditions"]?.elements.map { "\($0["type"]?.string ?? "") \($0["reason"]?.string ?? "")" }
                == ["FailureTarget BackoffLimitExceeded", "Failed BackoffLimitExceeded"])
    }

    @Test("each pod of an indexed Job knows its index and bears it in its hostname")
    func indexed() async throws {
        try await run(
            "idx", "echo $JOB_COMPLETION_INDEX",
            #""completions":3,"parallelism":3,"completionMode":"Indexed","#)
        #expect(try await wait("complete", "idx")["completedIndexes"]?.string == "0-2")
        let log = try await cluster.kubectl("logs", "-l", "job-name=idx")
        #expect(log.split(separator: "\n").sorted() == ["0", "1", "2"])
        let pods = try await cluster.get("pods", "-l", "job-name=idx", namespace: "default")
        #expect(
            Set(pods["items"]?.elements.compactMap { $0[path: "spec", "hostname"]?.string } ?? [])
                == ["idx-0", "idx-1", "idx-2"])
    }

    @Test("a suspended Job has no pods until it is resumed")
    func suspended() async throws {
        try await run("later", "exit 0", #""suspend":true,"#)
        let status = try await wait("Suspended", "later")
        #expect(status["active"] == nil && status["startTime"] == nil)
        try await cluster.kubectl("patch", "job", "later", "-p", #"{"spec":{"suspend":false}}"#)
        #expect(try await wait("complete", "later")["succeeded"]?.int == 1)
    }

    @Test("a finished Job is removed when its time to live is over")
    func expiry() async throws {
        try await run("brief", "exit 0", #""ttlSecondsAfterFinished":0,"#)
        try await cluster.kubectl("wait", "--for=delete", "job/brief", "--timeout=90s")
    }
}
