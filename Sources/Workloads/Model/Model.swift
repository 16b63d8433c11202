import KubernetesModel

extension ObjectKind {
    /// Model: the name under which versions of one model are kept. Source: KubeDL Model.
    package static let model = ObjectKind.object(
        CustomResource(
            ResourceType(group: "model.kubedl.io", version: "v1alpha1", plural: "models", kind: "Model"),
            shortNames: ["mo"], description: "Model is what versions of one trained model have in common.",
            spec: .object([
                .optional("description", .string().maximumLength(4096).described("What the model is for."))
            ]),
            status: .object([
                .optional(
                    "latestVersion",
                    .object([.optional("modelVersion", .string()), .optional("imageName", .string())]))
            ]),
            columns: [
                CustomResource.Column("Latest-Version", ".status.latestVersion.modelVersion"),
                CustomResource.Column("Latest-Image", ".status.latestVersion.imageName"),
            ]))
}
