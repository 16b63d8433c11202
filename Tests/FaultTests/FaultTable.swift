/// What a run did and what was seen, as a Markdown table.
enum FaultTable {
    static func text(_ records: [Fault: FaultProxy.Record]) -> String {
        let rows = Fault.allCases.map { fault -> String in
            let record = records[fault] ?? FaultProxy.Record()
            let next = record.next.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key.rawValue) \($0.value)" }
            let wait = record.shortestWait < .seconds(1000) ? "\(Int(record.shortestWait / .milliseconds(1))) ms" : "–"
            return "| \(fault.rawValue) | \(record.injected) | \(next.joined(separator: ", ")) | \(wait) |"
        }
        let head = ["| fault | times | the client's next request | after at least |", "|---|---|---|---|"]
        return (head + rows).joined(separator: "\n")
    }
}
