/// A PyTorchJob whose pods run a shell command, written fluently.
struct JobManifest {
    var name: String
    var workers = 0
    var gpus = 1
    var command = "sleep 1"
    var isHostNetwork = false
    var cleanPodPolicy = "None"

    init(_ name: String) { self.name = name }

    func workers(_ count: Int) -> Self { with { $0.workers = count } }
    func gpus(_ count: Int) -> Self { with { $0.gpus = count } }
    func running(_ command: String) -> Self { with { $0.command = command } }
    func onHostNetwork() -> Self { with { $0.isHostNetwork = true } }

    private func with(_ change: (inout Self) -> Void) -> Self {
        var copy = self
        change(&copy)
        return copy
    }

    /// The manifest as JSON, which kubectl reads as it reads YAML.
    var text: String {
        let annotations = isHostNetwork ? #""annotations":{"kubedl.io/network-mode":"host"},"# : ""
        let resources = gpus > 0 ? #","resources":{"limits":{"nvidia.com/gpu":"\#(gpus)"}}"# : ""
        let template =
            #"{"spec":{"containers":[{"name":"pytorch","image":"busybox:1.36","command":["sh","-c","\#(command)"]\#(resources)}]}}"#
        let worker = workers > 0 ? #","Worker":{"replicas":\#(workers),"template":\#(template)}"# : ""
        return #"""
            {"apiVersion":"training.kubedl.io/v1alpha1","kind":"PyTorchJob",
            "metadata":{\#(annotations)"name":"\#(name)"},
            "spec":{"cleanPodPolicy":"\#(cleanPodPolicy)",
            "pytorchReplicaSpecs":{"Master":{"replicas":1,"template":\#(template)}\#(worker)}}}
            """#
    }
}
