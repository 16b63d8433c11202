import JSON
import KubernetesModel
import Testing

@testable import LocalControllers

/// Source: pkg/controller/volume/persistentvolume.
@Suite("Claims and volumes")
struct ClaimTests {
    private static let now = Timestamp(seconds: 1_800_000_000)

    private static func view(_ text: String) throws -> JSONView { try JSONDocument(parsing: text).root }

    private static func claim(
        _ className: String? = "c", annotations: String = "{}", spec: String = "", deleting: Bool = false
    ) throws -> JSONView {
        let name = className.map { #""storageClassName":"\#($0)","# } ?? ""
        let deletion = deleting ? #","deletionTimestamp":"2026-01-01T00:00:00Z""# : ""
        return try view(
            #"""
            {"kind":"PersistentVolumeClaim","metadata":{"name":"data","namespace":"ml","uid":"u","annotations":\#(annotations),
             "finalizers":["kubernetes.io/pvc-protection"]\#(deletion)},
             "spec":{\#(name)\#(spec)"accessModes":["ReadWriteOnce"],"volumeMode":"Filesystem",
             "resources":{"requests":{"storage":"5Gi"}}},"status":{"phase":"Pending"}}
            """#)
    }

    private static func volume(
        _ name: String, _ size: String = "5Gi", className: String = "c", modes: String = #"["ReadWriteOnce"]"#,
        spec: String = "", annotations: String = "{}"
    ) throws -> JSONView {
        try view(
            #"""
            {"kind":"PersistentVolume","metadata":{"name":"\#(name)","uid":"v","annotations":\#(annotations)},
             "spec":{\#(spec)"capacity":{"storage":"\#(size)"},"storageClassName":"\#(className)","volumeMode":"Filesystem",
             "accessModes":\#(modes),"hostPath":{"path":"/volumes/\#(name)"}},"status":{"phase":"Available"}}
            """#)
    }

    private static func storageClass(_ provisioner: String, waits: Bool = false) throws -> JSONView {
        let mode = waits ? "WaitForFirstConsumer" : "Immediate"
        return try view(
            #"""
            {"kind":"StorageClass","metadata":{"name":"c"},"provisioner":"\#(provisioner)","reclaimPolicy":"Delete",
             "volumeBindingMode":"\#(mode)"}
            """#)
    }

    private static func plan(
        _ claim: JSONView, _ volumes: [JSONView] = [], _ classes: [JSONView] = [], pods: [JSONView] = []
    ) -> Plan {
        ClaimBinding(folder: "/volumes").plan(
            claim, World([.persistentVolumes: volumes, .storageClasses: classes, .pods: pods], now: now))
    }

    @Test("the smallest volume that has the size, class and modes is taken, one reserved for the claim before all")
    func matching() throws {
        let volumes = [
            try Self.volume("small", "4Gi"), try Self.volume("big", "20Gi"), try Self.volume("fits", "6Gi"),
            try Self.volume("other", className: "d"), try Self.volume("modes", modes: #"["ReadOnlyMany"]"#),
            try Self.volume("taken", spec: #""claimRef":{"name":"data","namespace":"ml","uid":"else"},"#),
        ]
        let claim = try Self.claim()
        #expect(ClaimMatch.best(volumes, for: claim, on: nil)?.meta.name == "fits")
        let reserved = try Self.volume("mine", "1Gi", spec: #""claimRef":{"name":"data","namespace":"ml"},"#)
        #expect(ClaimMatch.best(volumes + [reserved], for: claim, on: nil)?.meta.name == "mine")
    }

    @Test("a volume is bound from both sides")
    func binding() throws {
        let plan = Self.plan(try Self.claim(), [try Self.volume("v")])
        #expect(plan.status?["phase"] == "Bound" && plan.status?[path: "capacity", "storage"] == "5Gi")
        let patches = plan.changes.compactMap { change -> JSONValue? in
            switch change {
            case .merge(_, _, let patch), .status(_, _, let patch): patch
            default: nil
            }
        }
        #expect(patches.first?[path: "spec", "claimRef", "uid"] == "u")
        #expect(patches.last?[path: "spec", "volumeName"] == "v")
    }

    @Test(
        "what is said while a claim waits",
        arguments: [
            ("c", "kubedl.io/local-folder", true, "WaitForFirstConsumer"),
            ("c", "example.com/disk", false, "ExternalProvisioning"),
            ("none", "kubedl.io/local-folder", false, "ProvisioningFailed"),
            ("", "kubedl.io/local-folder", false, "FailedBinding"),
        ])
    func waiting(className: String, provisioner: String, waits: Bool, reason: String) throws {
        let plan = Self.plan(try Self.claim(className), [], [try Self.storageClass(provisioner, waits: waits)])
        #expect(plan.changes.isEmpty && plan.events.map(\.reason) == [reason])
    }

    @Test(
        "a folder is made for a claim of our class, once its pod has a node if the class waits for that",
        arguments: [
            (false, "{}"), (true, #"{"volume.kubernetes.io/selected-node":"n"}"#),
        ])
    func provisioning(waits: Bool, annotations: String) throws {
        let plan = Self.plan(
            try Self.claim(annotations: annotations), [],
            [try Self.storageClass("kubedl.io/local-folder", waits: waits)])
        guard plan.changes.count == 2, case .folder("/volumes/pvc-u", true) = plan.changes[0],
            case .create(_, let volume) = plan.changes[1]
        else {
            Issue.record("\(plan.changes)")
            return
        }
        #expect(volume[path: "spec", "claimRef", "uid"] == "u")
        #expect(volume[path: "spec", "persistentVolumeReclaimPolicy"] == "Delete")
    }

    @Test("a claim that goes stays while a pod uses it")
    func protection() throws {
        func pod(_ phase: String) throws -> JSONView {
            try Self.view(
                #"""
                {"kind":"Pod","metadata":{"name":"p","namespace":"ml"},"spec":{"nodeName":"n",
                 "volumes":[{"name":"d","persistentVolumeClaim":{"claimName":"data"}}]},"status":{"phase":"\#(phase)"}}
                """#)
        }
        let claim = try Self.claim(deleting: true)
        #expect(Self.plan(claim, pods: [try pod("Running")]).changes.isEmpty)
        #expect(Self.plan(claim, pods: [try pod("Succeeded")]).changes.count == 1)
    }

    @Test(
        "a released volume goes with its folder if its policy says so, and only if the folder is ours",
        arguments: [
            ("Delete", "kubedl.io/local-folder", true), ("Retain", "kubedl.io/local-folder", false),
            ("Delete", "example.com/disk", false),
        ])
    func reclaim(policy: String, provisioner: String, goes: Bool) throws {
        let volume = try Self.volume(
            "pvc-u", spec: #""persistentVolumeReclaimPolicy":"\#(policy)","claimRef":{"uid":"u"},"#,
            annotations: #"{"pv.kubernetes.io/provisioned-by":"\#(provisioner)"}"#)
        let plan = VolumeReclaim(folder: "/volumes").plan(volume, World(now: Self.now))
        if goes {
            guard case .folder("/volumes/pvc-u", false)? = plan.changes.first else {
                Issue.record("\(plan.changes)")
                return
            }
        } else {
            #expect(plan.changes.isEmpty && plan.status?["phase"] == "Released")
        }
    }
}
