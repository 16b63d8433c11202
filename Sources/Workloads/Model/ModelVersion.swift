import JSON
import KubernetesModel

extension ObjectKind {
    /// ModelVersion: one trained model: where its files are and the image that is made from them. It never changes, and
    /// stays as long as an Inference serves it. Source: KubeDL ModelVersion.
    package static let modelVersion: ObjectKind = {
        let fields = ["modelName", "createdBy", "imageRepo", "imageTag", "storage"]
        let spec = Schema.object([
            .required(
                "modelName",
                .string().minimumLength(1).maximumLength(253).described("The model that this is a version of.")),
            .optional("createdBy", .string().maximumLength(253).described("Who made it, such as a job's name.")),
            .optional("imageRepo", .string().maximumLength(1024).described("Repository for the model's image.")),
            .optional(
                "imageTag",
                .string().maximumLength(128).matching("^([A-Za-z0-9_][A-Za-z0-9_.-]*)?$")
                    .described("The image's tag: letters, digits, '_', '.' and '-'.")),
            .required("storage", ModelStorage.schema),
        ])
        return .object(
            CustomResource(
                ResourceType(
                    group: "model.kubedl.io", version: "v1alpha1", plural: "modelversions", kind: "ModelVersion"),
                shortNames: ["mv"], description: "ModelVersion is one trained model and the image made from it.",
                spec: spec.keeping(fields), status: status, hasStatusSubresource: false, columns: columns),
            immutable: fields, check: check, deletionProblems: ModelVersionUse.deletionProblems(of:))
    }()

    private static let status = Schema.object([
        .optional("image", .string()),
        .optional("imageBuildPhase", .string(["", "ImageBuilding", "ImageBuildFailed", "ImageBuildSucceeded"])),
        .optional("finishTime", .dateTime),
        .optional("message", .string()),
    ])

    private static let columns = [
        CustomResource.Column("Model", ".spec.modelName"),
        CustomResource.Column("Image", ".status.image"),
        CustomResource.Column("Created-By", ".spec.createdBy"),
        CustomResource.Column("Finish-Time", ".status.finishTime"),
    ]

    private static func check(_ json: JSONView, _ problems: inout [FieldError]) {
        if let name = json[path: "spec", "modelName"]?.string, !name.isEmpty,
            let problem = NameValidation.dns1123SubdomainProblem(name)
        {
            problems.append(.invalid(FieldPath("spec", "modelName"), name, problem))
        }
        if let storage = json[path: "spec", "storage"], storage.kind == .object {
            problems += ModelStorage.problems(of: storage, at: FieldPath("spec", "storage"))
        }
    }
}

/// Where a model's files are: exactly one of three.
enum ModelStorage {
    private static let kinds = ["localStorage", "nfs", "AWSEfs"]

    static var schema: Schema {
        let path = Schema.string().minimumLength(1).maximumLength(4096)
        let given = kinds.map { "has(self.\($0)) ? 1 : 0" }.map { "(\($0))" }.joined(separator: " + ")
        return Schema.object([
            .optional(
                "localStorage",
                .object([
                    .required("path", path.described("Folder on the node.")),
                    .optional("mountPath", path.described("Folder that containers see.")),
                    .required(
                        "nodeName",
                        .string().minimumLength(1).maximumLength(253).described("Node that holds the folder.")),
                ])),
            .optional(
                "nfs",
                .object([
                    .required("server", .string().minimumLength(1).maximumLength(253).described("The server.")),
                    .required("path", path.described("Folder that the server exports.")),
                    .optional("mountPath", path.described("Folder that containers see.")),
                ])),
            .optional(
                "AWSEfs",
                .object([
                    .required(
                        "volumeHandle",
                        .string().minimumLength(1).maximumLength(253).described("File system, such as fs-1234.")),
                    .optional("attributes", .map(of: .string().maximumLength(1024)).maximumEntries(32)),
                ])),
        ]).checked("\(given) == 1", orSay: exactlyOne).described("Where the model's files are.")
    }

    private static let exactlyOne = "exactly one of localStorage, nfs and AWSEfs must be given"

    static func problems(of storage: JSONView, at path: FieldPath) -> [FieldError] {
        let given = kinds.filter { storage[$0].map { !$0.isNull } ?? false }
        var problems: [FieldError] = []
        if given.count != 1 {
            problems.append(
                given.isEmpty
                    ? .required(path, exactlyOne) : .invalid(path, given.joined(separator: ", "), exactlyOne))
        }
        for kind in given {
            for key in ["path", "mountPath"] {
                guard let text = storage[path: kind, key]?.string, !text.isEmpty, !ModelOutput.isAbsolutePath(text)
                else { continue }
                problems.append(.invalid(path.child(kind, key), text, "must be an absolute path without '..'"))
            }
        }
        return problems
    }
}

/// Who serves a ModelVersion: an annotation, so that a deletion is judged by the object alone. No controller of this version
/// keeps it yet (docs/decisions/0005).
package enum ModelVersionUse {
    /// Names of the Inferences, separated by commas; absent when there are none.
    package static let annotation = AnnotationKey<CommaList<String>>("kubedl.io/in-use-by")

    /// Refuses to delete a version that is served.
    static func deletionProblems(of json: JSONView) -> [FieldError] {
        let users = ObjectMeta(of: json).annotations[annotation.name] ?? ""
        guard !users.isEmpty else { return [] }
        let path = FieldPath("metadata", "annotations").key(annotation.name)
        return [
            .forbidden(
                path,
                "Inference \(users.prefix(200)) serves this version: let it serve another one, or delete it, first")
        ]
    }

    /// The annotation that `version` is to have, where it has another: the Inferences of its namespace that name it and
    /// are not going away, in order. Nil when it is right; an empty text where it is to go.
    package static func correction(of version: JSONView, inferences: [JSONView]) -> String? {
        let metadata = ObjectMeta(of: version)
        let users = inferences.filter { inference in
            let other = ObjectMeta(of: inference)
            return other.namespace == metadata.namespace && !other.isDeleting
                && (inference[path: "spec", "predictors"]?.elements.contains {
                    $0["modelVersion"]?.string == metadata.name
                } ?? false)
        }
        let wanted = users.map { ObjectMeta(of: $0).name }.sorted().joined(separator: ",")
        return wanted == metadata.annotations[annotation.name] ?? "" ? nil : wanted
    }
}
