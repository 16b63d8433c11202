import TestSupport

/// What a proxy can do to a request or its answer.
enum Fault: String, CaseIterable, Sendable {
    // before an answer
    case reset = "connection reset before the answer"
    case cutBeforeAnswer = "connection closed before the answer"
    case cutInHead = "cut in the header"
    case stall = "no answer"
    case unauthorized = "401 once"
    case tooMany = "429 with Retry-After"
    case internalError = "500"
    case badGateway = "502 with an HTML page"
    case unavailable = "503"
    case gatewayTimeout = "504"
    case htmlPage = "200 with an HTML page"
    case wrongType = "wrong content type"
    // lists and writes
    case cutInBody = "cut in a body"
    case goneToken = "410 for a continue token"
    case noList = "200 with {}"
    case lostAnswer = "answer of a write lost"
    // watches
    case goneAnswer = "410 for a watch"
    case goneEvent = "410 as an event"
    case errorEvent = "500 as an event"
    case cutInChunkSize = "watch cut in a chunk size"
    case cutInLine = "watch cut in a line"
    case cutBetweenLines = "watch cut between lines"
    case endedSoon = "watch ended soon, in good order"
    case silence = "watch silent"
    case halfLine = "watch silent within a line"
    case brokenLine = "broken JSON line"
    case badChunk = "chunk size that is no number"
    case longLine = "line of 17 MiB"
    case duplicated = "event twice"
    case reordered = "two events swapped"

    /// What a request is for.
    enum Kind: String, Sendable { case list, watch, write }

    /// The requests that it can befall.
    var kinds: Set<Kind> {
        switch self {
        case .lostAnswer: [.write]
        case .goneToken, .noList: [.list]
        case .cutInBody: [.list, .write]
        case .goneAnswer, .goneEvent, .errorEvent, .cutInChunkSize, .cutInLine, .cutBetweenLines, .endedSoon, .silence,
            .halfLine, .brokenLine, .badChunk, .longLine, .duplicated, .reordered:
            [.watch]
        default: [.list, .watch, .write]
        }
    }

    /// Status, header fields and body of a fault that is a whole answer of its own.
    var answer: (status: Int, headers: [(String, String)], body: String)? {
        let html = ([("Content-Type", "text/html")], "<html><h1>Bad Gateway</h1></html>")
        func status(_ code: Int, _ reason: String) -> String {
            #"{"kind":"Status","apiVersion":"v1","status":"Failure","code":\#(code),"reason":"\#(reason)"}"#
        }
        return switch self {
        case .unauthorized: (401, [], status(401, "Unauthorized"))
        case .tooMany: (429, [("Retry-After", "1")], status(429, "TooManyRequests"))
        case .internalError: (500, [], status(500, "InternalError"))
        case .badGateway: (502, html.0, html.1)
        case .unavailable: (503, [], status(503, "ServiceUnavailable"))
        case .gatewayTimeout: (504, [], "")
        case .htmlPage: (200, html.0, html.1)
        case .goneToken, .goneAnswer: (410, [], status(410, "Expired"))
        case .noList: (200, [], "{}")
        default: nil
        }
    }
}
