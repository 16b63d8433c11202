import JSON
import KubernetesModel

/// `spec.modelVersion` of a job: where its model goes and what it is called.
///
/// Source: KubeDL `ModelVersionSpec`.
package struct ModelOutput: Sendable {
    package var json: JSONView

    package init(json: JSONView) { self.json = json }

    /// Volume name in the job's pods.
    package static let volumeName = "modelvolume"
    /// Environment variable with the folder to write the model to.
    package static let pathVariable = "KUBEDL_MODEL_PATH"

    /// The model that this is a version of.
    package var modelName: String? { json["modelName"]?.string }

    /// Storage of one kind, nil when none is given.
    package var storage: Storage? {
        if let local = json[path: "storage", "localStorage"], local.kind == .object {
            return .local(path: local["path"]?.string ?? "", mountPath: local["mountPath"]?.string ?? "")
        }
        if let nfs = json[path: "storage", "nfs"], nfs.kind == .object {
            return .nfs(
                server: nfs["server"]?.string ?? "", path: nfs["path"]?.string ?? "",
                mountPath: nfs["mountPath"]?.string ?? "")
        }
        return nil
    }

    /// A place that outlives the pod.
    package enum Storage: Sendable, Hashable {
        /// A folder of the pod's node.
        case local(path: String, mountPath: String)
        /// A folder of an NFS server.
        case nfs(server: String, path: String, mountPath: String)

        /// Where containers see it; also the value of ``ModelOutput/pathVariable``.
        package var mountPath: String {
            switch self {
            case .local(_, let mountPath), .nfs(_, _, let mountPath): mountPath
            }
        }

        /// As a core/v1 Volume.
        package var volume: JSONValue {
            switch self {
            case .local(let path, _):
                .object([
                    ("name", JSONValue(ModelOutput.volumeName)),
                    ("hostPath", .object([("path", JSONValue(path)), ("type", "DirectoryOrCreate")])),
                ])
            case .nfs(let server, let path, _):
                .object([
                    ("name", JSONValue(ModelOutput.volumeName)),
                    ("nfs", .object([("server", JSONValue(server)), ("path", JSONValue(path))])),
                ])
            }
        }
    }

    /// Whether the text is an absolute path without `..`.
    package static func isAbsolutePath(_ text: String) -> Bool {
        text.hasPrefix("/") && !text.split(separator: "/").contains("..")
    }

    /// The schema of `spec.modelVersion`; nullable because Go clients send null for it (KubeDL issue 188).
    package static var schema: Schema {
        let path = Schema.string().minimumLength(1).maximumLength(4096)
        let storage = Schema.object([
            .optional(
                "localStorage",
                .object([
                    .required("path", path.described("Folder on the node.")),
                    .required("mountPath", path.described("Folder that containers see.")),
                    .optional("nodeName", .string().maximumLength(253).described("Node that holds the folder.")),
                ])),
            .optional(
                "nfs",
                .object([
                    .required("server", .string().minimumLength(1).maximumLength(253)),
                    .required("path", path.described("Folder that the server exports.")),
                    .required("mountPath", path.described("Folder that containers see.")),
                ])),
            .optional("AWSEfs", Schema.anyObject.described("Not implemented in this version and refused; use nfs.")),
        ]).checked(
            "has(self.localStorage) != has(self.nfs)", orSay: "exactly one of localStorage and nfs must be given")
        return Schema.object([
            .optional("modelName", .string().maximumLength(253).described("Model that this is a version of.")),
            .optional("createdBy", .string().maximumLength(253)),
            .optional("imageRepo", .string().maximumLength(1024).described("Repository for the model's image.")),
            .optional("imageTag", .string().maximumLength(128)),
            .optional("storage", storage.described("Where the job writes the model.")),
        ]).described("The model that a successful job leaves behind.").nullable
    }
}
