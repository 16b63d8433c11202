import KubernetesModel

extension ObjectKind {
    /// CacheBackend: a data set kept near the pods that read it. Source: KubeDL CacheBackend.
    package static let cacheBackend = ObjectKind.object(
        CustomResource(
            ResourceType(
                group: "cache.kubedl.io", version: "v1alpha1", plural: "cachebackends", kind: "CacheBackend"),
            description: "CacheBackend keeps a data set near the pods that read it.",
            spec: .object([
                .optional("name", .string().maximumLength(253).described("Name of an existing cache.")),
                .optional("mountPath", .string().maximumLength(4096).described("Folder that containers see.")),
                .optional("dataset", .object([.optional("dataSources", .list(of: source).elements(0...64))])),
                .optional("cacheEngine", .object([.optional("fluid", fluid)])),
                .optional(
                    "options",
                    .object([
                        .optional("idleTime", .int64(minimum: 0).described("Seconds without use before it goes."))
                    ])),
            ]),
            status: .object([
                .optional("cacheEngine", .string()),
                .optional("cacheStatus", .string(["", "CacheCreating", "PVCCreating", "PVCCreated", "CacheFailed"])),
                .optional("usedBy", .list(of: .string())), .optional("usedNum", .int32()),
                .optional("lastUsedTime", .dateTime),
            ]),
            columns: [
                CustomResource.Column("Engine", ".status.cacheEngine"),
                CustomResource.Column("Status", ".status.cacheStatus"),
                CustomResource.Column("Used-Num", ".status.usedNum", type: "integer"),
                CustomResource.Column("Last-Used-Time", ".status.lastUsedTime", type: "date"),
                CustomResource.Column("Age", ".metadata.creationTimestamp", type: "date"),
            ]))

    private static var source: Schema {
        .object([
            .required("location", .string().minimumLength(1).maximumLength(4096).described("Where the data is.")),
            .optional("subDirName", .string().maximumLength(253).described("Folder in the cache.")),
        ])
    }

    private static var fluid: Schema {
        let tier = Schema.object([
            .optional("cachePath", .string().maximumLength(4096)), .optional("quota", .string().maximumLength(63)),
            .optional("mediumType", .string().maximumLength(63)),
        ])
        return .object([
            .optional(
                "alluxioRuntime",
                .object([
                    .optional("replicas", .int32(minimum: 0)),
                    .optional("tieredStorage", .list(of: tier).elements(0...8)),
                ]))
        ])
    }
}
