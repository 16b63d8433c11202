internal import JSON
internal import Placement

/// `prioritize`: how good each node is for the pod.
enum PrioritizeVerb {
    /// Answers one call with a score from 0 to 10 for each node, in the order in which they came.
    ///
    /// Reads the snapshot only. Throws ``JSONError`` where a candidate is malformed.
    /// Source: k8s.io/kube-scheduler extender/v1 `HostPriorityList`.
    static func answer(_ arguments: ExtenderArguments, in snapshot: borrowing ClusterSnapshot) throws(JSONError)
        -> [UInt8]
    {
        var writer = JSONWriter(reservingBytes: 1 << 14)
        writer.beginArray()
        let query = snapshot.query(arguments.pod)
        try arguments.forEach(in: snapshot) { candidate throws(JSONError) in
            writer.beginObject()
            writer.key("Host")
            writer.raw(candidate.name.raw)
            writer.key("Score")
            writer.int(candidate.score(of: query, in: snapshot))
            writer.endObject()
        }
        writer.endArray()
        return writer.bytes
    }
}
