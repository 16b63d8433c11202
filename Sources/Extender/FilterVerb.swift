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
        var failures: [(name: JSONView, misfit: Misfit)] = []
        var passed = 0
        let query = snapshot.query(arguments.pod)
        writer.beginObject()
        begin(&writer, arguments.candidates)
        try arguments.forEach(in: snapshot) { candidate throws(JSONError) in
            if let misfit = candidate.misfit(of: query, in: snapshot) {
                failures.append((candidate.name, misfit))
            } else {
                passed += 1
                writer.raw(candidate.json.raw)
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

    private static func write(
        _ failures: [(name: JSONView, misfit: Misfit)], as key: String, to writer: inout JSONWriter
    ) {
        writer.key(key)
        writer.beginObject()
        // Neighbours mostly fail for the same reason: its text is made once.
        var last: (misfit: Misfit, text: String)?
        for failure in failures {
            let text = last?.misfit == failure.misfit ? last?.text : nil
            let reason = text ?? failure.misfit.description
            if text == nil { last = (failure.misfit, reason) }
            writer.key(failure.name.string ?? "")
            writer.string(reason)
        }
        writer.endObject()
    }
}
