import JSON
import KubernetesModel
import Workloads

/// Rewrites the probes and lifecycle handlers of a container whose ports got other numbers.
///
/// kubelet replaces `$(NAME)` in commands, arguments and the environment, but neither in probes nor in handlers. There
/// `$(KUBEDL_HOST_PORT…)` is replaced here, and a port given by its old number follows to the new one. A port given by
/// name needs nothing: kubelet looks it up among the container's ports.
struct HostPortHandlers {
    /// New numbers by old ones.
    let numbers: [Int: Int]
    /// Numbers by the name of their variable.
    let variables: [(name: String, number: Int)]
    var problems: [FieldError] = []

    init(numbers: [Int: Int], variables: [(name: String, number: Int)]) {
        self.numbers = numbers
        self.variables = variables
    }

    mutating func rewrite(_ container: inout JSONValue, at path: FieldPath) {
        for key in ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle"] {
            guard let before = container[key] else { continue }
            let after = rewritten(before, key, at: path.child(key))
            if after != before { container[key] = after }
        }
    }

    private mutating func rewritten(_ value: JSONValue, _ key: String, at path: FieldPath) -> JSONValue {
        switch value.kind {
        case .object:
            return .object((value.members ?? []).map { ($0.key, rewritten($0.value, $0.key, at: path.child($0.key))) })
        case .array:
            return JSONValue(value.elements.enumerated().map { rewritten($0.element, "", at: path.index($0.offset)) })
        case .number:
            guard key == "port", let number = value.int.flatMap({ numbers[$0] }) else { return value }
            return JSONValue(number)
        case .string:
            guard let text = value.string, text.contains("$(" + HostPortVariable.first) else { return value }
            return replaced(text, isPort: key == "port", at: path)
        default:
            return value
        }
    }

    private mutating func replaced(_ text: String, isPort: Bool, at path: FieldPath) -> JSONValue {
        var result = ""
        var rest = Substring(text)
        while let start = rest.firstRange(of: "$(" + HostPortVariable.first) {
            let tail = rest[start.lowerBound...].dropFirst(2)
            let name = tail.prefix { $0 != ")" }
            result += rest[..<start.lowerBound]
            guard let number = variables.first(where: { $0.name == name })?.number, name.endIndex < tail.endIndex else {
                problems.append(
                    .invalid(
                        path, text,
                        "names no port of the pod; known are "
                            + variables.map { "$(\($0.name))" }.joined(separator: ", ")))
                return JSONValue(text)
            }
            result += String(number)
            rest = tail[tail.index(after: name.endIndex)...]
        }
        result += rest
        if isPort, let number = Int(result) { return JSONValue(number) }
        return JSONValue(result)
    }
}
