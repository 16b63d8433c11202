import JSON
import KubernetesModel

extension ObjectKind {
    /// Inference: a model served by one or several predictors that share the traffic. Source: KubeDL Inference.
    ///
    /// Mended against the original: defaults are applied; weights that are all zero are refused.
    package static let inference = ObjectKind.object(
        CustomResource(
            ResourceType(group: "serving.kubedl.io", version: "v1alpha1", plural: "inferences", kind: "Inference"),
            description: "Inference serves models; several predictors share its traffic by weight.",
            spec: InferenceSchema.spec.checked([InferenceSchema.weights]).keeping(["framework"]),
            status: InferenceSchema.status, columns: []),
        rules: [InferenceSchema.weights], immutable: ["framework"], complete: InferenceDefaults.apply(to:),
        check: InferenceValidation.check)
}

/// The fields of an Inference.
enum InferenceSchema {
    static let weights = CrossFieldRule(
        "size(self.predictors) < 2 || self.predictors.exists(p, !has(p.trafficWeight) || p.trafficWeight > 0)",
        at: "predictors", orSay: "at least one predictor must have a trafficWeight above 0"
    ) { spec in
        let predictors = spec["predictors"]
        guard let predictors, predictors.count > 1 else { return false }
        return predictors.elements.allSatisfy { $0["trafficWeight"]?.int == 0 }
    }

    static var spec: Schema {
        .object([
            .required("framework", .string(["TFServing", "Triton"]).described("What serves: TFServing or Triton.")),
            .required(
                "predictors",
                .list(of: predictor, keyedBy: "name").elements(1...16).described("One or more predictors.")),
        ])
    }

    private static var predictor: Schema {
        .object([
            .required("name", .string().minimumLength(1).maximumLength(63).described("The predictor's name.")),
            .optional("modelVersion", .string().maximumLength(253).described("The ModelVersion that is served.")),
            .optional("modelPath", .string().maximumLength(4096).described("Folder of the model in containers.")),
            .optional("replicas", .int32(minimum: 0, maximum: 10_000).described("Pods; 1 when absent.")),
            .optional(
                "trafficWeight",
                .int32(minimum: 0, maximum: 1_000_000).described("Share of the traffic, relative to the others'.")),
            .optional("autoScale", autoScale.nullable),
            .optional(
                "batching",
                Schema.object([
                    .required("batchSize", .int32(minimum: 1).described("Most requests in one batch.")),
                    .optional("timeoutSeconds", .int32(minimum: 0).described("Longest wait for a batch to fill.")),
                ]).nullable),
            .required("template", .anyObject.described("Pod template (core/v1 PodTemplateSpec).")),
        ])
    }

    private static var autoScale: Schema {
        Schema.object([
            .optional("minReplicas", .int32(minimum: 0).described("Fewest pods.")),
            .optional("maxReplicas", .int32(minimum: 1).described("Most pods.")),
            .required("autoScaler", .anyObject.described("Reference to what scales.")),
        ]).checked(
            "!has(self.minReplicas) || !has(self.maxReplicas) || self.minReplicas <= self.maxReplicas",
            orSay: "minReplicas must be less than or equal to maxReplicas")
    }

    static var status: Schema {
        .object([
            .optional("inferenceEndpoint", .string()),
            .optional(
                "predictorStatuses",
                .list(
                    of: .object([
                        .required("name", .string()), .optional("replicas", .int32()),
                        .optional("readyReplicas", .int32()), .optional("endpoint", .string()),
                        .optional("trafficPercent", .int32()),
                    ]), keyedBy: "name")),
        ])
    }
}

/// Completes an Inference. Source: KubeDL defaults, which there were never applied.
enum InferenceDefaults {
    static let port = NamedPort(name: "predictor-http-port", number: 8080)

    static func apply(to json: inout JSONValue) {
        guard let predictors = json[path: ["spec", "predictors"]]?.array else { return }
        json[path: ["spec", "predictors"]] = JSONValue(
            predictors.map { predictor in
                guard predictor.kind == .object else { return predictor }
                var predictor = predictor
                for key in ["autoScale", "batching"] where predictor[key]?.isNull == true { predictor[key] = nil }
                if predictor["replicas"].isAbsent { predictor["replicas"] = 1 }
                if predictors.count > 1, predictor["trafficWeight"].isAbsent { predictor["trafficWeight"] = 100 }
                TemplateDefaults.complete(&predictor, port: port, container: "predictor")
                return predictor
            })
    }
}

/// Checks what the fields' schemas cannot say.
enum InferenceValidation {
    static func check(_ json: JSONView, _ problems: inout [FieldError]) {
        let name = ObjectMeta(of: json).name
        let path = FieldPath("spec", "predictors")
        guard let predictors = json[path: "spec", "predictors"], predictors.kind == .array else { return }
        for (index, predictor) in predictors.elements.enumerated() where predictor.kind == .object {
            let place = path.index(index)
            let given = predictor["name"]?.string ?? ""
            // Deployment and Service are called <inference>-<predictor>.
            if !given.isEmpty, let problem = NameValidation.dns1035LabelProblem("\(name)-\(given)") {
                problems.append(
                    .invalid(place.child("name"), given, "its service would be called \(name)-\(given): \(problem)"))
            }
            if let version = predictor["modelVersion"]?.string, !version.isEmpty,
                let problem = NameValidation.dns1123SubdomainProblem(version)
            {
                problems.append(.invalid(place.child("modelVersion"), version, problem))
            }
            if let least = predictor[path: "autoScale", "minReplicas"]?.int,
                let most = predictor[path: "autoScale", "maxReplicas"]?.int, least > most
            {
                problems.append(
                    .invalid(
                        place.child("autoScale", "minReplicas"), least, "must be less than or equal to maxReplicas"))
            }
            if let template = predictor["template"], template.kind == .object {
                PodTemplateValidation.check(template, container: nil, at: place.child("template"), &problems)
            }
        }
    }
}
