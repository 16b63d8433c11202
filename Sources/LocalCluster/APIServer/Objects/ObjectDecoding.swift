import JSON
import KubernetesModel

/// Turns what a client sent into a complete object of its kind: checks, pruning, defaults. Pure.
enum ObjectDecoding {
    /// Checks `kind` and `apiVersion` against the endpoint and fills them in. Throws 400.
    static func checkType(_ object: inout JSONValue, _ definition: ResourceDefinition) throws(StatusBody) {
        if let problem = ObjectMetadataRules.typeProblem(object) {
            throw .badRequest(
                "\(definition.kind) in version \"\(definition.version)\" cannot be handled as a \(definition.kind): "
                    + problem)
        }
        let kind = object["kind"]?.string ?? ""
        let apiVersion = object["apiVersion"]?.string ?? ""
        guard kind.isEmpty || kind == definition.kind else {
            throw .badRequest(
                "the kind of the object (\(kind)) does not match the kind of the request (\(definition.kind))")
        }
        guard apiVersion.isEmpty || apiVersion == definition.apiVersion else {
            throw .badRequest(
                "the API version in the data (\(apiVersion)) does not match the expected API version "
                    + "(\(definition.apiVersion))")
        }
        var ordered: [(String, JSONValue)] = [
            ("apiVersion", JSONValue(definition.apiVersion)), ("kind", JSONValue(definition.kind)),
        ]
        if apiVersion.isEmpty || kind.isEmpty {
            ordered += (object.members ?? []).filter { $0.key != "apiVersion" && $0.key != "kind" }
                .map { ($0.key, $0.value) }
            object = .object(ordered)
        }
    }

    /// The name of the body must be that of the path. Throws 400.
    static func checkName(_ object: JSONValue, _ context: RequestContext) throws(StatusBody) {
        guard object.metadataName == context.name else {
            throw .badRequest(
                "the name of the object (\(object.metadataName)) does not match the name on the URL (\(context.name))")
        }
    }

    /// Keeps the last of repeated members and does with the rest what field validation says. Throws 400.
    static func reportDuplicates(_ object: inout JSONValue, in context: RequestContext) throws(StatusBody) {
        guard let view = try? object.document().root else { return }
        let repeated = duplicates(in: view, at: "")
        guard !repeated.isEmpty else { return }
        object = object.withoutDuplicates
        try report(repeated.map { "duplicate field \"\($0)\"" }, in: context)
    }

    private static func duplicates(in value: JSONView, at path: String) -> [String] {
        switch value.kind {
        case .object:
            var seen = Set<String>()
            return value.members.flatMap { key, member -> [String] in
                let at = path.isEmpty ? key : "\(path).\(key)"
                return (seen.insert(key).inserted ? [] : [at]) + duplicates(in: member, at: at)
            }
        case .array:
            return value.elements.enumerated().flatMap { duplicates(in: $1, at: "\(path)[\($0)]") }
        default: return []
        }
    }

    /// The namespace of the body must be that of the path. Throws 400.
    static func checkNamespace(_ object: JSONValue, _ path: ResourcePath, _ definition: ResourceDefinition)
        throws(StatusBody)
    {
        if definition.isNamespaced, let given = object.metadataNamespace, given != path.namespace {
            throw .badRequest("the namespace of the provided object does not match the namespace sent on the request")
        }
    }

    /// Drops unknown fields and sets defaults; answers the paths of the fields that it dropped.
    ///
    /// Throws 400 for a value of another type than its field.
    static func complete(_ object: inout JSONValue, _ definition: ResourceDefinition) throws(StatusBody) -> [String] {
        if definition.custom == nil, object.bytes.containsNull { object = object.withoutNulls }
        var unknown = definition.behavior.prune(&object).map(\.description)
        if definition.custom == nil { unknown += try pruneBuiltIn(&object, definition) }
        definition.behavior.normalize(&object)
        definition.behavior.setDefaults(&object)
        return unknown
    }

    private static func pruneBuiltIn(
        _ object: inout JSONValue, _ definition: ResourceDefinition
    ) throws(StatusBody) -> [String] {
        guard let check = fieldCheck(object, definition) else { return [] }
        if let problem = check.wrongType {
            throw .badRequest(
                "\(definition.kind) in version \"\(definition.version)\" cannot be handled as a \(definition.kind): \(problem)"
            )
        }
        if !check.unknown.isEmpty { object = check.pruned(object) }
        return check.unknown
    }

    /// What is not as the built-in kind has it; nil for other kinds.
    static func fieldCheck(_ object: JSONValue, _ definition: ResourceDefinition) -> FieldCheck? {
        guard definition.custom == nil, let view = try? object.document().root,
            let message = WireSchema.builtIn.message(group: definition.storage.group, kind: definition.kind)
        else { return nil }
        return FieldCheck(view, message: message)
    }

    /// What field validation makes of unknown fields: nothing, warnings, or 400.
    static func reportUnknown(
        _ fields: [String], in context: RequestContext, patched: (() -> String)? = nil
    ) throws(StatusBody) {
        try report(fields.map { "unknown field \"\($0)\"" }, in: context, patched: patched)
    }

    /// 422 for what a patch makes of an object, which is quoted.
    ///
    /// Source: k8s.io/apiserver pkg/endpoints/handlers/patch.go.
    static func refusedPatch(_ patched: String, _ problem: String) -> StatusBody {
        let error = FieldError.invalid(FieldPath("patch"), patched, problem)
        return .invalid(ResourceType(group: "", version: "", plural: "", kind: "", isNamespaced: false), "", [error])
    }

    private static func report(
        _ problems: [String], in context: RequestContext, patched: (() -> String)? = nil
    ) throws(StatusBody) {
        guard !problems.isEmpty else { return }
        switch context.write.fieldValidation {
        case .ignore: return
        case .warn: for problem in problems { context.warnings.add(problem) }
        case .strict:
            let definition = context.definition
            let text = "strict decoding error: " + problems.joined(separator: ", ")
            if let patched { throw refusedPatch(patched(), text) }
            throw .badRequest(
                "\(definition.kind) in version \"\(definition.version)\" cannot be handled as a \(definition.kind): \(text)"
            )
        }
    }
}

extension [UInt8] {
    /// Whether the text has the letters of a null, inside a string or not.
    fileprivate var containsNull: Bool {
        var index = 0
        while index + 3 < count {
            if self[index] == 0x6E, self[index + 1] == 0x75, self[index + 2] == 0x6C, self[index + 3] == 0x6C {
                return true
            }
            index += 1
        }
        return false
    }
}
