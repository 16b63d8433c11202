import JSON
import KubernetesModel

/// What is wrong with a pod's spec.
///
/// Source: pkg/apis/core/validation/validation.go, the parts that the node agent relies on.
enum PodValidation {
    static func validate(spec: JSONValue, at path: FieldPath = FieldPath("spec")) -> [FieldError] {
        var errors: [FieldError] = []
        if spec["containers"]?.isEmpty ?? true { errors.append(.required(path.child("containers"))) }
        var names = Set<String>()
        let volumes = validateVolumes(spec, path, &errors)
        let isHostNetwork = spec["hostNetwork"]?.bool ?? false
        for list in ["initContainers", "containers"] {
            for (container, at) in spec.elements(list, at: path) {
                errors.checkName(of: container, at: at, differsFrom: &names)
                errors += PodContainerValidation.validate(
                    container, at: at, volumes: volumes, isHostNetwork: isHostNetwork)
            }
        }
        errors += validateChoices(spec, path)
        errors += validateGates(spec, path)
        errors += PodPlacementValidation.validate(spec, at: path)
        errors += hostPortConflicts(spec, path)
        return errors
    }

    private static func validateVolumes(
        _ spec: JSONValue, _ path: FieldPath, _ errors: inout [FieldError]
    ) -> Set<String> {
        var names = Set<String>()
        for (volume, at) in spec.elements("volumes", at: path) {
            errors.checkName(of: volume, at: at, differsFrom: &names)
            let sources = volume.keys.filter { $0 != "name" }
            if sources.count > 1 {
                errors.append(.forbidden(at.child(sources[1]), "may not specify more than 1 volume type"))
            }
        }
        return names
    }

    private static func validateChoices(_ spec: JSONValue, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        errors.check(spec, "restartPolicy", at: path, isOneOf: ["Always", "Never", "OnFailure"])
        errors.check(
            spec, "dnsPolicy", at: path, isOneOf: ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"])
        for field in ["nodeName", "serviceAccountName", "priorityClassName"] {
            errors.check(spec[field]?.string ?? "", at: path.child(field), NameValidation.dns1123SubdomainProblem)
        }
        for field in ["hostname", "subdomain"] {
            errors.check(spec[field]?.string ?? "", at: path.child(field), NameValidation.dns1123LabelProblem)
        }
        if let seconds = spec["activeDeadlineSeconds"]?.int, seconds < 1 {
            errors.append(
                .invalid(path.child("activeDeadlineSeconds"), seconds, "must be between 1 and 2147483647, inclusive"))
        }
        return errors
    }

    private static func validateGates(_ spec: JSONValue, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        var names = Set<String>()
        let gates = spec.elements("schedulingGates", at: path)
        for (gate, at) in gates {
            let name = gate["name"]?.string ?? ""
            if let problem = NameValidation.qualifiedNameProblem(name) {
                errors.append(.invalid(at, name, problem))
            } else if !names.insert(name).inserted {
                errors.append(.duplicate(at, name))
            }
        }
        if !gates.isEmpty, !(spec["nodeName"]?.string ?? "").isEmpty {
            errors.append(
                .forbidden(path.child("nodeName"), "cannot be set until all schedulingGates have been cleared"))
        }
        return errors
    }

    private static func hostPortConflicts(_ spec: JSONValue, _ path: FieldPath) -> [FieldError] {
        var seen = Set<String>()
        var errors: [FieldError] = []
        for (port, at) in spec.elements("containers", at: path).flatMap({ $0.elements("ports", at: $1) }) {
            guard let number = port["hostPort"]?.int, number > 0 else { continue }
            let text = "\(port["protocol"]?.string ?? "TCP")/\(port["hostIP"]?.string ?? "")/\(number)"
            if !seen.insert(text).inserted { errors.append(.duplicate(at.child("hostPort"), text)) }
        }
        return errors
    }

    // MARK: Updates

    private static let immutableText =
        "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
        + "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
        + "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"

    /// What a change of a pod's spec may not do.
    static func validateUpdate(_ spec: JSONValue, from old: JSONValue) -> [FieldError] {
        let path = FieldPath("spec")
        var errors = validate(spec: spec)
        let oldGates = Set((old["schedulingGates"]?.elements ?? []).compactMap { $0["name"]?.string })
        for (gate, at) in spec.elements("schedulingGates", at: path) {
            if let name = gate["name"]?.string, !oldGates.contains(name) {
                errors.append(
                    .forbidden(
                        at.child("name"), "only deletion is allowed, but found new scheduling gate '\(name)'"))
            }
        }
        let tolerations = spec["tolerations"]?.elements ?? []
        if !(old["tolerations"]?.elements ?? []).allSatisfy({ tolerations.contains($0) }) {
            errors.append(
                .forbidden(
                    path.child("tolerations"), "existing toleration can not be modified except its tolerationSeconds"))
        }
        for list in ["containers", "initContainers"] where spec[list]?.count ?? 0 != old[list]?.count ?? 0 {
            errors.append(.forbidden(path.child(list), "pod updates may not add or remove containers"))
            return errors
        }
        errors += gatedSelectorProblems(spec, old, isGated: !oldGates.isEmpty)
        var allowed = spec
        for field in ["activeDeadlineSeconds", "tolerations", "schedulingGates"] { allowed[field] = old[field] }
        if old["terminationGracePeriodSeconds"]?.int ?? 0 < 0, spec["terminationGracePeriodSeconds"]?.int == 1 {
            allowed["terminationGracePeriodSeconds"] = old["terminationGracePeriodSeconds"]
        }
        if !oldGates.isEmpty {
            for field in ["nodeSelector", "affinity"] { allowed[field] = old[field] }
        }
        for list in ["containers", "initContainers"] { allowed[list] = withImages(of: old, in: allowed, list) }
        let changed = changedFields(allowed, old)
        if !changed.isEmpty {
            errors.append(.forbidden(path, immutableText + "; changed: " + changed.joined(separator: ", ")))
        }
        return errors
    }

    /// Behind a gate a node selector may grow. Source: KEP-3838.
    private static func gatedSelectorProblems(_ spec: JSONValue, _ old: JSONValue, isGated: Bool) -> [FieldError] {
        guard isGated else { return [] }
        let selector = spec["nodeSelector"] ?? [:]
        for (key, value) in old["nodeSelector"]?.members ?? [] where selector[key] != value {
            return [
                .invalid(
                    FieldPath("spec", "nodeSelector"), json: selector,
                    "only additions to spec.nodeSelector are allowed (no mutations or deletions)")
            ]
        }
        return []
    }

    private static func withImages(of old: JSONValue, in spec: JSONValue, _ list: String) -> JSONValue? {
        guard let containers = spec[list]?.array else { return spec[list] }
        let before = old[list]?.elements ?? []
        return JSONValue(
            containers.enumerated().map { index, container in
                var container = container
                if before.indices.contains(index) {
                    container["image"] = before[index]["image"]
                    container["imagePullPolicy"] = before[index]["imagePullPolicy"]
                }
                return container
            })
    }

    private static func changedFields(_ new: JSONValue, _ old: JSONValue) -> [String] {
        let keys = old.keys + new.keys.filter { old[$0] == nil }
        return keys.filter { key in
            let (left, right) = (old[key], new[key])
            if left?.isEmptyValue ?? true, right?.isEmptyValue ?? true { return false }
            return left != right
        }.map { "spec.\($0)" }
    }
}

extension JSONValue {
    /// Null, an empty array or an empty object: the same as absent for a typed object.
    var isEmptyValue: Bool {
        switch kind {
        case .null: true
        case .array, .object: isEmpty
        default: false
        }
    }
}
