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
        } else if !group.contains(".") {
            errors.append(.invalid(path.child("group"), group, "should be a domain with at least one dot"))
        }
        errors += approvalProblems(object, group)
        if spec["preserveUnknownFields"]?.bool == true {
            errors.append(
                .invalid(
                    path.child("preserveUnknownFields"), json: true,
                    "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema "
                        + "instead"))
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
            }
            names.insert(name)
            for field in ["served", "storage"] where version[field]?.bool == nil {
                errors.append(.required(at.child(field)))
            }
        }
        errors += CustomVersionValidation(versions).errors
        if names.count != versions.count {
            errors.append(
                .invalid(
                    path, json: JSONValue(versions.map { $0["name"] ?? .null }), "must contain unique version names"))
        }
        if versions.filter({ $0["storage"]?.bool == true }).count != 1 {
            errors.append(
                .invalid(
                    path, json: JSONValue(versions.map { $0["name"] ?? .null }),
                    "must have exactly one version marked as storage version"))
        }
        return errors
    }

    /// Source: KEP-1111.
    private func approvalProblems(_ object: JSONValue, _ group: String) -> [FieldError] {
        let protected = ["k8s.io", "kubernetes.io"]
        guard protected.contains(where: { group == $0 || group.hasSuffix("." + $0) }) else { return [] }
        let approval = object[path: "metadata", "annotations", "api-approved.kubernetes.io"]?.string ?? ""
        if approval.hasPrefix("unapproved") || approval.hasPrefix("https://") { return [] }
        let path = FieldPath("metadata", "annotations").key("api-approved.kubernetes.io")
        return approval.isEmpty
            ? [
                .required(
                    path, "protected groups must have approval annotation \"api-approved.kubernetes.io\", see KEP-1111")
            ]
            : [.invalid(path, approval, "must be the URL of the approval")]
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
