internal import JSON
internal import Placement

/// `filter`: which of the nodes that passed the scheduler's own filters may have the pod.
enum FilterVerb {
    /// An answer, and whether any node is left.
    struct Answer {
        var body: [UInt8]
        var passed: Int
        var failed: Int
    }

    /// Answers one call. Reads the snapshot only. Throws ``JSONError`` where a candidate is malformed.
    /// Source: k8s.io/kube-scheduler extender/v1 `ExtenderFilterResult`.
    static func answer(_ arguments: ExtenderArguments, in snapshot: borrowing ClusterSnapshot) throws(JSONError)
        -> Answer
    {
        var writer = JSONWriter(reservingBytes: 1 << 14)
        var failures: [(name: String, misfit: Misfit)] = []
        var passed = 0
        let pod = arguments.pod
        writer.beginObject()
        begin(&writer, arguments.candidates)
        try arguments.forEach(in: snapshot) { name, state, json throws(JSONError) in
            if let misfit = state.map({ snapshot.misfit(of: pod, on: $0) }) ?? .unknownNode {
                failures.append((name, misfit))
            } else {
                passed += 1
                writer.raw(json.raw)
            }
        }
        end(&writer, arguments.candidates)
        write(failures.filter(\.misfit.canPreemptionHelp), as: "FailedNodes", to: &writer)
        write(failures.filter { !$0.misfit.canPreemptionHelp }, as: "FailedAndUnresolvableNodes", to: &writer)
        writer.key("Error")
        writer.string("")
        writer.endObject()
        return Answer(body: writer.bytes, passed: passed, failed: failures.count)
    }

    private static func begin(_ writer: inout JSONWriter, _ candidates: ExtenderArguments.Candidates) {
        switch candidates {
        case .names:
            writer.key("Nodes")
            writer.null()
            writer.key("NodeNames")
        case .nodes:
            writer.key("NodeNames")
            writer.null()
            writer.key("Nodes")
            writer.beginObject()
            writer.key("metadata")
            writer.beginObject()
            writer.endObject()
            writer.key("items")
        }
        writer.beginArray()
    }

    private static func end(_ writer: inout JSONWriter, _ candidates: ExtenderArguments.Candidates) {
        writer.endArray()
        if case .nodes = candidates { writer.endObject() }
    }

    private static func write(_ failures: [(name: String, misfit: Misfit)], as key: String, to writer: inout JSONWriter)
    {
        writer.key(key)
        writer.beginObject()
        for failure in failures {
            writer.key(failure.name)
            writer.string(failure.misfit.description)
        }
        writer.endObject()
    }
}
