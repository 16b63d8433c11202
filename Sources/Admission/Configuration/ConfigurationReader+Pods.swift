import JSON
import KubernetesModel
import Workloads

extension ConfigurationReader {
    mutating func readPods(_ json: JSONView, at path: FieldPath, _ result: inout PodDefaults) {
        problems.refuseUnknown(
            in: json, at: path,
            known: [
                "gpuResources", "sharedMemory", "sharedMemoryPercent", "gpuToleration", "schedulerName",
                "priorityClassName", "terminationMessagePolicy", "podGroups",
            ])
        let switches: [(String, WritableKeyPath<PodDefaults, Bool>)] = [
            ("sharedMemory", \.addsSharedMemory), ("gpuToleration", \.addsGPUToleration),
            ("podGroups", \.followsPodGroups),
        ]
        for (name, field) in switches {
            if let value = problems.boolean(name, of: json, at: path) { result[keyPath: field] = value }
        }
        if let percent = problems.integer("sharedMemoryPercent", of: json, at: path, in: 1...100) {
            result.sharedMemoryPercent = percent
        }
        readGPUResources(json, at: path, &result)
        let names: [(String, WritableKeyPath<PodDefaults, String?>)] = [
            ("schedulerName", \.schedulerName), ("priorityClassName", \.priorityClassName),
        ]
        for (name, field) in names {
            guard let text = problems.text(name, of: json, at: path) else { continue }
            if !text.isEmpty, let problem = NameValidation.dns1123SubdomainProblem(text) {
                problems.append(.invalid(path.child(name), text, problem))
            }
            result[keyPath: field] = text.isEmpty ? nil : text
        }
        if let text = problems.text("terminationMessagePolicy", of: json, at: path) {
            result.terminationMessagePolicy = PodDefaults.TerminationMessagePolicy(rawValue: text)
            if result.terminationMessagePolicy == nil, !text.isEmpty {
                problems.append(
                    .notSupported(
                        path.child("terminationMessagePolicy"), text,
                        supported: PodDefaults.TerminationMessagePolicy.allCases.map(\.rawValue)))
            }
        }
    }

    private mutating func readGPUResources(_ json: JSONView, at path: FieldPath, _ result: inout PodDefaults) {
        guard let value = json["gpuResources"], !value.isNull else { return }
        let place = path.child("gpuResources")
        guard value.kind == .array else {
            problems.append(.invalid(place, json: value.shortened, "must be a list, such as [nvidia.com/gpu]"))
            return
        }
        result.gpuResources = []
        for (index, element) in value.elements.enumerated() {
            let name = element.string ?? element.text
            if name.contains("/"), NameValidation.isQualifiedName(name) {
                result.gpuResources.append(name)
            } else {
                problems.append(
                    .invalid(place.index(index), name, "must be an extended resource, such as nvidia.com/gpu"))
            }
        }
    }
}
