import FoundationEssentials
import HTTPTransport
import JSON
import Synchronization
import TestSupport
import Testing

@testable import LocalAPIServer

/// Requests that no client of good will sends. Codes and reasons: k8s.io/apimachinery pkg/api/errors and
/// pkg/apis/meta/v1 types.go.
@Suite("Hostile requests")
struct FuzzTests {
    /// 0 runs the same few requests each time; else for so many seconds. See scripts/fuzz-api-server.
    static let seconds = number("KUBEDL_FUZZ_SECONDS") ?? 0
    static let seed = UInt64(number("KUBEDL_FUZZ_SEED") ?? 1)

    private static func number(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }

    @Test("whatever is asked, the answer is well-formed and the server goes on serving", .timeLimit(.minutes(60)))
    func mutations() async throws {
        let end = ContinuousClock.now + .seconds(Self.seconds)
        let tally = Tally()
        let before = residentMegabytes()
        let samples = try HostileRequest.samples()
        try await RunningAPIServer.with { server in
            await withTaskGroup(of: Void.self) { group in
                for worker in 0..<4 {
                    group.addTask {
                        var random = SeededGenerator(seed: Self.seed &* 4 &+ UInt64(worker))
                        var count = 0
                        while Self.seconds > 0 ? ContinuousClock.now < end : count < 250 {
                            let status = await Self.ask(server, HostileRequest(from: samples, using: &random))
                            tally.count(status)
                            count += 1
                        }
                    }
                }
            }
            try await server.expect("GET", "/api/v1/namespaces/default")
        }
        let statuses = tally.statuses
        print(
            "\(statuses.values.reduce(0, +)) requests from seed \(Self.seed), by status",
            statuses.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", "),
            "; memory \(before) MiB, then \(residentMegabytes()) MiB")
        for status in [200, 201, 400, 404, 405, 415, 422] { #expect(statuses[status] ?? 0 > 0, "never \(status)") }
    }

    private func residentMegabytes() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        return (Int(line.filter(\.isNumber)) ?? 0) / 1024
    }

    /// Sends a request and judges the answer.
    private static func ask(_ server: RunningAPIServer, _ request: HostileRequest) async -> Int {
        do {
            let response = try await server.client.send(request.http(server.address))
            if let problem = problem(of: response) { Issue.record("\(problem)\nrequest: \(request)") }
            return response.status
        } catch {
            // A request that the client itself refuses to send says nothing of the server.
            if error.code != .invalidRequest { Issue.record("\(error)\nrequest: \(request)") }
            return 0
        }
    }

    private static let reasons: [Int: Set<String>] = [
        400: ["BadRequest"], 401: ["Unauthorized"], 403: ["Forbidden"], 404: ["NotFound"], 405: ["MethodNotAllowed"],
        406: ["NotAcceptable"], 409: ["Conflict", "AlreadyExists"], 410: ["Expired", "Gone"],
        413: ["RequestEntityTooLarge"], 415: ["UnsupportedMediaType"], 422: ["Invalid"], 429: ["TooManyRequests"],
        431: [""],
        // What this server knows of and does not do, and a resourceVersion that is still to come.
        501: ["NotImplemented"], 504: ["Timeout"],
    ]

    private static func problem(of response: HTTPResponse) -> String? {
        guard response.status >= 400 else { return nil }
        let text = String(decoding: response.body, as: UTF8.self)
        if response.headers["Content-Type"]?.hasPrefix("application/yaml") == true { return nil }
        guard let json = try? JSONDocument(parsing: response.body).root, json["kind"]?.string == "Status",
            json["apiVersion"]?.string == "v1", json["status"]?.string == "Failure",
            json["code"]?.int == response.status,
            json["message"]?.string?.isEmpty == false
        else { return "no Status with \(response.status): \(text.prefix(500))" }
        // The one 500 that the real server answers as well: structured-merge-diff knows no codes.
        if json["message"]?.string?.hasPrefix("failed to create typed patch object") == true { return nil }
        guard reasons[response.status]?.contains(json["reason"]?.string ?? "") == true else {
            return "an unexpected answer: \(text.prefix(500))"
        }
        return nil
    }
}

/// How many answers had each status.
private final class Tally: Sendable {
    private let counts = Mutex<[Int: Int]>([:])

    var statuses: [Int: Int] { counts.withLock { $0 } }

    func count(_ status: Int) { counts.withLock { $0[status, default: 0] += 1 } }
}
