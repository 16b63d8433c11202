import Foundation
import JSON
import KubernetesModel
import Testing

@testable import LocalNode

@Suite("Files of volumes")
struct VolumeTests {
    struct Folder: ~Copyable {
        let path = "/tmp/kubedl-volume-test-\(UUID().uuidString)"
        deinit { VolumeFolders.remove(path) }
        func text(_ name: String) -> String? {
            FileBytes.read("\(path)/\(name)", limit: 100).map { String(decoding: $0, as: UTF8.self) }
        }
        func names() -> [String] {
            let all = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
            return all.filter { !$0.hasPrefix("..") || $0 == "..data" }.sorted()
        }
    }

    static func file(_ path: String, _ text: String, _ mode: Int = 0o644) -> VolumeFile {
        VolumeFile(path: path, bytes: Array(text.utf8), mode: mode)
    }

    @Test("files change at once, come and go, and an old view stays whole")
    func atomic() throws {
        let folder = Folder()
        let volume = AtomicFolder(path: folder.path)
        try volume.write([Self.file("a", "1"), Self.file("d/e", "1"), Self.file("d/f", "1")])
        #expect(folder.names() == ["..data", "a", "d"])
        #expect(folder.text("a") == "1" && folder.text("d/e") == "1")
        let link = try FileManager.default.destinationOfSymbolicLink(atPath: folder.path + "/a")
        #expect(link == "..data/a")
        try volume.write([Self.file("a", "2"), Self.file("b", "2")])
        #expect(folder.names() == ["..data", "a", "b"])
        #expect(folder.text("a") == "2" && folder.text("b") == "2" && folder.text("d/e") == nil)
        let all = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(all.count == 4, "the old files are gone: \(all)")
        try volume.write([])
        #expect(folder.names() == ["..data"])
    }

    @Test(
        "members of the pod's group may use what is in its volumes",
        arguments: [
            (0o644, false, false, 0o664), (0o600, false, false, 0o660), (0o755, true, false, 0o2775),
            (0o400, false, true, 0o440), (0o644, false, true, 0o644), (0o700, true, true, 0o2750),
        ])
    func ownership(_ mode: Int, _ isDirectory: Bool, _ isReadOnly: Bool, _ expected: Int) {
        #expect(VolumeOwnership(group: 7, isReadOnly: isReadOnly).mode(mode, isDirectory: isDirectory) == expected)
    }

    static let spec = #"""
        {"securityContext":{"fsGroup":4321},"volumes":[{"name":"scratch","emptyDir":{}},
         {"name":"settings","configMap":{"name":"cm","optional":true}},{"name":"key","secret":{"secretName":"s","defaultMode":256}}]}
        """#

    static func sources(_ text: String?) -> PodSources {
        var sources = PodSources(secrets: ["s": ["k": Array("secret".utf8)]], namespace: "ml")
        sources.configMaps["cm"] = text.map { ["x": Array($0.utf8)] }
        return sources
    }

    @Test("volumes follow their sources, keep what they had when one is gone, and belong to the pod's group")
    func following() throws {
        let folder = Folder()
        let document = try JSONDocument(parsing: #"{"metadata":{"name":"p","namespace":"ml"},"spec":\#(Self.spec)}"#)
        let pod = Pod(json: document.root)
        let facts = PodFacts(pod: pod, nodeName: "n", hostIP: "", podIP: "", allocatable: ResourceList())
        var volumes = try VolumeFolders(pod.spec, folder: folder.path, facts: facts, sources: Self.sources(nil))
        #expect(folder.text("settings/x") == nil)
        try volumes.update(pod.spec, facts: facts, sources: Self.sources("one"))
        #expect(folder.text("settings/x") == "one")
        let before = try FileManager.default.destinationOfSymbolicLink(atPath: folder.path + "/settings/..data")
        try volumes.update(pod.spec, facts: facts, sources: Self.sources("one"))
        let same = try FileManager.default.destinationOfSymbolicLink(atPath: folder.path + "/settings/..data")
        #expect(before == same)
        var gone = Self.sources("two")
        gone.secrets = [:]
        try volumes.update(pod.spec, facts: facts, sources: gone)
        #expect(folder.text("settings/x") == "two" && folder.text("key/k") == "secret")
        guard geteuid() == 0 else { return }
        for (name, mode) in [("scratch", 0o2777), ("key/..data/k", 0o440), ("settings/..data/x", 0o644)] {
            let found = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/\(name)")
            #expect(found[.groupOwnerAccountID] as? Int == 4321, "\(name)")
            var information = stat()
            #expect(stat("\(folder.path)/\(name)", &information) == 0)
            #expect(Int(information.st_mode & 0o7777) == mode, "\(name)")
        }
    }
}
