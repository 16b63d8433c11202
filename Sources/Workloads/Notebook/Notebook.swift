import JSON
import KubernetesModel

extension ObjectKind {
    /// Notebook: a Jupyter server for one person. Source: KubeDL Notebook.
    package static let notebook = ObjectKind.object(
        CustomResource(
            ResourceType(group: "notebook.kubedl.io", version: "v1alpha1", plural: "notebooks", kind: "Notebook"),
            shortNames: ["nb"], description: "Notebook is a Jupyter server in a pod.",
            spec: .object([.required("template", .anyObject.described("Pod template with a container named notebook."))]
            ),
            status: .object([
                .optional("condition", .string(["", "Created", "Running", "Terminated"])),
                .optional("message", .string()), .optional("lastTransitionTime", .dateTime),
                .optional("url", .string()),
            ]),
            columns: [
                CustomResource.Column("Status", ".status.condition"), CustomResource.Column("URL", ".status.url"),
            ]),
        complete: { json in
            guard var spec = json["spec"], spec.kind == .object else { return }
            TemplateDefaults.complete(&spec, port: NamedPort(name: "nb-port", number: 8888), container: "notebook")
            json["spec"] = spec
        },
        check: { json, problems in
            guard let template = json[path: "spec", "template"], template.kind == .object else { return }
            PodTemplateValidation.check(template, container: "notebook", at: FieldPath("spec", "template"), &problems)
        })
}
