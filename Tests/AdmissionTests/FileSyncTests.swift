import Admission
import JSON
import KubernetesModel
import Testing
import Workloads

@Suite("File sync")
struct FileSyncTests {
    private let git = #"{"source": "https://host/org/code.git", "branch": "main", "secretRef": {"name": "key"}}"#

    @Test("an init container fetches, and every container finds the code below its working folder")
    func addsContainer() throws {
        let pod = try SamplePod().annotated("kubedl.io/git-sync-config", git).admitted()
        let container = try #require(pod.json[path: ["spec", "initContainers"]]?[0])
        #expect(container["name"] == "git-sync-code" && container["command"] == ["kubedl-sync"])
        #expect(container["image"] == "ghcr.io/kubedl/kubedl-sync:0.1.0")
        let configuration = try JSONValue(parsing: container["env"]?[0]?["value"]?.string ?? "")
        #expect(container["env"]?[0]?["name"] == "KUBEDL_SYNC_CONFIG")
        #expect(configuration["sources"]?[0]?["repository"] == "https://host/org/code.git")
        #expect(configuration["sources"]?[0]?["secretDirectory"] == "/etc/kubedl/sync-secret")
        #expect(
            container["volumeMounts"] == [
                ["name": "git-sync", "mountPath": "/code"],
                ["name": "git-sync-secret", "mountPath": "/etc/kubedl/sync-secret", "readOnly": true],
            ])
        #expect(
            pod.json[path: ["spec", "volumes"]] == [
                ["name": "git-sync", "emptyDir": .object([])],
                ["name": "git-sync-secret", "secret": ["secretName": "key", "defaultMode": 256]],
            ])
        #expect(
            pod.container()?["volumeMounts"]
                == [["name": "git-sync", "mountPath": "/workspace/code", "subPath": "code"]])
    }

    @Test("the init container passes Pod Security restricted, with requests and limits")
    func isRestricted() throws {
        let pod = try SamplePod().annotated("kubedl.io/git-sync-config", git).admitted()
        let container = try #require(pod.json[path: ["spec", "initContainers"]]?[0])
        let security = container["securityContext"]
        #expect(security?["allowPrivilegeEscalation"] == false && security?["runAsNonRoot"] == true)
        #expect(security?[path: ["capabilities", "drop"]] == ["ALL"])
        #expect(security?[path: ["seccompProfile", "type"]] == "RuntimeDefault")
        #expect(security?["runAsUser"] == 65532)
        for list in ["requests", "limits"] {
            #expect(container[path: ["resources", list, "cpu"]] != nil)
            #expect(container[path: ["resources", list, "memory"]] != nil)
        }
        let own = try SamplePod().annotated("kubedl.io/git-sync-config", git)
            .setting("spec", "securityContext", to: ["runAsUser": 1000]).admitted()
        #expect(own.json[path: ["spec", "initContainers"]]?[0]?[path: ["securityContext", "runAsUser"]] == nil)
    }

    @Test("an image of the user's own runs its own command and is told in the words of git-sync, as in KubeDL")
    func runsForeignImages() throws {
        let text = """
            {"source": "https://host/org/code.git", "branch": "main", "depth": "1", "image": "kubedl/git-sync:v1",
             "secretRef": {"name": "key"}, "envs": [{"name": "X", "value": "y"}]}
            """
        let pod = try SamplePod().annotated("kubedl.io/git-sync-config", text).admitted()
        let container = try #require(pod.json[path: ["spec", "initContainers"]]?[0])
        #expect(container["image"] == "kubedl/git-sync:v1" && container["command"] == nil)
        #expect(container[path: ["securityContext", "readOnlyRootFilesystem"]] == false)
        let variables = container["env"]?.array ?? []
        let values = Dictionary(uniqueKeysWithValues: variables.map { ($0["name"]?.string ?? "", $0["value"]?.string) })
        #expect(values["GIT_SYNC_REPO"] == "https://host/org/code.git" && values["GIT_SYNC_ONE_TIME"] == "true")
        #expect(values["GIT_SYNC_BRANCH"] == "main" && values["GIT_SYNC_DEPTH"] == "1" && values["X"] == "y")
        #expect(values["GIT_SYNC_ROOT"] == "/code" && values["GIT_SYNC_DEST"] == "code")
        let password = variables.first { $0["name"] == "GIT_SYNC_PASSWORD" }
        #expect(password?[path: ["valueFrom", "secretKeyRef", "name"]] == "key")
        #expect(try pod.decide().patch == nil)
    }

    @Test("a mirror pod is left alone: its kubelet runs what its file says")
    func leavesMirrorPodsAlone() throws {
        let pod = try SamplePod().annotated("kubedl.io/git-sync-config", git)
            .annotated("kubernetes.io/config.mirror", "0")
        #expect(try pod.decide().patch == nil)
    }

    @Test("the user's own init containers run after it, and without a working folder code lies at the root")
    func comesFirst() throws {
        let pod = try SamplePod().annotated("kubedl.io/git-sync-config", git)
            .setting("spec", "initContainers", to: [["name": "mine"]])
            .setting("spec", "containers", to: [["name": "main"]]).admitted()
        let names = pod.json[path: ["spec", "initContainers"]]?.array?.compactMap { $0["name"]?.string }
        #expect(names == ["git-sync-code", "mine"])
        #expect(pod.container()?["volumeMounts"]?[0]?["mountPath"] == "/code")
    }
}
