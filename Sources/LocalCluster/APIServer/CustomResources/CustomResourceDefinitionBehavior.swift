import APIMachinery
import JSON
import KubernetesModel

/// The rules of CustomResourceDefinitions. Source: k8s.io/apiextensions-apiserver pkg/apis/apiextensions.
struct CustomResourceDefinitionBehavior: ResourceBehavior {
    /// Keeps a definition until its objects are gone.
    static let cleanupFinalizer = "customresourcecleanup.apiextensions.k8s.io"

    var countsGeneration: Bool { true }
    var table: TableLayout { .createdAt }

    func setDefaults(_ object: inout JSONValue) {
        object.mapObject("spec") { spec in
            spec.setDefault("conversion", ["strategy": "None"])
            spec.mapObject("names") { names in
                let kind = names["kind"]?.string ?? ""
                names.setDefaultText("singular", kind.lowercased())
                names.setDefaultText("listKind", kind.isEmpty ? "" : kind + "List")
            }
        }
    }

    func prepareForCreate(_ object: inout JSONValue) { object.remove("status") }

    func validate(_ object: JSONValue) -> [FieldError] {
        let path = FieldPath("spec")
        let spec = object["spec"] ?? .object([])
        var errors: [FieldError] = []
        let group = spec["group"]?.string ?? ""
        let plural = spec[path: "names", "plural"]?.string ?? ""
        if group.isEmpty {
            errors.append(.required(path.child("group")))
        } else if let problem = NameValidation.dns1123SubdomainProblem(group) {
            errors.append(.invalid(path.child("group"), group, problem))
        }
        for field in ["plural", "kind", "singular", "listKind"] where (spec[path: "names", field]?.string ?? "").isEmpty
        {
            errors.append(.required(path.child("names", field)))
        }
        if object.metadataName != "\(plural).\(group)" {
            errors.append(
                .invalid(
                    FieldPath("metadata", "name"), object.metadataName, "must be spec.names.plural+\".\"+spec.group"))
        }
        let scope = spec["scope"]?.string ?? ""
        if !["Cluster", "Namespaced"].contains(scope) {
            errors.append(.notSupported(path.child("scope"), scope, supported: ["Cluster", "Namespaced"]))
        }
        errors += validateVersions(spec["versions"]?.elements ?? [], path.child("versions"))
        if spec[path: "conversion", "strategy"]?.string ?? "None" != "None" {
            errors.append(
                .notSupported(
                    path.child("conversion", "strategy"), spec[path: "conversion", "strategy"]?.string ?? "",
                    supported: ["None"]))
        }
        return errors
    }

    private func validateVersions(_ versions: [JSONValue], _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        var names = Set<String>()
        for (index, version) in versions.enumerated() {
            let at = path.index(index)
            let name = version["name"]?.string ?? ""
            if let problem = NameValidation.dns1035LabelProblem(name) {
                errors.append(.invalid(at.child("name"), name, problem))
            } else if !names.insert(name).inserted {
                errors.append(.duplicate(at.child("name"), name))
            }
            for field in ["served", "storage"] where version[field]?.bool == nil {
                errors.append(.required(at.child(field)))
            }
            errors += schemaProblems(version, at.child("schema", "openAPIV3Schema"))
        }
        if versions.filter({ $0["storage"]?.bool == true }).count != 1 {
            errors.append(
                .invalid(
                    path, json: JSONValue(versions.map { $0["name"] ?? .null }),
                    "must have exactly one version marked as storage version"))
        }
        return errors
    }

    private func schemaProblems(_ version: JSONValue, _ path: FieldPath) -> [FieldError] {
        guard let schema = version[path: "schema", "openAPIV3Schema"] else {
            return [.required(path, "schemas are required")]
        }
        do {
            _ = try StructuralSchema(try schema.document().root)
            return []
        } catch let error as FieldError {
            var error = error
            error.path = error.path.text.isEmpty ? path : path.child(error.path.text)
            return [error]
        } catch {
            return [FieldError(path: path, kind: .internalError, detail: "\(error)")]
        }
    }

    func validateUpdate(_ object: JSONValue, from old: JSONValue) -> [FieldError] {
        var errors = validate(object)
        for steps in [["spec", "group"], ["spec", "scope"], ["spec", "names", "kind"], ["spec", "names", "plural"]]
        where object[path: steps] != old[path: steps] {
            errors.append(.immutable(steps.reduce(FieldPath.root) { $0.child($1) }, object[path: steps] ?? .null))
        }
        return errors
    }

    /// The status that the naming and establishing controllers would write, all at once.
    ///
    /// `conflict` is the name of another definition that already has this kind or plural in the group.
    static func setStatus(_ object: inout JSONValue, conflict: String?, now: Timestamp) {
        var status = object["status"] ?? .object([])
        let accepted: JSONValue =
            conflict.map {
                [
                    "type": "NamesAccepted", "status": "False", "reason": "NamesConflict",
                    "message": JSONValue("names are already in use by \($0)"),
                ]
            } ?? [
                "type": "NamesAccepted", "status": "True", "reason": "NoConflicts", "message": "no conflicts found",
            ]
        PodStatusRules.set(accepted, in: &status, now: now)
        PodStatusRules.set(
            conflict == nil
                ? [
                    "type": "Established", "status": "True", "reason": "InitialNamesAccepted",
                    "message": "the initial names have been accepted",
                ]
                : [
                    "type": "Established", "status": "False", "reason": "NotAccepted",
                    "message": "not all names are accepted",
                ], in: &status, now: now)
        status["acceptedNames"] = object[path: "spec", "names"]
        let storage = (object[path: "spec", "versions"]?.elements ?? []).first { $0["storage"]?.bool == true }
        var stored = status["storedVersions"]?.strings ?? []
        if let name = storage?["name"]?.string, !stored.contains(name) { stored.append(name) }
        status["storedVersions"] = JSONValue(stored)
        object["status"] = status
    }
}
