import JSON
import KubernetesModel

/// Checks where a job's model goes.
enum ModelOutputValidation {
    /// Adds every problem of `spec.modelVersion`.
    static func check(_ spec: JSONView, _ problems: inout [FieldError]) {
        guard let version = problems.object("modelVersion", of: spec, at: FieldPath("spec")) else { return }
        let path = FieldPath("spec", "modelVersion")
        if let name = problems.text("modelName", of: version, at: path) {
            if let problem = NameValidation.dns1123SubdomainProblem(name) {
                problems.append(.invalid(path.child("modelName"), name, problem))
            }
        } else if version["modelName"] == nil {
            problems.append(.required(path.child("modelName"), "the model that this is a version of"))
        }
        guard let storage = problems.object("storage", of: version, at: path) else {
            if version["storage"].map(\.isNull) ?? true {
                problems.append(.required(path.child("storage"), "localStorage or nfs"))
            }
            return
        }
        checkStorage(storage, at: path.child("storage"), &problems)
    }

    /// Adds every problem of a storage.
    static func checkStorage(_ storage: JSONView, at path: FieldPath, _ problems: inout [FieldError]) {
        let local = problems.object("localStorage", of: storage, at: path)
        let nfs = problems.object("nfs", of: storage, at: path)
        if local != nil, nfs != nil {
            problems.append(.forbidden(path.child("nfs"), "may not be given together with localStorage"))
        } else if local == nil, nfs == nil, ["localStorage", "nfs", "AWSEfs"].allSatisfy({ storage[$0] == nil }) {
            problems.append(.required(path, "localStorage or nfs"))
        }
        for (name, object) in [("localStorage", local), ("nfs", nfs)] {
            guard let object else { continue }
            for key in ["path", "mountPath"] {
                let text = problems.text(key, of: object, at: path.child(name)) ?? ""
                if text.isEmpty {
                    problems.append(.required(path.child(name, key)))
                } else if !ModelOutput.isAbsolutePath(text) {
                    problems.append(.invalid(path.child(name, key), text, "must be an absolute path without '..'"))
                }
            }
        }
        if let nfs, (problems.text("server", of: nfs, at: path.child("nfs")) ?? "").isEmpty {
            problems.append(.required(path.child("nfs", "server")))
        }
    }
}
