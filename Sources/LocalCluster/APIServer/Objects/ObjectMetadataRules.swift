import JSON
import KubernetesModel

/// What the server owns in `metadata`, and what is valid there. Pure: ids and times come in as values.
///
/// Source: k8s.io/apiserver pkg/registry/rest/{create,update,meta}.go, k8s.io/apimachinery
/// pkg/api/validation/objectmeta.go.
enum ObjectMetadataRules {
    /// Characters of generated suffixes; none that could make a word.
    private static let suffixAlphabet = Array("bcdfghjklmnpqrstvwxz2456789")

    /// Five characters for `generateName`.
    static func nameSuffix(using generator: inout some RandomNumberGenerator) -> String {
        String((0..<5).map { _ in suffixAlphabet[Int.random(in: 0..<suffixAlphabet.count, using: &generator)] })
    }

    /// A version 4 UUID.
    static func newUID(using generator: inout some RandomNumberGenerator) -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = Array("0123456789abcdef")
        var text = ""
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text.append("-") }
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return text
    }

    /// Fills name, uid, creationTimestamp and generation of a new object, and drops what clients may not set.
    static func fillForCreate(
        _ object: inout JSONValue, uid: String, suffix: String, now: Timestamp, namespace: String?,
        countsGeneration: Bool
    ) {
        var metadata = object["metadata"] ?? .object([])
        if metadata["name"]?.string?.isEmpty ?? true, let prefix = metadata["generateName"]?.string, !prefix.isEmpty {
            metadata["name"] = JSONValue(String(prefix.prefix(58)) + suffix)
        }
        if let namespace { metadata["namespace"] = JSONValue(namespace) } else { metadata.remove("namespace") }
        for owned in ["deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "resourceVersion", "generation"] {
            metadata.remove(owned)
        }
        metadata["uid"] = JSONValue(uid)
        metadata["creationTimestamp"] = JSONValue(now.description)
        if countsGeneration { metadata["generation"] = 1 }
        object["metadata"] = metadata
    }

    /// Puts back what an update may not change, after ``validateUpdate(_:from:)`` has seen it.
    static func keepForUpdate(_ object: inout JSONValue, from old: JSONValue) {
        var metadata = object["metadata"] ?? .object([])
        for owned in [
            "name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
            "generateName", "generation",
        ] {
            metadata[owned] = old[path: ["metadata", owned]]
        }
        metadata.remove("selfLink")
        object["metadata"] = metadata
    }

    /// Raises `metadata.generation` if anything but metadata and status has changed.
    static func countGeneration(_ object: inout JSONValue, from old: JSONValue, statusCounts: Bool) {
        func desired(_ value: JSONValue) -> JSONValue {
            var value = value
            value.remove("metadata")
            value.remove("apiVersion")
            value.remove("kind")
            if !statusCounts { value.remove("status") }
            return value
        }
        guard desired(object) != desired(old) else { return }
        object[path: ["metadata", "generation"]] = JSONValue((old[path: ["metadata", "generation"]]?.int ?? 0) + 1)
    }

    /// Every problem of the metadata of a new or changed object.
    static func validate(_ object: JSONValue, nameProblem: (String) -> String?) -> [FieldError] {
        let path = FieldPath("metadata")
        let metadata = object["metadata"] ?? .object([])
        var errors: [FieldError] = []
        let name = metadata["name"]?.string ?? ""
        if name.isEmpty {
            errors.append(.required(path.child("name"), "name or generateName is required"))
        } else if let problem = nameProblem(name) {
            errors.append(.invalid(path.child("name"), name, problem))
        }
        errors += validateMaps(metadata, path)
        for (index, owner) in (metadata["ownerReferences"]?.elements ?? []).enumerated() {
            let at = path.child("ownerReferences").index(index)
            for field in ["apiVersion", "kind", "name", "uid"] where owner[field]?.string?.isEmpty ?? true {
                errors.append(.required(at.child(field), "must not be empty"))
            }
            if owner["apiVersion"]?.string == "v1", owner["kind"]?.string == "Event" {
                errors.append(.invalid(at, json: owner, "/v1, Kind=Event is disallowed from being an owner"))
            }
        }
        let controllers = (metadata["ownerReferences"]?.elements ?? []).filter { $0["controller"]?.bool == true }
        if controllers.count > 1 {
            errors.append(
                .invalid(
                    path.child("ownerReferences"), json: metadata["ownerReferences"] ?? .null,
                    "Only one reference can have Controller set to true. Found \"true\" in references for "
                        + controllers.map { "\($0["kind"]?.string ?? "")/\($0["name"]?.string ?? "")" }
                        .joined(separator: " and ")))
        }
        return errors
    }

    private static let standardFinalizers = ["kubernetes", "orphan", "foregroundDeletion"]

    /// What is wrong with the metadata of a new object, apart from ``validate(_:nameProblem:)``.
    static func validateNew(
        _ object: JSONValue, isCustom: Bool, _ nameProblem: (String) -> String?
    ) -> [FieldError] {
        let path = FieldPath("metadata")
        var errors: [FieldError] = []
        if let prefix = object[path: ["metadata", "generateName"]]?.string, !prefix.isEmpty {
            // A prefix may end as no name may.
            let name = prefix.last == "-" ? prefix.dropLast() + "a" : prefix
            if let problem = nameProblem(String(name)) {
                errors.append(.invalid(path.child("generateName"), prefix, problem))
            }
        }
        let finalizers = object[path: ["metadata", "finalizers"]]?.strings ?? []
        for finalizer in finalizers {
            if let problem = NameValidation.qualifiedNameProblem(finalizer) {
                errors.append(.invalid(path.child("finalizers"), finalizer, problem))
            } else if !isCustom, !finalizer.contains("/"), !standardFinalizers.contains(finalizer) {
                errors.append(
                    .invalid(
                        path.child("finalizers"), finalizer,
                        "name is neither a standard finalizer name nor is it fully qualified"))
            }
        }
        if finalizers.contains("orphan"), finalizers.contains("foregroundDeletion") {
            errors.append(
                .invalid(
                    path.child("finalizers"), json: JSONValue(finalizers),
                    "finalizer orphan and foregroundDeletion cannot be both set"))
        }
        return errors
    }

    private static func validateMaps(_ metadata: JSONValue, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        for (key, value) in metadata["labels"]?.members ?? [] {
            if let problem = NameValidation.qualifiedNameProblem(key) {
                errors.append(.invalid(path.child("labels"), key, problem))
            }
            if let text = value.string, let problem = NameValidation.labelValueProblem(text) {
                errors.append(.invalid(path.child("labels"), text, problem))
            }
        }
        var size = 0
        for (key, value) in metadata["annotations"]?.members ?? [] {
            if let problem = NameValidation.qualifiedNameProblem(key.lowercased()) {
                errors.append(.invalid(path.child("annotations"), key, problem))
            }
            size += key.utf8.count + (value.string?.utf8.count ?? 0)
        }
        if size > 256 * 1024 { errors.append(.tooLong(path.child("annotations"), limit: 256 * 1024)) }
        return errors
    }

    /// What an update tries to change in metadata and may not.
    static func validateUpdate(_ object: JSONValue, from old: JSONValue) -> [FieldError] {
        let path = FieldPath("metadata")
        var errors: [FieldError] = []
        let metadata = object["metadata"] ?? .object([])
        for field in ["name", "namespace"] {
            if let new = metadata[field]?.string, new != old[path: ["metadata", field]]?.string ?? "" {
                errors.append(.immutable(path.child(field), JSONValue(new)))
            }
        }
        if old[path: ["metadata", "deletionTimestamp"]] != nil {
            let before = Set(old[path: ["metadata", "finalizers"]]?.strings ?? [])
            let added = (metadata["finalizers"]?.strings ?? []).filter { !before.contains($0) }
            if !added.isEmpty {
                errors.append(
                    .forbidden(
                        path.child("finalizers"),
                        "no new finalizers can be added if the object is being deleted, found new finalizers "
                            + "\(added)"))
            }
        }
        return errors
    }

    /// Types that would break readers of metadata: labels and annotations must be maps of texts, and so on.
    static func typeProblem(_ object: JSONValue) -> String? {
        guard let metadata = object["metadata"], !metadata.isNull else { return nil }
        guard metadata.kind == .object else { return "metadata must be an object" }
        for field in ["name", "generateName", "namespace", "uid", "resourceVersion"] {
            if let value = metadata[field], !value.isNull, value.kind != .string {
                return
                    "json: cannot unmarshal \(value.kind) into Go struct field ObjectMeta.metadata.\(field) of type string"
            }
        }
        for field in ["labels", "annotations"] {
            guard let map = metadata[field], !map.isNull else { continue }
            guard map.kind == .object else { return "metadata.\(field) must be an object of strings" }
            for (key, value) in map.members ?? [] where value.kind != .string && !value.isNull {
                return "json: cannot unmarshal \(value.kind) into Go struct field ObjectMeta.metadata.\(field) of type "
                    + "string (key \"\(key)\")"
            }
        }
        return nil
    }
}
