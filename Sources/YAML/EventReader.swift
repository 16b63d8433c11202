import CYAML

/// A place in the text, from 1.
struct Mark: Sendable {
    var line: Int
    var column: Int

    func error(_ message: String) -> YAMLError { YAMLError(line: line, column: column, message: message) }
}

/// What libyaml reports of a stream, without its pointers.
struct Event {
    enum Content {
        case scalar(Scalar)
        case sequenceStart
        case sequenceEnd
        case mappingStart
        case mappingEnd
        case alias(String)
        case documentStart
        case documentEnd
    }

    struct Scalar {
        var text: String
        /// The tag as written and resolved; nil if there is none.
        var tag: String?
        /// Written without quotes and not as a block.
        var isPlain: Bool
    }

    var content: Content
    var anchor: String?
    var mark: Mark
}

/// Reads events from libyaml. The only place that holds its pointers: the parser and a copy of the text it reads.
final class EventReader {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>
    private var isInitialized = false
    private var isAtEnd = false

    init(_ bytes: [UInt8]) throws(YAMLError) {
        parser = .allocate(capacity: 1)
        input = .allocate(capacity: max(1, bytes.count))
        _ = input.initialize(from: bytes)
        guard yaml_parser_initialize(parser) == 1 else {
            throw YAMLError(line: 0, column: 0, message: "not enough memory to read YAML")
        }
        isInitialized = true
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
    }

    deinit {
        if isInitialized { yaml_parser_delete(parser) }
        parser.deallocate()
        input.deallocate()
    }

    /// The next event; nil at the end of the stream.
    func next() throws(YAMLError) -> Event? {
        while !isAtEnd {
            var event = yaml_event_t()
            guard yaml_parser_parse(parser, &event) == 1 else {
                isAtEnd = true
                throw problem()
            }
            defer { yaml_event_delete(&event) }
            if event.type == YAML_STREAM_END_EVENT || event.type == YAML_NO_EVENT { isAtEnd = true }
            if let translated = Self.translate(event) { return translated }
        }
        return nil
    }

    private static func translate(_ event: yaml_event_t) -> Event? {
        let mark = Mark(line: Int(event.start_mark.line) + 1, column: Int(event.start_mark.column) + 1)
        func make(_ content: Event.Content, anchor: UnsafeMutablePointer<yaml_char_t>? = nil) -> Event {
            Event(content: content, anchor: text(anchor), mark: mark)
        }
        switch event.type {
        case YAML_DOCUMENT_START_EVENT: return make(.documentStart)
        case YAML_DOCUMENT_END_EVENT: return make(.documentEnd)
        case YAML_SEQUENCE_START_EVENT: return make(.sequenceStart, anchor: event.data.sequence_start.anchor)
        case YAML_SEQUENCE_END_EVENT: return make(.sequenceEnd)
        case YAML_MAPPING_START_EVENT: return make(.mappingStart, anchor: event.data.mapping_start.anchor)
        case YAML_MAPPING_END_EVENT: return make(.mappingEnd)
        case YAML_ALIAS_EVENT: return make(.alias(text(event.data.alias.anchor) ?? ""))
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let value = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            return make(
                .scalar(
                    Event.Scalar(
                        text: String(decoding: value, as: UTF8.self), tag: text(scalar.tag),
                        isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE)),
                anchor: scalar.anchor)
        default: return nil
        }
    }

    private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        pointer.map { String(cString: $0) }
    }

    private func problem() -> YAMLError {
        let parser = parser.pointee
        var message = parser.problem.map { String(cString: $0) } ?? "malformed YAML"
        if let context = parser.context { message = String(cString: context) + ", " + message }
        if parser.error == YAML_READER_ERROR {
            return YAMLError(line: 0, column: 0, message: "\(message) at byte \(parser.problem_offset)")
        }
        return YAMLError(
            line: Int(parser.problem_mark.line) + 1, column: Int(parser.problem_mark.column) + 1, message: message)
    }
}
