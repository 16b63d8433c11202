import Admission
import JSON
import KubernetesModel
import Testing
import Workloads

@Suite("Admission of pods")
struct PodAdmissionTests {
    static let git = #"{"source": "https://host/org/code.git"}"#
    static let files = #"[{"url": "https://host/x", "sha256": "\#(String(repeating: "0", count: 64))"}]"#

    /// Every combination of what a pod can ask for.
    static let combinations: [[String]] = (0..<32).map { bits in
        ["host", "git", "files", "gang", "defaults"].enumerated().filter { bits >> $0.offset & 1 == 1 }.map(\.element)
    }

    private func pod(_ wishes: [String]) throws -> SamplePod {
        var pod = try SamplePod()
        if wishes.contains("host") { pod = pod.annotated("kubedl.io/network-mode", "host") }
        if wishes.contains("git") { pod = pod.annotated("kubedl.io/git-sync-config", Self.git) }
        if wishes.contains("files") { pod = pod.annotated("kubedl.io/file-sync", Self.files) }
        if wishes.contains("gang") { pod = pod.setting("metadata", "labels", "kubedl.io/gang-name", to: "digits") }
        if wishes.contains("defaults") { pod = pod.annotated("kubedl.io/defaults", "enabled") }
        return pod
    }

    @Test("admitting twice changes nothing more", arguments: combinations)
    func isIdempotent(wishes: [String]) throws {
        let once = try pod(wishes).admitted(uid: "first")
        let again = try once.decide(uid: "second")
        #expect(again.allowed && again.patch == nil)
        #expect((try pod(wishes).decide().patch == nil) == wishes.isEmpty)
    }

    @Test("what the API server fills in between two rounds does not matter")
    func survivesDefaulting() throws {
        var pod = try pod(["host", "git", "gang"]).admitted()
        var containers = pod.json[path: ["spec", "initContainers"]]?.array ?? []
        containers[0]["terminationMessagePath"] = "/dev/termination-log"
        pod.json[path: ["spec", "initContainers"]] = JSONValue(containers)
        #expect(try pod.decide(uid: "x").patch == nil)
    }

    @Test("a gang's pod waits behind a gate and is shown to the extender")
    func gatesGangs() throws {
        let pod = try pod(["gang"]).admitted()
        #expect(pod.json[path: ["spec", "schedulingGates"]] == [["name": "kubedl.io/gang"]])
        for list in ["requests", "limits"] {
            #expect(pod.container()?[path: ["resources", list, "kubedl.io/gang"]] == "1")
        }
        let bound = try self.pod(["gang"]).setting("spec", "nodeName", to: "node-1").decide()
        #expect(!bound.allowed && bound.message.contains("spec.nodeName: Forbidden"))
    }

    @Test("every change is written down in one line each")
    func recordsChanges() throws {
        let pod = try pod(["host", "git", "gang"]).admitted()
        let lines = (pod.annotation("kubedl.io/mutations") ?? "").split(separator: "\n")
        let beginnings = [
            "spec.hostNetwork: true (kubedl.io/network-mode: host)", "spec.dnsPolicy: ",
            "spec.containers[pytorch].ports[pytorchjob-port]: 23456 -> host port ", "",
            "", "spec.schedulingGates: kubedl.io/gang until ", "spec.containers[pytorch].resources: 1 kubedl.io/gang",
            "spec.containers[pytorch].terminationMessagePolicy: FallbackToLogsOnError",
        ]
        #expect(lines.count == beginnings.count)
        #expect(zip(lines, beginnings).allSatisfy { $0.0.hasPrefix($0.1) }, "\(lines)")
        let kept = try self.pod(["gang"]).annotated("kubedl.io/mutations", "earlier").admitted()
        #expect(kept.annotation("kubedl.io/mutations")?.hasPrefix("earlier\nspec.schedulingGates: ") == true)
    }

    @Test("wrong annotations are refused with every problem, and nothing is changed")
    func refuses() throws {
        let decision = try SamplePod().annotated("kubedl.io/network-mode", "bridge")
            .annotated("kubedl.io/git-sync-config", #"{"source": "x", "password": "p"}"#)
            .annotated("kubedl.io/gang-min-member", "0").decide()
        #expect(!decision.allowed && decision.patch == nil)
        #expect(decision.problems.count == 4)
        #expect(decision.code == 422 && decision.reason == "Invalid")
        #expect(decision.message.hasPrefix("Pod \"digits-worker-0\" is invalid: ["))
    }

    @Test("pods of others, updates and deletions pass untouched")
    func leavesOthersAlone() throws {
        #expect(try SamplePod().decide().patch == nil)
        let settings = AdmissionSettings()
        let update = admit(try pod(["host"]).request(operation: .update), at: .mutatePods, settings: settings)
        #expect(update.allowed && update.patch == nil)
        var request = try pod(["host"]).request()
        request.resource = "deployments"
        #expect(admit(request, at: .mutatePods, settings: settings).patch == nil)
        request.object = nil
        request.resource = "pods"
        #expect(admit(request, at: .mutatePods, settings: settings).allowed)
    }

    @Test(
        "pods of strange shape never stop the webhook",
        arguments: [
            #"{"metadata": {"annotations": {"kubedl.io/network-mode": "host"}}}"#,
            #"{"metadata": {"annotations": {"kubedl.io/network-mode": "host"}}, "spec": {"containers": [1, {"ports": [2]}]}}"#,
            #"{"metadata": {"annotations": {"kubedl.io/network-mode": 3}, "labels": []}, "spec": []}"#,
            #"{"metadata": {"labels": {"kubedl.io/gang-name": "g"}}, "spec": {"containers": {}}}"#,
            #"{"metadata": {"labels": {"kubedl.io/gang-name": ""}}, "spec": {}}"#,
            #"{"metadata": {"annotations": {"kubedl.io/file-sync": "[]"}}, "spec": {"containers": [null]}}"#,
            "{}",
        ])
    func survivesNonsense(text: String) throws {
        var pod = try SamplePod()
        pod.json = try JSONValue(parsing: text)
        let decision = try pod.decide()
        if let patch = decision.patch { _ = try patch.apply(to: pod.json) }
    }
}
