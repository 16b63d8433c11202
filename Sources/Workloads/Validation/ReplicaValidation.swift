import JSON
import KubernetesModel

/// Checks the spec of one role.
enum ReplicaValidation {
    /// Adds every problem; answers the replicas when they are a number.
    static func check(
        _ json: JSONView, _ role: RoleRule, _ profile: FrameworkProfile, at path: FieldPath,
        _ problems: inout [FieldError]
    ) -> Int? {
        guard json.kind == .object else {
            problems.append(.invalid(path, json: json.shortened, "must be an object"))
            return nil
        }
        let count = problems.integer("replicas", of: json, at: path, in: 0...JobValidation.maximumReplicas)
        if let exact = role.exactReplicas, let count, count >= 0, count != exact {
            problems.append(.invalid(path.child("replicas"), count, "must be exactly \(exact)"))
        }
        if let policy = problems.text("restartPolicy", of: json, at: path), RestartPolicy(rawValue: policy) == nil {
            problems.append(
                .notSupported(
                    path.child("restartPolicy"), policy, supported: RestartPolicy.allCases.map(\.rawValue)))
        }
        if let spot = problems.object("spotReplicaSpec", of: json, at: path) {
            checkSpot(spot, at: path.child("spotReplicaSpec"), &problems)
        }
        if let template = problems.object("template", of: json, at: path) {
            PodTemplateValidation.check(
                template, container: profile.takesFirstContainer ? nil : profile.defaultContainer,
                at: path.child("template"), &problems)
        } else if json["template"].map(\.isNull) ?? true {
            problems.append(.required(path.child("template")))
        }
        return count
    }

    private static func checkSpot(_ spot: JSONView, at path: FieldPath, _ problems: inout [FieldError]) {
        problems.integer("spotReplicaNumber", of: spot, at: path, in: 0...JobValidation.maximumReplicas)
        if let name = problems.text("priorityClassName", of: spot, at: path), !name.isEmpty,
            let problem = NameValidation.dns1123SubdomainProblem(name)
        {
            problems.append(.invalid(path.child("priorityClassName"), name, problem))
        }
        _ = problems.object("labels", of: spot, at: path)
        PodTemplateValidation.check(SpotReplicas(json: spot).labels, at: path.child("labels"), &problems)
    }
}

/// Checks what the controller and the webhook rely on in a pod template. The rest is checked by the API server when
/// pods are made from it.
enum PodTemplateValidation {
    /// `name` is what one of the containers must be called; nil for any.
    static func check(
        _ template: JSONView, container name: String?, at path: FieldPath, _ problems: inout [FieldError]
    ) {
        checkMetadata(template, at: path.child("metadata"), &problems)
        guard let spec = problems.object("spec", of: template, at: path) else {
            if template["spec"].map(\.isNull) ?? true { problems.append(.required(path.child("spec"))) }
            return
        }
        let place = path.child("spec", "containers")
        guard let containers = spec["containers"], !containers.isNull, !containers.isEmpty else {
            problems.append(.required(place, "a container" + (name.map { " named \($0)" } ?? "")))
            return
        }
        guard containers.kind == .array else {
            problems.append(.invalid(place, json: containers.shortened, "must be a list of containers"))
            return
        }
        var names: [String] = []
        for (index, container) in containers.elements.enumerated() {
            ContainerValidation.check(container, at: place.index(index), &names, &problems)
        }
        if let name, !names.contains(name) {
            problems.append(
                .required(
                    place,
                    "a container must be named \(name): it decides whether the replica has succeeded"
                ))
        }
        guard let initContainers = spec["initContainers"], initContainers.kind == .array else { return }
        for (index, container) in initContainers.elements.enumerated() {
            ContainerValidation.check(
                container, at: path.child("spec", "initContainers").index(index), &names, &problems)
        }
    }

    private static func checkMetadata(_ template: JSONView, at path: FieldPath, _ problems: inout [FieldError]) {
        let metadata = ObjectMeta(of: template)
        check(metadata.labels, at: path.child("labels"), &problems)
        problems += AnnotationValidation.problems(of: metadata.annotations, at: path.child("annotations"))
    }

    /// Adds every label that the API server would refuse.
    static func check(_ labels: StringMap, at path: FieldPath, _ problems: inout [FieldError]) {
        for (key, value) in labels.pairs {
            if let problem = NameValidation.qualifiedNameProblem(key) { problems.append(.invalid(path, key, problem)) }
            if let problem = NameValidation.labelValueProblem(value) { problems.append(.invalid(path, value, problem)) }
        }
    }
}

/// Checks one container.
enum ContainerValidation {
    static func check(
        _ container: JSONView, at path: FieldPath, _ names: inout [String], _ problems: inout [FieldError]
    ) {
        guard container.kind == .object else {
            problems.append(.invalid(path, json: container.shortened, "must be an object"))
            return
        }
        let name = problems.text("name", of: container, at: path) ?? ""
        if name.isEmpty {
            problems.append(.required(path.child("name")))
        } else if names.contains(name) {
            problems.append(.duplicate(path.child("name"), name))
        } else if let problem = NameValidation.dns1123LabelProblem(name) {
            problems.append(.invalid(path.child("name"), name, problem))
        }
        names.append(name)
        if (problems.text("image", of: container, at: path) ?? "").isEmpty {
            problems.append(.required(path.child("image")))
        }
        if let resources = problems.object("resources", of: container, at: path) {
            checkResources(resources, at: path.child("resources"), &problems)
        }
    }

    private static func checkResources(_ resources: JSONView, at path: FieldPath, _ problems: inout [FieldError]) {
        let requests = amounts("requests", of: resources, at: path, &problems)
        let limits = amounts("limits", of: resources, at: path, &problems)
        for (name, request) in requests.sorted(by: { $0.key < $1.key }) {
            guard let limit = limits[name] else { continue }
            if request > limit {
                problems.append(
                    .invalid(
                        path.child("requests").key(name), request.description,
                        "must be less than or equal to \(name) limit of \(limit)"))
            }
        }
    }

    private static func amounts(
        _ key: String, of resources: JSONView, at path: FieldPath, _ problems: inout [FieldError]
    ) -> [String: Quantity] {
        guard let list = problems.object(key, of: resources, at: path) else { return [:] }
        var amounts: [String: Quantity] = [:]
        for member in list.members {
            let place = path.child(key).key(member.key)
            guard let text = member.value.string ?? member.value.numberText else {
                problems.append(
                    .invalid(place, json: member.value.shortened, "must be a quantity such as 2, 500m or 4Gi"))
                continue
            }
            do {
                let amount = try Quantity(parsing: text)
                if amount.sign < 0 { problems.append(.invalid(place, text, "must be greater than or equal to 0")) }
                if member.key == WellKnownNames.gpuResource, amount.milliValue % 1000 != 0 {
                    problems.append(.invalid(place, text, "must be a whole number of GPUs"))
                }
                amounts[member.key] = amount
            } catch {
                problems.append(.invalid(place, text, error.problem))
            }
        }
        return amounts
    }
}
