import Synchronization

/// The metrics of a process, exposed as Prometheus text format 0.0.4.
///
/// Ask for a metric once and keep it: updates are then an atomic addition. The values of a label must come from a closed
/// set (kinds, reasons, verdicts), never from names or error texts; to bound the harm of a mistake, what exceeds
/// ``maximumSeries`` of a family is counted under the label values "other".
package final class MetricsRegistry: Sendable {
    /// Most combinations of label values of one metric name.
    package static let maximumSeries = 500

    private enum Series {
        case counter(Counter)
        case gauge(Gauge)
        case histogram(Histogram)
    }

    private struct Family {
        var type: String
        var help: String
        /// By label text such as `path="/x",code="200"`.
        var series: [String: Series] = [:]
    }

    private let families = Mutex<[String: Family]>([:])

    /// No metrics yet.
    package init() {}

    /// The content type of ``text()``.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// A counter, made at the first call for a name and label values. By convention the name ends in `_total`.
    package func counter(_ name: String, help: String, labels: KeyValuePairs<String, String> = [:]) -> Counter {
        let found = series(name, "counter", help, labels) { .counter(Counter()) }
        if case .counter(let counter) = found { return counter }
        return Counter()
    }

    /// A gauge, made at the first call for a name and label values.
    package func gauge(_ name: String, help: String, labels: KeyValuePairs<String, String> = [:]) -> Gauge {
        let found = series(name, "gauge", help, labels) { .gauge(Gauge()) }
        if case .gauge(let gauge) = found { return gauge }
        return Gauge()
    }

    /// A histogram, made at the first call for a name and label values. `buckets` are upper bounds, ascending.
    package func histogram(
        _ name: String, help: String, buckets: [Double] = Histogram.latencyBuckets,
        labels: KeyValuePairs<String, String> = [:]
    ) -> Histogram {
        let found = series(name, "histogram", help, labels) { .histogram(Histogram(buckets: buckets)) }
        if case .histogram(let histogram) = found { return histogram }
        return Histogram(buckets: buckets)
    }

    private func series(
        _ name: String, _ type: String, _ help: String, _ labels: KeyValuePairs<String, String>, make: () -> Series
    ) -> Series {
        families.withLock { families in
            var family = families[name] ?? Family(type: type, help: help)
            assert(family.type == type, "metric \(name) is a \(family.type) and cannot be a \(type), too")
            var key = MetricsText.labels(labels.map { ($0.key, $0.value) })
            if family.series[key] == nil, family.series.count >= Self.maximumSeries {
                key = MetricsText.labels(labels.map { ($0.key, "other") })
            }
            if let known = family.series[key] { return known }
            let made = make()
            family.series[key] = made
            families[name] = family
            return made
        }
    }

    /// All metrics as text, sorted by name and labels.
    package func text() -> [UInt8] {
        var text = MetricsText()
        for (name, family) in families.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            text.header(name, type: family.type, help: family.help)
            for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
                switch series {
                case .counter(let counter): text.sample(name, labels, "\(counter.value)")
                case .gauge(let gauge): text.sample(name, labels, MetricsText.number(gauge.value))
                case .histogram(let histogram): text.histogram(name, labels, histogram)
                }
            }
        }
        return text.bytes
    }
}
