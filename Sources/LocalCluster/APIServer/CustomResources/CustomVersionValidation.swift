import APIMachinery
import CEL
import JSON
import KubernetesModel

/// What is wrong with the schemas, subresources and printer columns of a definition's versions.
///
/// What all versions have alike is found at the top of `spec`, as kube-apiserver sees it.
/// Source: apiextensions-apiserver pkg/apis/apiextensions/{v1/conversion.go,validation}.
struct CustomVersionValidation {
    private(set) var errors: [FieldError] = []

    init(_ versions: [JSONValue]) {
        let spec = FieldPath("spec")
        func place(_ index: Int, _ field: String, _ common: String) -> FieldPath {
            let isCommon = versions.allSatisfy { $0[field] == versions[0][field] }
            return isCommon ? spec.child(common) : spec.child("versions").index(index).child(field)
        }
        for (index, version) in versions.enumerated() {
            let isFirst = index == 0
            let schema = place(index, "schema", "validation")
            if version[path: "schema", "openAPIV3Schema"] == nil {
                let path = spec.child("versions").index(index).child("schema", "openAPIV3Schema")
                errors.append(.required(path, "schemas are required"))
            } else if isFirst || schema != FieldPath("spec", "validation") {
                checkSchema(version, at: schema.child("openAPIV3Schema"))
            }
            let subresources = place(index, "subresources", "subresources")
            if isFirst || subresources != FieldPath("spec", "subresources") {
                checkScale(version[path: "subresources", "scale"], at: subresources.child("scale"))
            }
            let columns = place(index, "additionalPrinterColumns", "additionalPrinterColumns")
            if isFirst || columns != FieldPath("spec", "additionalPrinterColumns") {
                checkColumns(version["additionalPrinterColumns"]?.elements ?? [], at: columns)
            }
        }
    }

    private mutating func checkSchema(_ version: JSONValue, at path: FieldPath) {
        func moved(_ error: FieldError) -> FieldError {
            var error = error
            error.path = error.path.text.isEmpty ? path : path.child(error.path.text)
            return error
        }
        do {
            guard let schema = try version[path: "schema", "openAPIV3Schema"]?.document() else { return }
            _ = try StructuralSchema(schema.root)
            errors += StructuralCheck(schema.root, ruleProblem: RuleCheck.problem).errors.map(moved)
        } catch let error as FieldError {
            errors.append(moved(error))
        } catch {
            errors.append(FieldError(path: path, kind: .internalError, detail: "\(error)"))
        }
    }

    private mutating func checkScale(_ scale: JSONValue?, at path: FieldPath) {
        guard let scale, !scale.isNull else { return }
        for (field, part) in [("specReplicasPath", "spec"), ("statusReplicasPath", "status")] {
            let text = scale[field]?.string ?? ""
            if text.isEmpty {
                errors.append(.required(path.child(field)))
            } else if !text.hasPrefix(".\(part).") {
                errors.append(.invalid(path.child(field), text, "should be a json path under .\(part)"))
            }
        }
        if let text = scale["labelSelectorPath"]?.string, !text.isEmpty, !text.hasPrefix(".spec."),
            !text.hasPrefix(".status.")
        {
            errors.append(
                .invalid(
                    path.child("labelSelectorPath"), text, "should be a json path under either .spec or .status"))
        }
    }

    private mutating func checkColumns(_ columns: [JSONValue], at path: FieldPath) {
        let types = ["boolean", "date", "integer", "number", "string"]
        for (index, column) in columns.enumerated() {
            let at = path.index(index)
            if (column["name"]?.string ?? "").isEmpty { errors.append(.required(at.child("name"))) }
            let type = column["type"]?.string ?? ""
            let choices = "must be one of \(types.joined(separator: ","))"
            if type.isEmpty {
                errors.append(.required(at.child("type"), choices))
            } else if !types.contains(type) {
                errors.append(.invalid(at.child("type"), type, choices))
            }
            let text = column["jsonPath"]?.string ?? ""
            if text.isEmpty {
                errors.append(.required(at.child("JSONPath")))
            } else if !text.hasPrefix(".") {
                errors.append(.invalid(at.child("JSONPath"), text, "must be a simple json path starting with ."))
            }
        }
    }
}

/// Whether a validation rule compiles, and fits the scalar that it is on.
enum RuleCheck {
    /// Values of each scalar type that a rule must have an answer for.
    private static let sampleCostLimit = 10_000
    private static let samples: [String: JSONValue] = ["string": "", "integer": 0, "number": 0.5, "boolean": false]

    /// What is wrong with the rule on values of an OpenAPI type; nil if nothing.
    static func problem(_ rule: String, _ type: String) -> String? {
        let program: CELProgram
        do { program = try CELProgram(compiling: rule) } catch { return "\(error)" }
        guard let sample = samples[type], let document = try? sample.document() else { return nil }
        do {
            _ = try program.evaluate(
                bindings: ["self": document.root, "oldSelf": document.root], costLimit: sampleCostLimit)
            return nil
        } catch {
            // A value may well be out of range or have no match; an operation that its type lacks never has one.
            return error.isMissingOverload ? "\(error)" : nil
        }
    }
}
