import JSON
import KubernetesModel
import YAML

/// Reads bodies of requests.
enum RequestBody {
    /// Largest body in bytes, as etcd's limit makes it for the real server (3 MiB of JSON).
    static let limit = 3 * 1024 * 1024
    /// Half the levels that can be stored, for managed fields repeat an object's levels below a few more.
    static let limits = JSONLimits(maximumDepth: JSONLimits.default.maximumDepth / 2)

    /// One object from JSON or YAML. Throws 400, 413 or 415.
    static func object(_ bytes: [UInt8], contentType: String?) throws(StatusBody) -> JSONValue {
        let type = contentType.map { MediaType($0).name } ?? ""
        let value: JSONValue
        switch type {
        case "", "application/json": value = try json(bytes)
        case "application/yaml", "application/apply-patch+yaml", "text/yaml": value = try yaml(bytes)
        case "application/vnd.kubernetes.protobuf": value = try wire(bytes)
        default:
            throw .unreadableBody(
                accepted: ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"])
        }
        guard value.kind == .object else { throw .badRequest("the body of the request is not an object") }
        return value
    }

    static func json(_ bytes: [UInt8]) throws(StatusBody) -> JSONValue {
        try checkSize(bytes)
        do {
            return JSONValue(try JSONDocument(parsing: bytes, limits: limits))
        } catch {
            throw .badRequest("the body of the request is not JSON: \(error)")
        }
    }

    private static func checkSize(_ bytes: [UInt8]) throws(StatusBody) {
        guard bytes.count <= limit else { throw .tooLarge("Request entity too large: limit is \(limit)") }
    }

    private static func wire(_ bytes: [UInt8]) throws(StatusBody) -> JSONValue {
        try checkSize(bytes)
        do {
            return JSONValue(try WireDecoder.object(bytes).document(limits: limits))
        } catch {
            throw .badRequest("the body of the request is not a protobuf object that this server reads: \(error)")
        }
    }

    private static func yaml(_ bytes: [UInt8]) throws(StatusBody) -> JSONValue {
        try checkSize(bytes)
        let documents: [JSONValue]
        do {
            documents = try YAML.parse(bytes)
        } catch {
            throw .badRequest("error converting YAML to JSON: \(error)")
        }
        guard let first = documents.first, documents.count == 1 else {
            throw .badRequest("the body of the request has \(documents.count) YAML documents; send one")
        }
        return first
    }
}
