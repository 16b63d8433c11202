internal import JSON
internal import KubernetesModel

/// The environment, command and arguments of a container. Source: kubelet `makeEnvironmentVariables`.
struct ContainerEnvironment: Sendable {
    /// Names in order of first appearance.
    private(set) var names: [String] = []
    private(set) var values: [String: String] = [:]

    /// Sets what every container has (`HOSTNAME` and so on); later settings overrule it.
    init(defaults: [(String, String)]) {
        for (name, value) in defaults { self[name] = value }
    }

    /// The value of a variable.
    subscript(_ name: String) -> String? {
        get { values[name] }
        set {
            if values[name] == nil, newValue != nil { names.append(name) }
            values[name] = newValue
            if newValue == nil { names.removeAll { $0 == name } }
        }
    }

    /// `NAME=value` in order.
    var variables: [String] { names.map { "\($0)=\(values[$0] ?? "")" } }

    /// Adds `envFrom`, then `env`, whose values may refer to all before them. Throws ``SourceProblem``.
    mutating func add(
        _ container: Container, facts: PodFacts, sources: PodSources
    ) throws(SourceProblem) {
        for source in container.json["envFrom"].map({ Array($0.elements) }) ?? [] {
            let prefix = source["prefix"]?.string ?? ""
            for (kind, key) in [(PodSources.Kind.configMap, "configMapRef"), (.secret, "secretRef")] {
                guard let reference = source[key] else { continue }
                let found = try sources.all(
                    kind, reference["name"]?.string ?? "", isOptional: reference["optional"]?.bool ?? false)
                for (name, value) in found.sorted(by: { $0.key < $1.key }) {
                    self[prefix + name] = String(decoding: value, as: UTF8.self)
                }
            }
        }
        for variable in container.environment {
            if let origin = variable.valueFrom {
                if let value = try Self.value(from: origin, container, facts, sources) { self[variable.name] = value }
            } else {
                self[variable.name] = VariableExpansion.expand(variable.value ?? "", values)
            }
        }
    }

    private static func value(
        from origin: JSONView, _ container: Container, _ facts: PodFacts, _ sources: PodSources
    ) throws(SourceProblem) -> String? {
        if let reference = origin["fieldRef"] { return try facts.field(reference["fieldPath"]?.string ?? "") }
        if let reference = origin["resourceFieldRef"] { return try facts.resource(reference, in: container) }
        if let reference = origin["configMapKeyRef"] {
            return try sources.one(.configMap, reference).map { String(decoding: $0, as: UTF8.self) }
        }
        if let reference = origin["secretKeyRef"] {
            return try sources.one(.secret, reference).map { String(decoding: $0, as: UTF8.self) }
        }
        throw SourceProblem("an env entry's valueFrom has no source that is known")
    }

    /// Command and arguments with `$(NAME)` replaced.
    func command(of container: Container) -> [String] {
        (container.command + container.arguments).map { VariableExpansion.expand($0, values) }
    }
}
