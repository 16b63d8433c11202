import Foundation
import KubernetesModel
import Synchronization
import Testing

@testable import LocalNode

@Suite("Reading logs of containers")
struct LogRegistryTests {
    private final class Sink: Sendable {
        private let bytes = Mutex<[UInt8]>([])
        func take(_ more: [UInt8]) { bytes.withLock { $0 += more } }
        var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
    }

    private static func log(maximumBytes: Int = ContainerLog.maximumBytes) throws -> ContainerLog {
        try ContainerLog(path: "/tmp/kubedl-log-test-\(UUID().uuidString)", maximumBytes: maximumBytes)
    }

    private static func remove(_ log: ContainerLog) {
        VolumeFolders.remove(log.path)
        VolumeFolders.remove(log.path + ".1")
    }

    private static let owner = LogRegistry.Owner(podUID: "u", container: "c")

    private static func read(_ registry: LogRegistry, _ change: (inout PodLogOptions) -> Void = { _ in })
        async throws -> String?
    {
        var options = PodLogOptions()
        change(&options)
        let sink = Sink()
        return try await registry.stream(podUID: "u", container: "c", options) { sink.take($0) } ? sink.text : nil
    }

    @Test("the present and the previous run are apart, and an unknown log is none")
    func runs() async throws {
        let registry = LogRegistry()
        #expect(try await Self.read(registry) == nil)
        let (first, second) = (try Self.log(), try Self.log())
        registry.add(first, of: Self.owner)
        first.write(Array("one\ntwo\nthree\n".utf8), stream: .out)
        first.finish()
        #expect(try await Self.read(registry) { $0.previous = true } == nil)
        registry.add(second, of: Self.owner)
        second.write(Array("again\n".utf8), stream: .error)
        #expect(try await Self.read(registry) == "again\n")
        #expect(try await Self.read(registry) { $0.previous = true } == "one\ntwo\nthree\n")
        #expect(
            try await Self.read(registry) {
                $0.previous = true; $0.tailLines = 2
            } == "two\nthree\n")
        #expect(
            try await Self.read(registry) {
                $0.previous = true; $0.limitBytes = 5
            } == "one\nt")
        #expect(first.lastText() == "one\ntwo\nthree\n")
        for log in [first, second] { Self.remove(log) }
    }

    @Test("a rotated log is read across both of its files and keeps the newest")
    func rotation() async throws {
        let registry = LogRegistry()
        let log = try Self.log(maximumBytes: 1000)
        registry.add(log, of: Self.owner)
        for number in 0..<100 { log.write(Array("line \(number)\n".utf8), stream: .out) }
        log.finish()
        let text = try #require(try await Self.read(registry))
        let lines = text.split(separator: "\n")
        #expect(lines.last == "line 99")
        #expect(lines.count > 10 && lines.count < 50)
        #expect(lines.elementsEqual((100 - lines.count..<100).map { "line \($0)" }))
        Self.remove(log)
    }

    @Test("following goes on until the container ends, across rotations")
    func following() async throws {
        let registry = LogRegistry()
        let log = try Self.log(maximumBytes: 5000)
        registry.add(log, of: Self.owner)
        let sink = Sink()
        var options = PodLogOptions()
        options.follow = true
        let wanted = options
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await registry.stream(podUID: "u", container: "c", wanted) { sink.take($0) } }
            for number in 0..<300 {
                log.write(Array("line \(number)\n".utf8), stream: .out)
                while !sink.text.hasSuffix("line \(number)\n") { await Task.yield() }
            }
            log.write(Array("no newline".utf8), stream: .out)
            log.finish()
            try await group.waitForAll()
        }
        #expect(sink.text == (0..<300).map { "line \($0)\n" }.joined() + "no newline\n")
        Self.remove(log)
    }

    @Test("a follower that goes away is let go")
    func cancelled() async throws {
        let registry = LogRegistry()
        let log = try Self.log()
        registry.add(log, of: Self.owner)
        var options = PodLogOptions()
        options.follow = true
        let wanted = options
        await withTaskGroup(of: Void.self) { group in
            group.addTask { _ = try? await registry.stream(podUID: "u", container: "c", wanted) { _ in } }
            group.cancelAll()
        }
        log.finish()
        Self.remove(log)
    }
}
