import HTTPTransport
import Synchronization
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("streams") struct HTTPStreamTests {
    let client = HTTPClient()

    @Test("the head arrives before the first byte of the body, and chunks as they are sent")
    func order() async throws {
        let gate = Gate()
        let server = try ScriptedServer { _, connection in
            connection.begin(200, headers: [("X-A", "b")])
            for text in ["one", "two", ""] {
                gate.wait()
                connection.chunk(text)
            }
        }
        let stream = try await client.stream(HTTPRequest(url: server.url))
        #expect(stream.status == 200)
        #expect(stream.headers["x-a"] == "b")
        var iterator = stream.chunks.makeAsyncIterator()
        gate.open()
        #expect(try await iterator.next() == Array("one".utf8))
        gate.open()
        #expect(try await iterator.next() == Array("two".utf8))
        gate.open()
        #expect(try await iterator.next() == nil)
        #expect(try await iterator.next() == nil)
    }

    @Test("a slow reader slows the sender down, and still gets every byte")
    func backPressure() async throws {
        let total = 64 << 20
        let counter = Counter()
        let server = try ScriptedServer { _, connection in
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
            let piece = [UInt8](repeating: 7, count: 1 << 20)
            for _ in 0..<(total >> 20) {
                guard connection.send(piece) else { return }
                counter.add(piece.count)
            }
        }
        let stream = try await client.stream(HTTPRequest(url: server.url, idleTimeout: .milliseconds(500)))
        // Nothing is read: the sender must come to rest far from the end, and idle time must not count.
        var last = -1
        while counter.value != last || last == 0 {
            last = counter.value
            try await Task.sleep(for: .milliseconds(400))
        }
        #expect(counter.value < total / 2)
        var received = 0
        for try await chunk in stream.chunks {
            received += chunk.count
            #expect(chunk.count <= 1 << 20)
        }
        #expect(received == total)
    }

    @Test("dropping a stream before its end closes the connection")
    func drop() async throws {
        let (signal, gone) = AsyncStream<Bool>.makeStream()
        let server = try ScriptedServer { _, connection in
            connection.begin()
            connection.chunk("x")
            gone.yield(connection.waitForClientToClose())
        }
        do {
            let stream = try await client.stream(HTTPRequest(url: server.url))
            var iterator = stream.chunks.makeAsyncIterator()
            #expect(try await iterator.next() == [120])
        }
        var steps = signal.makeAsyncIterator()
        #expect(await steps.next() == true)
    }

    @Test("cancelling the reading task ends the stream")
    func cancellation() async throws {
        let (signal, gone) = AsyncStream<Bool>.makeStream()
        let server = try ScriptedServer { _, connection in
            connection.begin()
            connection.chunk("x")
            gone.yield(connection.waitForClientToClose())
        }
        let stream = try await client.stream(HTTPRequest(url: server.url))
        let (read, firstRead) = AsyncStream<Void>.makeStream()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await expect(.cancelled) {
                    for try await _ in stream.chunks { firstRead.yield() }
                }
            }
            var reads = read.makeAsyncIterator()
            _ = await reads.next()
            group.cancelAll()
        }
        var steps = signal.makeAsyncIterator()
        #expect(await steps.next() == true)
    }

    @Test("a stream whose connection breaks gives what came, then the error")
    func broken() async throws {
        let server = try ScriptedServer { _, connection in
            connection.begin()
            connection.chunk("partial")
            connection.close()
        }
        let stream = try await client.stream(HTTPRequest(url: server.url))
        var text = ""
        await expect(.connectionLost) {
            for try await chunk in stream.chunks { text += String(decoding: chunk, as: UTF8.self) }
        }
        #expect(text == "partial")
    }
}

/// Lets a server's thread through one step at a time.
final class Gate: Sendable {
    private let permits = Mutex(0)

    func open() { permits.withLock { $0 += 1 } }

    func wait() {
        while true {
            let isOpen = permits.withLock { permits in
                guard permits > 0 else { return false }
                permits -= 1
                return true
            }
            if isOpen { return }
            poll(nil, 0, 5)
        }
    }
}

final class Counter: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func add(_ amount: Int) { count.withLock { $0 += amount } }
}
