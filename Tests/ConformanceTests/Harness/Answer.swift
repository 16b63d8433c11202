import HTTPTransport
import JSON
import KubernetesClient
import KubernetesModel
import Testing

/// What the server answered, whatever its status.
struct Answer: Sendable {
    var status: Int
    /// The body; JSON null if it is no JSON.
    var json: JSONValue
    var text: String
    var headers: HTTPHeaders

    init(_ response: HTTPResponse) {
        status = response.status
        headers = response.headers
        text = String(decoding: response.body, as: UTF8.self)
        json = (try? JSONValue(parsing: response.body)) ?? .null
    }

    /// The answer in an error; rethrows errors without an answer.
    init(_ error: APIError) throws {
        guard let status = error.httpStatus else { throw error }
        self.status = status
        json = error.status?.value ?? .null
        text = error.message
        headers = HTTPHeaders()
    }

    /// A value by its path: steps between dots, such as `spec.containers.0.name`, or a JSON pointer.
    subscript(_ path: String) -> JSONValue? { json.at(path) }

    var name: String { self["metadata.name"]?.string ?? "" }
    var uid: String { self["metadata.uid"]?.string ?? "" }
    var resourceVersion: String { self["metadata.resourceVersion"]?.string ?? "" }
    /// The objects of a list.
    var items: [JSONValue] { self["items"]?.array ?? [] }
    /// The names of the objects of a list.
    var names: [String] { items.map { $0.at("metadata.name")?.string ?? "" } }
    /// The texts of the Warning headers.
    var warnings: [String] { headers.values(of: "Warning") }
    /// The causes of a Status, as `field reason`.
    var causes: [String] {
        (self["details.causes"]?.array ?? []).map { "\($0["field"]?.string ?? "") \($0["reason"]?.string ?? "")" }
    }
    var message: String { self["message"]?.string ?? "" }

    /// Records an issue unless this is a success of the status; returns self.
    @discardableResult
    func succeeds(_ expected: Int = 200, sourceLocation: SourceLocation = #_sourceLocation) throws -> Answer {
        try #require(status == expected, "\(text.prefix(1000))", sourceLocation: sourceLocation)
        return self
    }

    /// Records an issue unless this is a Status of the code, the reason, the words in its message and the causes.
    @discardableResult
    func fails(
        _ code: Int, _ reason: String, _ words: String = "", causes expected: [String] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) -> Answer {
        #expect(status == code, "\(text.prefix(1000))", sourceLocation: sourceLocation)
        #expect(self["kind"]?.string == "Status", "\(text.prefix(1000))", sourceLocation: sourceLocation)
        #expect(self["status"]?.string == "Failure", sourceLocation: sourceLocation)
        #expect(self["code"]?.int == code, sourceLocation: sourceLocation)
        #expect(self["reason"]?.string ?? "" == reason, "\(text.prefix(1000))", sourceLocation: sourceLocation)
        if !words.isEmpty { #expect(message.contains(words), sourceLocation: sourceLocation) }
        for cause in expected {
            #expect(causes.contains(cause), "\(text.prefix(1000))", sourceLocation: sourceLocation)
        }
        return self
    }
}

extension JSONValue {
    /// A value by its path: steps between dots, such as `spec.containers.0.name`, or a JSON pointer.
    func at(_ path: String) -> JSONValue? {
        self[pointer: path.hasPrefix("/") ? path : "/" + path.split(separator: ".").joined(separator: "/")]
    }
}
