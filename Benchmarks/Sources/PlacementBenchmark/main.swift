import Foundation
import Placement

// placement FOLDER [--policy NAME …] [--traces NAME …] [--seeds N …] [--modes known learned]
//
// Runs each policy on each trace once for each seed and prints the mean and the spread of the GPU allocation as a
// Markdown table. Seeds without an order in FOLDER/arrivals_TRACE.csv are shuffled here.

let arguments = Options(Array(CommandLine.arguments.dropFirst()))
let percentages = [90, 95, 100, 130]

func read(_ name: String) throws -> String {
    try String(contentsOfFile: arguments.folder + "/" + name, encoding: .utf8)
}

/// Orders made elsewhere, as indices of pods by seed.
func givenOrders(_ trace: String, _ names: [String]) throws -> [Int: [Int]] {
    guard let text = try? read("arrivals_\(trace).csv") else { return [:] }
    let table = try CSVTable(text)
    let indices = Dictionary(uniqueKeysWithValues: names.enumerated().map { (Substring($0.element), $0.offset) })
    var orders: [Int: [Int]] = [:]
    for row in 0..<table.count {
        guard let index = table.text("pod", row).flatMap({ indices[$0] }) else {
            throw Options.Failure(text: "arrivals_\(trace).csv, line \(row + 2): no such pod in the list of pods")
        }
        orders[Int(try table.number("seed", row)), default: []].append(index)
    }
    return orders
}

print(
    "| trace | policy | workload | " + percentages.map { "\($0) %" }.joined(separator: " | ") + " | dropped | s a run |"
)
print("|---|---|---|" + percentages.map { _ in "---|" }.joined() + "---|---|")
for name in arguments.traces {
    let trace = try ClusterTrace(
        nodes: try read("openb_node_list_gpu_node.csv"), pods: try read("openb_pod_list_\(name).csv"))
    let given = try givenOrders(name, trace.podNames)
    for policyName in arguments.policies {
        for mode in arguments.modes {
            var results: [[Double]] = percentages.map { _ in [] }
            var dropped = 0
            let start = ContinuousClock.now
            for seed in arguments.seeds {
                guard let policy = PlacementPolicy(named: policyName, seed: UInt64(seed)) else {
                    throw Options.Failure(text: "no policy called \(policyName)")
                }
                let order = given[seed] ?? trace.arrivals(seed: UInt64(seed))
                let run = try PlacementSimulation(
                    nodes: trace.nodes, arrivals: order.map { trace.pods[$0] }, policy: policy,
                    workload: mode == "known" ? Workload(trace.pods) : nil)
                dropped += run.dropped
                for (column, percentage) in percentages.enumerated() {
                    run.allocation(at: percentage).map { results[column].append($0) }
                }
            }
            let took = (ContinuousClock.now - start) / arguments.seeds.count
            let seconds = Double(took.components.seconds) + Double(took.components.attoseconds) * 1e-18
            let cells = results.map(Spread.init).map(\.description)
            print(
                "| \(name) | \(policyName) | \(mode) | \(cells.joined(separator: " | "))"
                    + " | \(dropped / arguments.seeds.count) | \(String(format: "%.2f", seconds)) |")
            fflush(nil)
        }
    }
}
