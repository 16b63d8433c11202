import Testing

/// A case that is only data: an object that the server refuses, and why.
struct Refusal: Sendable, CustomTestStringConvertible {
    var name: String
    var source: String
    /// Where the object is sent to.
    var path: String
    /// The object, in YAML.
    var body: String
    /// `field reason` of causes that the Status lists.
    var causes: [String]
    /// Words of the Status's message.
    var words: String

    init(_ name: String, source: String, _ path: String, _ body: String, _ causes: String..., words: String = "") {
        self.name = name
        self.source = source
        self.path = path
        self.body = body
        self.causes = causes
        self.words = words
    }

    var testDescription: String { "\(name) [\(source)]" }

    /// Sends the object, as a dry run, and records an issue unless it is refused as invalid.
    func check(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let answer = try await api.post(path, body, query: [("dryRun", "All")])
        answer.fails(422, "Invalid", words, causes: causes, sourceLocation: sourceLocation)
    }
}
