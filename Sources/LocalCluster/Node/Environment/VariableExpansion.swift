/// `$(NAME)` in commands, arguments and values. Source: k8s.io/kubernetes third_party/forked/golang/expansion.
enum VariableExpansion {
    /// Replaces `$(NAME)` by the variable's value where it is known and leaves it as it is elsewhere; `$$` is a `$`.
    static func expand(_ text: String, _ variables: [String: String]) -> String {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
        var result = ""
        var rest = Substring(text)
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            switch rest.first {
            case "$":
                result += "$"
                rest = rest.dropFirst()
            case "(":
                guard let end = rest.firstIndex(of: ")") else {
                    result += "$"
                    continue
                }
                let name = String(rest[rest.index(after: rest.startIndex)..<end])
                result += variables[name] ?? "$(\(name))"
                rest = rest[rest.index(after: end)...]
            default:
                result += "$"
            }
        }
        return result + rest
    }
}
