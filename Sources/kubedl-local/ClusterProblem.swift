/// Why a command cannot do what it was asked to, and what to do next.
struct ClusterProblem: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}
