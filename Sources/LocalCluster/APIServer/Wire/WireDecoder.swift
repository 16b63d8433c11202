import Cryptography
import JSON
import KubernetesModel

/// Reads `application/vnd.kubernetes.protobuf` bodies, which clients with compiled-in types send, into JSON.
///
/// Source: k8s.io/apimachinery pkg/runtime/serializer/protobuf; the Protocol Buffers encoding guide.
struct WireDecoder {
    /// What a body is not.
    struct Problem: Error, CustomStringConvertible {
        var description: String
    }

    /// Deepest nesting of messages.
    private static let depthLimit = 64
    /// From year 0 to 9999, which RFC 3339 can write.
    private static let writableSeconds = Int64(-62_167_219_200)...253_402_300_799
    private let schema = WireSchema.builtIn

    /// The object of a whole body: the prefix `k8s\0` and a `runtime.Unknown`.
    static func object(_ bytes: [UInt8]) throws(Problem) -> JSONValue {
        guard bytes.starts(with: [0x6B, 0x38, 0x73, 0]) else { throw Problem(description: "it lacks the prefix k8s") }
        let unknown = try WireFields(bytes[4...])
        let type = try WireFields(unknown.bytes(1) ?? [])
        let (apiVersion, kind) = (type.text(1) ?? "", type.text(2) ?? "")
        let group = apiVersion.contains("/") ? String(apiVersion.prefix { $0 != "/" }) : ""
        let decoder = WireDecoder()
        let name = kind == "DeleteOptions" ? "meta.DeleteOptions" : decoder.schema.message(group: group, kind: kind)
        guard let name else { throw Problem(description: "this server has no fields of \(apiVersion) \(kind)") }
        let object = try decoder.message(unknown.bytes(2) ?? [], name, depth: 0)
        return .object(
            [("apiVersion", JSONValue(apiVersion)), ("kind", JSONValue(kind))]
                + (object.members ?? []).map { ($0.key, $0.value) })
    }

    private func message(_ bytes: ArraySlice<UInt8>, _ name: String, depth: Int) throws(Problem) -> JSONValue {
        guard depth < Self.depthLimit else { throw Problem(description: "it is nested too deeply") }
        guard let fields = schema.fields(of: name) else { throw Problem(description: "\(name) is not known") }
        let given = try WireFields(bytes)
        var members: [(String, JSONValue)] = []
        for field in fields {
            let values = given[field.number]
            guard let last = values.last else { continue }
            switch field.shape {
            case .one:
                let decoded = try value(last, field, depth)
                if field.isInline {
                    members += (decoded.members ?? []).map { ($0.key, $0.value) }
                } else if field.isPointer || !decoded.isZero {
                    members.append((field.name, decoded))
                }
            case .list:
                let elements = try values.map { value throws(Problem) in try self.value(value, field, depth) }
                members.append((field.name, JSONValue(elements)))
            case .map:
                let entries = try values.map { value throws(Problem) in try entry(value, field, depth) }
                members.append((field.name, .object(entries)))
            }
        }
        return .object(members)
    }

    private func entry(
        _ value: WireReader.Value, _ field: WireSchema.Field, _ depth: Int
    ) throws(Problem) -> (String, JSONValue) {
        guard case .bytes(let content) = value else { throw Problem(description: "\(field.name) is no map") }
        let parts = try WireFields(content)
        let key = parts.text(1) ?? ""
        guard let inner = parts[2].last else { return (key, "") }
        return (key, try self.value(inner, field, depth))
    }

    private func value(
        _ value: WireReader.Value, _ field: WireSchema.Field, _ depth: Int
    ) throws(Problem) -> JSONValue {
        switch (field.kind, value) {
        case (.text, .bytes(let content)): return JSONValue(String(decoding: content, as: UTF8.self))
        case (.bytes, .bytes(let content)): return JSONValue(Base64.encodeText(Array(content)))
        case (.integer, .number(let number)): return JSONValue(Int(Int64(bitPattern: number)))
        case (.bool, .number(let number)): return JSONValue(number != 0)
        case (.number, .number(let number)): return JSONValue(Double(bitPattern: number))
        case (.time, .bytes(let content)): return try time(content, fractionDigits: 0)
        case (.microTime, .bytes(let content)): return try time(content, fractionDigits: 6)
        case (.quantity, .bytes(let content)): return JSONValue(try WireFields(content).text(1) ?? "0")
        case (.intOrString, .bytes(let content)): return try intOrString(content)
        case (.raw, .bytes(let content)): return try raw(content)
        case (.message(let name), .bytes(let content)):
            let object = try message(content, name, depth: depth + 1)
            return schema.isTextList(name) ? object["items"] ?? .array([]) : object
        default: throw Problem(description: "field \(field.name) has another type on the wire")
        }
    }

    private func time(_ bytes: ArraySlice<UInt8>, fractionDigits: Int) throws(Problem) -> JSONValue {
        let parts = try WireFields(bytes)
        guard let seconds = parts.number(1) else { return .null }
        let moment = (seconds: Int64(bitPattern: seconds), nanoseconds: Int64(bitPattern: parts.number(2) ?? 0))
        guard Self.writableSeconds.contains(moment.seconds), 0..<1_000_000_000 ~= moment.nanoseconds else {
            throw Problem(description: "a time is outside of the years 0 to 9999")
        }
        let timestamp = Timestamp(seconds: moment.seconds, nanoseconds: moment.nanoseconds)
        return JSONValue(timestamp.rfc3339(fractionDigits: fractionDigits))
    }

    private func intOrString(_ bytes: ArraySlice<UInt8>) throws(Problem) -> JSONValue {
        let parts = try WireFields(bytes)
        if parts.number(1) == 1 { return JSONValue(parts.text(3) ?? "") }
        return JSONValue(Int(Int64(bitPattern: parts.number(2) ?? 0)))
    }

    private func raw(_ bytes: ArraySlice<UInt8>) throws(Problem) -> JSONValue {
        guard let text = try WireFields(bytes).bytes(1) else { return .null }
        do { return try JSONValue(parsing: Array(text)) } catch {
            throw Problem(description: "a raw field is not JSON: \(error)")
        }
    }
}

extension JSONValue {
    /// What Go leaves out of JSON when a field says `omitempty`.
    fileprivate var isZero: Bool {
        switch kind {
        case .null: true
        case .string: string == ""
        case .number: double == 0
        case .bool: bool == false
        case .array, .object: isEmpty
        }
    }
}

/// The fields of one Protocol Buffers message by their numbers.
struct WireFields {
    private var values: [Int: [WireReader.Value]] = [:]

    /// Throws for bytes that are no message.
    init(_ bytes: ArraySlice<UInt8>) throws(WireDecoder.Problem) {
        var reader = WireReader(bytes)
        while let (number, value) = try reader.next() { values[number, default: []].append(value) }
    }

    /// All values of a field, in order.
    subscript(_ number: Int) -> [WireReader.Value] { values[number] ?? [] }

    /// The last value of a field if it is bytes.
    func bytes(_ number: Int) -> ArraySlice<UInt8>? {
        guard case .bytes(let bytes)? = self[number].last else { return nil }
        return bytes
    }

    func text(_ number: Int) -> String? { bytes(number).map { String(decoding: $0, as: UTF8.self) } }

    /// The last value of a field if it is a number.
    func number(_ number: Int) -> UInt64? {
        guard case .number(let value)? = self[number].last else { return nil }
        return value
    }
}

/// Fields of one Protocol Buffers message, one after the other.
struct WireReader {
    enum Value {
        case number(UInt64)
        case bytes(ArraySlice<UInt8>)
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The next field; nil at the end. Throws for bytes that are no message.
    mutating func next() throws(WireDecoder.Problem) -> (number: Int, value: Value)? {
        guard !rest.isEmpty else { return nil }
        let tag = try varint()
        guard tag >> 3 > 0, tag >> 3 < 1 << 29 else {
            throw WireDecoder.Problem(description: "a field number is out of range")
        }
        let number = Int(tag >> 3)
        switch tag & 7 {
        case 0: return (number, .number(try varint()))
        case 1: return (number, .number(fixed(try take(8))))
        case 2:
            let length = try varint()
            guard length <= UInt64(rest.count) else { throw WireDecoder.Problem(description: "it ends too early") }
            return (number, .bytes(try take(Int(length))))
        case 5: return (number, .number(fixed(try take(4))))
        default: throw WireDecoder.Problem(description: "a field has a wire type that is not known")
        }
    }

    private mutating func take(_ count: Int) throws(WireDecoder.Problem) -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw WireDecoder.Problem(description: "it ends too early") }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    private func fixed(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private mutating func varint() throws(WireDecoder.Problem) -> UInt64 {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = rest.popFirst() else { throw WireDecoder.Problem(description: "it ends too early") }
            if shift < 64 { number |= UInt64(byte & 0x7F) << shift }
            if byte & 0x80 == 0 { return number }
        }
        throw WireDecoder.Problem(description: "a number is too long")
    }
}
