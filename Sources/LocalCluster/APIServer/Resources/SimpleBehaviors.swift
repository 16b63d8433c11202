import Cryptography
import JSON
import KubernetesModel

/// Namespaces: the finalizer `kubernetes` and the phase. Source: pkg/registry/core/namespace/strategy.go.
struct NamespaceBehavior: ResourceBehavior {
    var table: TableLayout { .namespaces }
    var selectableFields: [String] { ["status.phase"] }

    func nameProblem(_ name: String) -> String? { NameValidation.dns1123LabelProblem(name) }

    func setDefaults(_ object: inout JSONValue) {
        let name = object.metadataName
        if !name.isEmpty { object[path: ["metadata", "labels", "kubernetes.io/metadata.name"]] = JSONValue(name) }
    }

    func prepareForCreate(_ object: inout JSONValue) {
        object["status"] = ["phase": "Active"]
        var finalizers = object[path: "spec", "finalizers"]?.strings ?? []
        if !finalizers.contains("kubernetes") { finalizers.append("kubernetes") }
        object[path: ["spec", "finalizers"]] = JSONValue(finalizers)
    }

    func prepareForUpdate(_ object: inout JSONValue, from old: JSONValue) {
        object[path: ["spec", "finalizers"]] = old[path: "spec", "finalizers"]
    }
}

/// Nodes. Source: pkg/registry/core/node/strategy.go.
struct NodeBehavior: ResourceBehavior {
    var table: TableLayout { .nodes }
    var selectableFields: [String] { ["spec.unschedulable"] }

    func normalize(_ object: inout JSONValue) {
        object.mapObject("status") { status in
            for field in ["capacity", "allocatable"] {
                status.mapObject(field) { PodDefaults.canonicalQuantities(&$0) }
            }
        }
    }

    func setDefaults(_ object: inout JSONValue) {
        object.setDefault("spec", .object([]))
        object.mapObject("status") { status in
            if status["allocatable"] == nil { status["allocatable"] = status["capacity"] }
        }
    }
}

/// Config maps and their `immutable` flag.
struct ConfigMapBehavior: ResourceBehavior {
    var table: TableLayout { .configMaps }

    func validate(_ object: JSONValue) -> [FieldError] {
        var errors = KeyedData.validate(object, fields: ["data", "binaryData"])
        for key in object["data"]?.keys ?? [] where object[path: "binaryData", key] != nil {
            errors.append(.invalid(FieldPath("data").key(key), key, "duplicate of key present in binaryData"))
        }
        return errors
    }

    func validateUpdate(_ object: JSONValue, from old: JSONValue) -> [FieldError] {
        validate(object) + KeyedData.validateImmutable(object, from: old, fields: ["data", "binaryData"])
    }
}

/// Secrets: `stringData` is written into `data`. Source: pkg/registry/core/secret/strategy.go.
struct SecretBehavior: ResourceBehavior {
    var table: TableLayout { .secrets }
    var selectableFields: [String] { ["type"] }

    func setDefaults(_ object: inout JSONValue) {
        object.setDefaultText("type", "Opaque")
        guard let texts = object["stringData"]?.members else { return }
        for (key, value) in texts {
            object[path: ["data", key]] = JSONValue(Base64.encodeText(Array((value.string ?? "").utf8)))
        }
        object.remove("stringData")
    }

    func validate(_ object: JSONValue) -> [FieldError] {
        KeyedData.validate(object, fields: ["data"]) + typeProblems(object)
    }

    /// Keys that secrets of Kubernetes' own types must have.
    private static let requiredKeys: [String: [String]] = [
        "kubernetes.io/tls": ["tls.crt", "tls.key"], "kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
        "kubernetes.io/dockercfg": [".dockercfg"], "kubernetes.io/ssh-auth": ["ssh-privatekey"],
    ]

    /// Source: pkg/apis/core/validation, ValidateSecret.
    private func typeProblems(_ object: JSONValue) -> [FieldError] {
        let type = object["type"]?.string ?? ""
        var errors: [FieldError] = []
        for key in Self.requiredKeys[type] ?? [] {
            let at = FieldPath("data").key(key)
            guard let text = object[path: "data", key]?.string else {
                errors.append(.required(at))
                continue
            }
            guard key.hasPrefix(".docker") else { continue }
            if Base64Text.decode(text).flatMap({ try? JSONDocument(parsing: $0) }) == nil {
                errors.append(
                    .invalid(at, "<secret contents redacted>", "invalid character looking for beginning of value"))
            }
        }
        if type == "kubernetes.io/service-account-token",
            (object[path: "metadata", "annotations", "kubernetes.io/service-account.name"]?.string ?? "").isEmpty
        {
            errors.append(
                .required(FieldPath("metadata", "annotations").key("kubernetes.io/service-account.name")))
        }
        if type == "kubernetes.io/basic-auth", object[path: "data", "username"] == nil,
            object[path: "data", "password"] == nil
        {
            errors.append(.required(FieldPath("data").key("username")))
            errors.append(.required(FieldPath("data").key("password")))
        }
        return errors
    }

    func validateUpdate(_ object: JSONValue, from old: JSONValue) -> [FieldError] {
        var errors = validate(object) + KeyedData.validateImmutable(object, from: old, fields: ["data"])
        if object["type"] != old["type"] {
            errors.append(.immutable(FieldPath("type"), object["type"] ?? .null))
        }
        return errors
    }
}

/// Keys and size of config maps and secrets.
private enum KeyedData {
    static func validate(_ object: JSONValue, fields: [String]) -> [FieldError] {
        var errors: [FieldError] = []
        var size = 0
        for field in fields {
            for (key, value) in object[field]?.members ?? [] {
                size += value.string?.utf8.count ?? 0
                let isPlain = key.utf8.allSatisfy {
                    (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                        || [0x2D, 0x2E, 0x5F].contains($0)
                }
                if key.isEmpty || key.utf8.count > 253 || !isPlain || key == "." || key == ".." {
                    errors.append(
                        .invalid(
                            FieldPath(field).key(key), key,
                            "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name', "
                                + " or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"))
                }
                if value.kind != .string {
                    errors.append(
                        FieldError(
                            path: FieldPath(field).key(key), kind: .typeInvalid, badJSON: value,
                            detail: "must be a string"))
                }
            }
        }
        if size > 1024 * 1024 { errors.append(.tooLong(FieldPath(fields[0]), limit: 1024 * 1024)) }
        return errors
    }

    static func validateImmutable(_ object: JSONValue, from old: JSONValue, fields: [String]) -> [FieldError] {
        guard old["immutable"]?.bool == true else { return [] }
        var errors: [FieldError] = []
        if object["immutable"]?.bool != true {
            errors.append(.forbidden(FieldPath("immutable"), "field is immutable when `immutable` is set"))
        }
        for field in fields where (object[field] ?? [:]) != (old[field] ?? [:]) {
            errors.append(.forbidden(FieldPath(field), "field is immutable when `immutable` is set"))
        }
        return errors
    }
}

/// Events; their namespace must be that of the object they are about.
struct EventBehavior: ResourceBehavior {
    var table: TableLayout { .events }
    var selectableFields: [String] {
        [
            "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
            "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason",
            "reportingComponent", "source", "type",
        ]
    }

    func validate(_ object: JSONValue) -> [FieldError] {
        let namespace = object[path: "involvedObject", "namespace"]?.string ?? ""
        let own = object.metadataNamespace ?? ""
        guard namespace != own, !(namespace.isEmpty && own == "default") else { return [] }
        return [
            .invalid(FieldPath("involvedObject", "namespace"), namespace, "does not match event.namespace")
        ]
    }

    func validateUpdate(_ object: JSONValue, from old: JSONValue) -> [FieldError] { [] }
}
