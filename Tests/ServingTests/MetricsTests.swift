import Testing

@testable import Serving

@Suite("Metrics")
struct MetricsTests {
    private func text(_ registry: MetricsRegistry) -> String { String(decoding: registry.text(), as: UTF8.self) }

    @Test("are written as Prometheus reads them, sorted")
    func exposition() {
        let registry = MetricsRegistry()
        registry.counter("b_total", help: "Line\none\\two.", labels: ["code": "200", "path": "a\"b\\c\nd"]).increment(
            by: 3)
        registry.counter("b_total", help: "ignored", labels: ["code": "100", "path": "x"]).increment()
        let gauge = registry.gauge("a", help: "A gauge.")
        gauge.set(2)
        gauge.add(-0.5)
        let histogram = registry.histogram("c_seconds", help: "Times.", buckets: [0.1, 1], labels: ["kind": "k"])
        histogram.observe(.milliseconds(100))
        histogram.observe(.milliseconds(500))
        histogram.observe(7)
        let expected = #"""
            # HELP a A gauge.
            # TYPE a gauge
            a 1.5
            # HELP b_total Line\none\\two.
            # TYPE b_total counter
            b_total{code="100",path="x"} 1
            b_total{code="200",path="a\"b\\c\nd"} 3
            # HELP c_seconds Times.
            # TYPE c_seconds histogram
            c_seconds_bucket{kind="k",le="0.1"} 1
            c_seconds_bucket{kind="k",le="1"} 2
            c_seconds_bucket{kind="k",le="+Inf"} 3
            c_seconds_sum{kind="k"} 7.6
            c_seconds_count{kind="k"} 3

            """#
        #expect(text(registry) == expected)
    }

    @Test("one name and one set of labels are one metric")
    func identity() {
        let registry = MetricsRegistry()
        let first = registry.counter("x_total", help: "", labels: ["a": "1"])
        #expect(registry.counter("x_total", help: "", labels: ["a": "1"]) === first)
        #expect(registry.counter("x_total", help: "", labels: ["a": "2"]) !== first)
    }

    @Test("a label with endless values does not grow without bound")
    func bounded() {
        let registry = MetricsRegistry()
        for index in 0..<10_000 {
            registry.counter("x_total", help: "", labels: ["name": "\(index)"]).increment()
        }
        let lines = text(registry).split(separator: "\n")
        #expect(lines.count <= MetricsRegistry.maximumSeries + 3)
        #expect(lines.contains { $0.hasPrefix("x_total{name=\"other\"} 9") })
    }

    @Test("parallel increments and additions are all counted")
    func parallel() async {
        let registry = MetricsRegistry()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1000 {
                        registry.counter("n_total", help: "").increment()
                        registry.gauge("g", help: "").add(1)
                        registry.histogram("h", help: "").observe(1)
                    }
                }
            }
        }
        #expect(registry.counter("n_total", help: "").value == 8000)
        #expect(registry.gauge("g", help: "").value == 8000)
        #expect(registry.histogram("h", help: "").count == 8000)
    }

    @Test(
        "numbers are spelled as Prometheus parses them",
        arguments: [(0, "0"), (1.25, "1.25"), (-3, "-3"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN")])
    func numbers(value: Double, expected: String) {
        #expect(MetricsText.number(value) == expected)
    }
}

@Suite("Health endpoints")
struct HealthEndpointsTests {
    @Test(
        "answer their paths and leave others alone",
        arguments: [
            ("GET", "/healthz", 200), ("HEAD", "/livez", 200), ("GET", "/readyz", 503), ("POST", "/healthz", 405),
            ("GET", "/metrics", 200), ("GET", "/other", nil), ("GET", "/healthz/x", nil),
        ])
    func paths(method: String, path: String, status: Int?) async {
        let endpoints = HealthEndpoints(
            readiness: [.init(name: "good") { nil }, .init(name: "store") { "not synchronized yet" }],
            metrics: MetricsRegistry())
        let response = await endpoints.response(to: ServerRequest(method: method, path: path))
        #expect(response?.status == status)
        if status == 503, case .bytes(let body) = response?.body {
            #expect(String(decoding: body, as: UTF8.self) == "store: not synchronized yet\n")
        }
    }
}
