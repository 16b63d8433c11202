import Serving

/// OpenAPI v2, without paths or definitions: version 3 has them.
///
/// kubectl falls back to version 2 for a kind that version 3 does not list, and says "no matches for kind" only once it
/// has read it. It asks for protobuf and for nothing else.
/// Source: k8s.io/client-go discovery `OpenAPISchema`, github.com/google/gnostic-models OpenAPIv2.proto.
enum OpenAPIVersion2 {
    /// The document as protobuf where that is asked for, else as JSON.
    static func response(accept: String?) -> ServerResponse {
        if accept?.contains("protobuf") == true { return wire }
        return .json(
            Array(
                #"{"swagger":"2.0","info":{"title":"Kubernetes","version":"v1.36.0"},"paths":{},"definitions":{}}"#.utf8
            ))
    }

    private static let wire = ServerResponse(
        status: 200,
        headers: ["Content-Type": "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"],
        body: .bytes(field(1, Array("2.0".utf8)) + field(2, information) + field(8, [])))

    /// `Info`: title and version.
    private static let information = field(1, Array("Kubernetes".utf8)) + field(2, Array("v1.36.0".utf8))

    /// A field with a length, shorter than 128 bytes. Source: protobuf wire format, wire type 2.
    private static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        [number << 3 | 2, UInt8(bytes.count)] + bytes
    }
}
