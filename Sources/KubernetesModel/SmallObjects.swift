package import JSON

/// Configuration by name. Source: core/v1 ConfigMap.
package struct ConfigMap: KubernetesObject {
    package static let resource = ResourceType.configMaps
    package let json: JSONView
    package init(json: JSONView) { self.json = json }

    /// The texts by key.
    package var data: StringMap { StringMap(json: json["data"]) }
    /// The base64 of the bytes by key.
    package var binaryData: StringMap { StringMap(json: json["binaryData"]) }
}

/// Secret values by name. Source: core/v1 Secret.
package struct Secret: KubernetesObject {
    package static let resource = ResourceType.secrets
    package let json: JSONView
    package init(json: JSONView) { self.json = json }

    /// What it is for, such as `Opaque`.
    package var type: String { json["type"]?.string ?? "Opaque" }
    /// The base64 of the values by key.
    package var data: StringMap { StringMap(json: json["data"]) }
}

/// A namespace. Source: core/v1 Namespace.
package struct Namespace: KubernetesObject {
    package static let resource = ResourceType.namespaces
    package let json: JSONView
    package init(json: JSONView) { self.json = json }

    /// Whether it is being deleted: nothing new can be made in it.
    package var isTerminating: Bool { json["status"]?["phase"]?.stringEquals("Terminating") ?? false }
}

/// A lease: who holds a role, and until when. Source: coordination.k8s.io/v1 Lease.
package struct Lease: KubernetesObject {
    package static let resource = ResourceType.leases
    package let json: JSONView
    package init(json: JSONView) { self.json = json }

    private var spec: JSONView? { json["spec"] }

    /// Who holds it; nil if nobody does.
    package var holder: String? { spec?["holderIdentity"]?.string.flatMap { $0.isEmpty ? nil : $0 } }
    /// How long a renewal holds; nil if absent.
    package var duration: Duration? { spec?["leaseDurationSeconds"]?.int.map { .seconds($0) } }
    /// When the holder took it.
    package var acquireTime: Timestamp? { spec?["acquireTime"]?.string.flatMap { Timestamp($0) } }
    /// When the holder last renewed it.
    package var renewTime: Timestamp? { spec?["renewTime"]?.string.flatMap { Timestamp($0) } }
    /// How often it changed hands.
    package var transitions: Int { spec?["leaseTransitions"]?.int ?? 0 }
}

/// Something that happened to an object. Source: core/v1 Event.
package struct Event: KubernetesObject {
    package static let resource = ResourceType.events
    package let json: JSONView
    package init(json: JSONView) { self.json = json }

    /// What it happened to.
    package var involvedObject: ObjectReference? { json["involvedObject"].map { ObjectReference(json: $0) } }
    /// What happened, in a word.
    package var reason: String { json["reason"]?.string ?? "" }
    /// What happened, for people.
    package var message: String { json["message"]?.string ?? "" }
    /// `Normal` or `Warning`.
    package var type: String { json["type"]?.string ?? "" }
    /// How often it happened.
    package var count: Int { json["count"]?.int ?? 1 }
    /// When it first happened.
    package var firstTimestamp: Timestamp? { json["firstTimestamp"]?.string.flatMap { Timestamp($0) } }
    /// When it last happened.
    package var lastTimestamp: Timestamp? { json["lastTimestamp"]?.string.flatMap { Timestamp($0) } }
}
