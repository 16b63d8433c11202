import JSON
import KubernetesModel

/// Claims. Source: pkg/registry/core/persistentvolumeclaim/strategy.go, pkg/apis/core/validation.
struct ClaimBehavior: ResourceBehavior {
    var table: TableLayout { .claims }

    func normalize(_ object: inout JSONValue) {
        object.mapObject("spec") { spec in
            spec.mapObject("resources") { $0.mapObject("requests") { PodDefaults.canonicalQuantities(&$0) } }
        }
        object.mapObject("status") { $0.mapObject("capacity") { PodDefaults.canonicalQuantities(&$0) } }
    }

    func setDefaults(_ object: inout JSONValue) {
        object.mapObject("spec") { $0.setDefaultText("volumeMode", "Filesystem") }
    }

    func prepareForCreate(_ object: inout JSONValue) { object["status"] = ["phase": "Pending"] }

    func validate(_ object: JSONValue) -> [FieldError] {
        let spec = FieldPath("spec")
        var errors = AccessModes.problems(object)
        let request = object[path: "spec", "resources", "requests", "storage"]
        if let request, !request.isNull {
            if Quantity(request.string ?? "")?.sign != 1 {
                errors.append(
                    .invalid(spec.child("resources").key("storage"), request.string ?? "", "must be greater than zero"))
            }
        } else {
            errors.append(.required(spec.child("resources").key("storage")))
        }
        return errors
    }

    /// What a claim asks for stays, but that a bound one may ask for more.
    func validateUpdate(_ object: JSONValue, from old: JSONValue) -> [FieldError] {
        var (new, before) = (object["spec"] ?? [:], old["spec"] ?? [:])
        for (field, isOpen) in [
            ("volumeName", before["volumeName"]?.string?.isEmpty ?? true),
            ("storageClassName", before["storageClassName"] == nil),
            ("resources", old[path: "status", "phase"]?.string == "Bound"),
            ("volumeAttributesClassName", true),
        ] where isOpen {
            new.remove(field)
            before.remove(field)
        }
        if new == before { return validate(object) }
        return [
            .forbidden(
                FieldPath("spec"),
                "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound "
                    + "claims")
        ]
    }
}

/// Volumes. Source: pkg/registry/core/persistentvolume/strategy.go, pkg/apis/core/validation.
struct VolumeBehavior: ResourceBehavior {
    var table: TableLayout { .volumes }

    private static let ownFields = [
        "capacity", "accessModes", "claimRef", "persistentVolumeReclaimPolicy", "storageClassName", "mountOptions",
        "volumeMode", "nodeAffinity", "volumeAttributesClassName",
    ]

    func normalize(_ object: inout JSONValue) {
        object.mapObject("spec") { $0.mapObject("capacity") { PodDefaults.canonicalQuantities(&$0) } }
    }

    func setDefaults(_ object: inout JSONValue) {
        object.mapObject("spec") { spec in
            spec.setDefaultText("volumeMode", "Filesystem")
            spec.setDefaultText("persistentVolumeReclaimPolicy", "Retain")
            spec.mapObject("hostPath") { $0.setDefault("type", "") }
        }
    }

    func prepareForCreate(_ object: inout JSONValue) { object["status"] = ["phase": "Pending"] }

    func validate(_ object: JSONValue) -> [FieldError] {
        let spec = FieldPath("spec")
        var errors = AccessModes.problems(object)
        if object[path: "spec", "capacity", "storage"] == nil { errors.append(.required(spec.child("capacity"))) }
        let sources = (object["spec"]?.keys ?? []).filter { !Self.ownFields.contains($0) }
        if sources.isEmpty { errors.append(.required(spec, "must specify a volume type")) }
        for extra in sources.dropFirst() {
            errors.append(.forbidden(spec.child(extra), "may not specify more than 1 volume type"))
        }
        if object[path: "spec", "local"] != nil, object[path: "spec", "nodeAffinity"] == nil {
            errors.append(.required(FieldPath("metadata", "annotations"), "Local volume requires node affinity"))
        }
        return errors
    }

    func validateUpdate(_ object: JSONValue, from old: JSONValue) -> [FieldError] {
        func source(_ object: JSONValue) -> [JSONValue] {
            (object["spec"]?.members ?? []).filter { !Self.ownFields.contains($0.key) }.map(\.value)
        }
        guard source(object) == source(old) else {
            return [
                .forbidden(
                    FieldPath("spec", "persistentvolumesource"),
                    "spec.persistentvolumesource is immutable after creation")
            ]
        }
        return validate(object)
    }
}

/// Storage classes. Source: pkg/apis/storage/{v1/defaults.go,validation}.
struct StorageClassBehavior: ResourceBehavior {
    var table: TableLayout { .storageClasses }

    func setDefaults(_ object: inout JSONValue) {
        object.setDefaultText("reclaimPolicy", "Delete")
        object.setDefaultText("volumeBindingMode", "Immediate")
    }

    func validate(_ object: JSONValue) -> [FieldError] {
        var errors: [FieldError] = []
        if object["provisioner"]?.string?.isEmpty ?? true { errors.append(.required(FieldPath("provisioner"))) }
        errors.check(object, "reclaimPolicy", at: .root, isOneOf: ["Delete", "Retain"])
        errors.check(object, "volumeBindingMode", at: .root, isOneOf: ["Immediate", "WaitForFirstConsumer"])
        return errors
    }

    func validateUpdate(_ object: JSONValue, from old: JSONValue) -> [FieldError] {
        ["parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"].filter { object[$0] != old[$0] }.map {
            .forbidden(FieldPath($0), "updates to \($0) are forbidden.")
        }
    }
}

/// How a volume may be mounted.
enum AccessModes {
    /// The modes, and how tables write them.
    static let short = [
        "ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP",
    ]

    static func problems(_ object: JSONValue) -> [FieldError] {
        let path = FieldPath("spec", "accessModes")
        let modes = object[path: "spec", "accessModes"]?.strings ?? []
        if modes.isEmpty { return [.required(path, "at least 1 access mode is required")] }
        return modes.filter { short[$0] == nil }.map { .notSupported(path, $0, supported: short.keys.sorted()) }
    }

    /// `RWO,RWX`, in the order of kube-apiserver.
    static func text(_ json: JSONView?) -> String {
        let modes = json?.strings ?? []
        let order = ["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"]
        return order.filter { modes.contains($0) }.compactMap { short[$0] }.joined(separator: ",")
    }
}

/// Source: k8s.io/kubernetes pkg/printers/internalversion/printers.go.
extension TableLayout {
    static let claims = TableLayout(
        .name, phase, .text("Volume", "spec", "volumeName"),
        .made("Capacity") { isBound($0) ? scalarText($0[path: "status", "capacity", "storage"]) ?? "" : "" },
        .made("Access Modes") { isBound($0) ? AccessModes.text($0[path: "status", "accessModes"]) : "" },
        .text("StorageClass", "spec", "storageClassName"), attributesClass, .age, volumeMode)

    static let volumes = TableLayout(
        .name, .text("Capacity", "spec", "capacity", "storage"),
        .made("Access Modes") { AccessModes.text($0[path: "spec", "accessModes"]) },
        .text("Reclaim Policy", "spec", "persistentVolumeReclaimPolicy"), phase,
        .made("Claim") { volume in
            let claim = volume[path: "spec", "claimRef"]
            return claim.map { "\($0["namespace"]?.string ?? "")/\($0["name"]?.string ?? "")" } ?? ""
        }, .text("StorageClass", "spec", "storageClassName"), attributesClass, .text("Reason", "status", "reason"),
        .age,
        volumeMode)

    private static func isBound(_ claim: JSONView) -> Bool { scalarText(claim[path: "spec", "volumeName"]) != nil }

    private static let phase = FilledColumn.made("Status") { object in
        object[path: "metadata", "deletionTimestamp"] != nil
            ? "Terminating" : scalarText(object[path: "status", "phase"]) ?? ""
    }
    private static let attributesClass = FilledColumn.text(
        "VolumeAttributesClass", "spec", "volumeAttributesClassName", empty: "<unset>")
    private static let volumeMode = FilledColumn.text(
        "VolumeMode", "spec", "volumeMode", empty: "<unset>", priority: 1)

    static let storageClasses = TableLayout(
        FilledColumn(column: .name) { item, _ in
            let metadata = ObjectMeta(of: item)
            let isDefault = metadata.annotations[StorageAdmission.defaultClass] == "true"
            return JSONValue(metadata.name + (isDefault ? " (default)" : ""))
        }, .text("Provisioner", "provisioner"), .text("ReclaimPolicy", "reclaimPolicy"),
        .text("VolumeBindingMode", "volumeBindingMode"),
        .text("AllowVolumeExpansion", "allowVolumeExpansion", empty: "false"), .age)
}
