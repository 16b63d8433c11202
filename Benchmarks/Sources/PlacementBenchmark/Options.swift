import Foundation

/// What to run.
struct Options {
    /// Something that was asked for and is not there.
    struct Failure: Error {
        var text: String
    }

    var folder = "."
    var policies = ["balanced"]
    var seeds = Array(42...51)
    var modes = ["known", "learned"]
    var traces = [
        "default", "cpu050", "cpu100", "cpu200", "cpu250", "gpushare40", "gpushare60", "gpushare80", "gpushare100",
        "gpuspec10", "gpuspec20", "gpuspec25", "gpuspec33", "multigpu20", "multigpu30", "multigpu40", "multigpu50",
    ]

    init(_ words: [String]) {
        var values: [String: [String]] = [:]
        var option = ""
        for word in words {
            if word.hasPrefix("--") {
                option = word
            } else {
                values[option, default: []].append(word)
            }
        }
        folder = values[""]?.first ?? folder
        policies = values["--policy"] ?? policies
        seeds = values["--seeds"]?.compactMap { Int($0) } ?? seeds
        modes = values["--modes"] ?? modes
        traces = values["--traces"] ?? traces
    }
}

/// Mean and standard deviation of a few readings.
struct Spread: CustomStringConvertible {
    var readings: [Double]

    init(_ readings: [Double]) {
        self.readings = readings
    }

    var description: String {
        guard !readings.isEmpty else { return "–" }
        let mean = readings.reduce(0, +) / Double(readings.count)
        let squares = readings.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let deviation = (squares / Double(max(readings.count - 1, 1))).squareRoot()
        return String(format: "%.2f ± %.2f", mean, deviation)
    }
}
