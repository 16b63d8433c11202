internal import JSON
internal import KubernetesModel

/// Completion indexes as a Job's status writes them: `1,3-5`. Source: pkg/controller/job/indexed_job_utils.go.
struct CompletionIndexes {
    static let key = "batch.kubernetes.io/job-completion-index"

    var indexes: Set<Int> = []

    init(_ indexes: Set<Int> = []) { self.indexes = indexes }

    /// Reads them; what is malformed or not below `limit` is left out.
    init(parsing text: String, below limit: Int) {
        for part in text.split(separator: ",") {
            let ends = part.split(separator: "-").compactMap { Int($0) }
            guard let first = ends.first, let last = ends.last, first >= 0, first <= last else { continue }
            indexes.formUnion(first..<max(first, min(last + 1, limit)))
        }
    }

    /// Two in a row are written apart, three and more as a range.
    var text: String {
        var runs: [ClosedRange<Int>] = []
        for index in indexes.sorted() {
            if let last = runs.last, last.upperBound + 1 == index {
                runs[runs.count - 1] = last.lowerBound...index
            } else {
                runs.append(index...index)
            }
        }
        return runs.map { run in
            run.count == 1 ? "\(run.lowerBound)" : "\(run.lowerBound)\(run.count == 2 ? "," : "-")\(run.upperBound)"
        }.joined(separator: ",")
    }
}
