import Foundation
import JSON

// swift run --package-path Benchmarks -c release json
//
// The tape against `JSONDecoder` with typed structs, as ratios in one run, and the tape's peak memory.

struct Wrong: Error, CustomStringConvertible {
    var description: String
}

/// One way to do the work, and how many calls to measure at a time.
struct Way {
    var name: String
    var calls: Int
    var body: () throws -> Int
}

/// The best time of each way in seconds a call. The ways take turns, so that a busy machine slows all of them.
func measure(rounds: Int, _ ways: [Way]) throws -> [(seconds: Double, result: Int)] {
    var found = ways.map { _ in (seconds: Double.infinity, result: 0) }
    for _ in 0..<rounds {
        for (index, way) in ways.enumerated() {
            let start = ContinuousClock.now
            for _ in 0..<way.calls { found[index].result = try way.body() }
            let spent = (ContinuousClock.now - start) / way.calls
            let seconds = Double(spent.components.seconds) + Double(spent.components.attoseconds) * 1e-18
            found[index].seconds = min(found[index].seconds, seconds)
        }
    }
    return found
}

func row(_ cells: [String]) -> String {
    zip(cells, [34, 12, 12, 14]).map { cell, width in
        cell.padding(toLength: max(width, cell.count), withPad: " ", startingAt: 0)
    }.joined(separator: " ")
}

func compare(
    _ name: String, _ text: [UInt8], calls: (tape: Int, decoder: Int), reading: @escaping ([UInt8]) throws -> Int,
    decoding: @escaping (Data) throws -> Int
) throws {
    let data = Data(text)
    let ways = [
        Way(name: "  JSONDecoder, typed structs", calls: calls.decoder) { try decoding(data) },
        Way(name: "  tape", calls: calls.tape) { try Readings.tape(text) },
        Way(name: "  tape, and the same fields read", calls: calls.tape) { try reading(text) },
    ]
    let found = try measure(rounds: 8, ways)
    guard found[2].result == found[0].result else {
        throw Wrong(description: "\(name): the tape read \(found[2].result), JSONDecoder \(found[0].result)")
    }
    print(row(["\(name), \(text.count) bytes", "ms", "MB/s", "x JSONDecoder"]))
    for (way, (seconds, _)) in zip(ways, found) {
        print(
            row([
                way.name, String(format: "%.3f", seconds * 1e3),
                String(format: "%.0f", Double(text.count) / seconds / 1e6),
                String(format: "%.1f", found[0].seconds / seconds),
            ]))
    }
}

let arguments = CommandLine.arguments
if arguments.count == 3, arguments[1] == "--peak-memory" {
    try PeakMemory.reportParsing(of: arguments[2])
} else {
    try compare(
        "AdmissionReview", SampleObjects.admissionReview(), calls: (1000, 50), reading: Readings.tapeReview,
        decoding: Readings.decodeReview)
    let nodes = SampleObjects.nodeList(count: 5000)
    try compare(
        "NodeList of 5,000", nodes, calls: (1, 1), reading: Readings.tapeNodes, decoding: Readings.decodeNodes)
    print(try PeakMemory.measure(nodes), terminator: "")
}
