import KubernetesModel
import Testing

@testable import LocalNode

@Suite("Container logs")
struct LogTests {
    @Test("output becomes lines of the CRI format, however it is cut")
    func lines() {
        let text = Array("one\ntwo\n\nlast".utf8)
        for size in 1...text.count {
            var splitter = LogLineSplitter()
            var log: [UInt8] = []
            for start in stride(from: 0, to: text.count, by: size) {
                log += splitter.take(Array(text[start..<min(start + size, text.count)]), stream: .out, time: "T")
            }
            log += splitter.finish(time: "T")
            #expect(
                String(decoding: log, as: UTF8.self) == "T stdout F one\nT stdout F two\nT stdout F \nT stdout F last\n"
            )
        }
    }

    @Test("long lines are written in parts and read as one")
    func parts() {
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 40_000)
        var splitter = LogLineSplitter()
        let log = splitter.take(line + [UInt8(ascii: "\n")], stream: .error, time: "2026-01-01T00:00:00Z")
        #expect(log.split(separator: UInt8(ascii: "\n")).count == 3)
        var formatter = LogFormatter(showsTimestamps: true)
        let text = formatter.take(log)
        #expect(text == Array("2026-01-01T00:00:00Z ".utf8) + line + [UInt8(ascii: "\n")])
    }

    static let log = Array(
        """
        2026-01-01T00:00:01.000000000Z stdout F a
        2026-01-01T00:00:02.000000000Z stderr P b
        2026-01-01T00:00:02.000000000Z stderr F c
        2026-01-01T00:00:03.000000000Z stdout F d

        """.utf8)

    @Test(
        "the tail counts lines, not their parts",
        arguments: [(0, ""), (1, "d\n"), (2, "bc\nd\n"), (3, "a\nbc\nd\n"), (9, "a\nbc\nd\n")])
    func tail(_ count: Int, _ expected: String) {
        var formatter = LogFormatter()
        let text = formatter.take(Self.log[LogFormatter.startOfTail(Self.log, lines: count)...])
        #expect(String(decoding: text, as: UTF8.self) == expected)
    }

    @Test("lines before a moment are left out")
    func since() {
        var formatter = LogFormatter(since: Timestamp(seconds: 1_767_225_602))
        #expect(String(decoding: formatter.take(Self.log), as: UTF8.self) == "bc\nd\n")
    }
}
