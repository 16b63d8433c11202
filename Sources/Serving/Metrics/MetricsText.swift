/// Writes Prometheus text format 0.0.4.
struct MetricsText {
    private(set) var bytes: [UInt8] = []

    mutating func header(_ name: String, type: String, help: String) {
        let help = help.replacing("\\", with: #"\\"#).replacing("\n", with: #"\n"#)
        bytes += Array("# HELP \(name) \(help)\n# TYPE \(name) \(type)\n".utf8)
    }

    mutating func sample(_ name: String, _ labels: String, _ value: String) {
        bytes += Array((labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n").utf8)
    }

    mutating func histogram(_ name: String, _ labels: String, _ histogram: Histogram) {
        let snapshot = histogram.snapshot
        let prefix = labels.isEmpty ? "" : labels + ","
        var total = 0
        for (bound, count) in zip(histogram.buckets + [.infinity], snapshot.counts) {
            total += count
            sample(name + "_bucket", prefix + "le=\"\(Self.number(bound))\"", "\(total)")
        }
        sample(name + "_sum", labels, Self.number(snapshot.sum))
        sample(name + "_count", labels, "\(total)")
    }

    /// `name="value",…`; values escaped.
    static func labels(_ labels: [(String, String)]) -> String {
        labels.map { name, value in
            let escaped = value.replacing("\\", with: #"\\"#).replacing("\"", with: #"\""#)
                .replacing("\n", with: #"\n"#)
            return "\(name)=\"\(escaped)\""
        }
        .joined(separator: ",")
    }

    /// A number without a needless fraction; infinities and NaN as Prometheus spells them.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int(exactly: value) { return "\(whole)" }
        return "\(value)"
    }
}
