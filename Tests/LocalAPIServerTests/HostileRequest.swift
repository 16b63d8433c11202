import HTTPTransport
import JSON
import TestSupport

/// A request of good will with something wrong in it: in its path, query, headers or body, or in several.
struct HostileRequest: CustomStringConvertible {
    private var method: String
    private var path: String
    private var query: [String] = []
    private var headers: [(String, String)] = []
    private var body: [UInt8]?

    var description: String {
        let text = body.map { String(decoding: $0.prefix(4_000), as: UTF8.self) } ?? ""
        return "\(method) \(path)?\(query.joined(separator: "&").prefix(2_000)) \(headers) \(text)"
    }

    func http(_ address: String) -> HTTPRequest {
        let suffix = query.isEmpty ? "" : "?" + query.joined(separator: "&")
        return HTTPRequest(method: method, url: address + path + suffix, headers: headers, body: body)
    }

    /// Requests of good will, made into hostile ones. Throws if there are none.
    static func samples() throws -> [JSONView] {
        try JSONDocument(parsing: Fixture.bytes("requests/api-server.json")).root.elements.map { $0 }
    }

    /// The next request.
    init(from samples: [JSONView], using random: inout SeededGenerator) {
        let sample = samples[Int.random(in: samples.indices, using: &random)]
        method = sample["method"]?.string ?? ""
        path = sample["path"]?.string ?? ""
        var type = sample["type"]?.string ?? ""
        var json = sample["body"].map { JSONValue($0) }
        // Most requests are changed in one place only, so that they get far.
        repeat {
            switch Int.random(in: 0..<12, using: &random) {
            case 0: path = Self.mutatedPath(path, using: &random)
            case 1, 2: query.append(Self.pick(Self.queries, using: &random))
            case 3: headers.append(Self.pick(Self.headers, using: &random))
            case 4: type = Self.pick(Self.types, using: &random)
            case 5:
                method = Self.pick(
                    ["GET", "PUT", "POST", "PATCH", "DELETE", "OPTIONS", "TRACE"], using: &random)
            default: json = json?.mutated(using: &random)
            }
        } while Bool.random(using: &random)
        if method == "PATCH", type.hasPrefix("application/apply") || Bool.random(using: &random) {
            query.append("fieldManager=fuzz&force=true")
        }
        if path.contains("watch") || query.contains(where: { $0.hasPrefix("watch") }) {
            query.append("timeoutSeconds=1")
        }
        body = json.map { Array($0.bytes) }
        if Int.random(in: 0..<10, using: &random) == 0 { body = body.map { Self.mutatedBytes($0, using: &random) } }
        if body != nil { headers.append(("Content-Type", type)) }
    }

    private static func pick<Element>(_ choices: [Element], using random: inout SeededGenerator) -> Element {
        choices[Int.random(in: choices.indices, using: &random)]
    }

    private static func mutatedPath(_ path: String, using random: inout SeededGenerator) -> String {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let place = Int.random(in: 1..<parts.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: parts.remove(at: place)
        case 1: parts[place] = pick(pathParts, using: &random)
        case 2: parts.insert(pick(pathParts, using: &random), at: place)
        default: parts.append(pick(pathParts, using: &random))
        }
        return parts.count > 1 ? parts.joined(separator: "/") : "/"
    }

    private static func mutatedBytes(_ bytes: [UInt8], using random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        let place = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes = Array(bytes.prefix(place))
        case 1: bytes.insert(contentsOf: pick(pieces, using: &random), at: place)
        case 2: bytes.insert(UInt8.random(in: .min ... .max, using: &random), at: place)
        case 3: bytes.append(contentsOf: bytes)
        default: if place < bytes.count { bytes[place] = UInt8.random(in: .min ... .max, using: &random) }
        }
        return bytes
    }

    // MARK: what to put in

    private static let pieces: [[UInt8]] =
        [
            "k8s\0\n\u{4}\n\0\u{12}\0", "---\na: &a [*a]\n", "{\"a\":", "[[[[", "\"\\ud800\"", "1e999999", "null",
            "\u{FEFF}", "<<: *x\n",
        ]
        .map { Array($0.utf8) } + [
            [0xFF, 0xFE], [0xC0, 0x80], [0xD9, 0xD9, 0xF7], Array(repeating: 0x5B, count: 2_000),
        ]

    private static let pathParts = [
        "", ".", "..", "%2e%2e", "%2F", "%00", "%", "%zz", "%ff%fe", "a%0d%0ab", "pods", "namespaces", "watch",
        "status",
        "scale", "log", "exec", "proxy", "token", "binding", "eviction", "finalize", "default", "nope", "UPPER", "api",
        "apis", "v1", "v999", "example.com", "apiextensions.k8s.io", String(repeating: "x", count: 300),
        String(repeating: "y", count: 9_000), "é", "a;b", "a:b", "*", "~",
    ]

    private static let queries = [
        "labelSelector=a%3Db", "labelSelector=a%20in%20(", "labelSelector=!,,", "labelSelector=%00",
        "labelSelector=a%3E1",
        "fieldSelector=metadata.name%3Dx", "fieldSelector=spec.nope%3Dx", "fieldSelector=%5C",
        "fieldSelector=a%3D%3D%3Db",
        "limit=-1", "limit=1", "limit=99999999999999999999", "limit=x", "continue=AAAA", "continue=%FF",
        "continue=eyJydiI6IjEiLCJuYW1lIjoiYSJ9", "continue=eyJydiI6Ijk5OTk5OTk5OTk5OTk5OTk5OTk5IiwibmFtZSI6IiJ9",
        "resourceVersion=0", "resourceVersion=1", "resourceVersion=-1", "resourceVersion=18446744073709551616",
        "resourceVersion=18446744073709551615", "resourceVersion=x", "resourceVersionMatch=Exact",
        "resourceVersionMatch=Nope",
        "resourceVersionMatch=NotOlderThan", "watch=true", "watch=1&allowWatchBookmarks=true&sendInitialEvents=true",
        "watch=maybe", "timeoutSeconds=-5", "timeoutSeconds=x", "sendInitialEvents=true", "allowWatchBookmarks=2",
        "dryRun=All", "dryRun=Nope", "dryRun=All&dryRun=", "fieldManager=" + String(repeating: "m", count: 129),
        "fieldManager=%0A", "fieldManager=%00", "fieldValidation=Strict", "fieldValidation=Ignore",
        "fieldValidation=Nope", "force=true",
        "force=maybe", "gracePeriodSeconds=-1", "gracePeriodSeconds=x", "gracePeriodSeconds=9223372036854775807",
        "propagationPolicy=Nope", "propagationPolicy=Foreground", "orphanDependents=true&propagationPolicy=Orphan",
        "container=nope", "tailLines=-1", "sinceTime=x", "sinceSeconds=-9223372036854775808",
        "sinceSeconds=9223372036854775807", "watch=true&timeoutSeconds=9223372036854775807", "limitBytes=0",
        "previous=x",
        "pretty=true", "=", "&&&", "a", "%", "%zz=%zz", "includeObject=Nope", "includeObject=Object",
        "labelSelector=" + String(repeating: "a%2C", count: 1_000),
    ]

    private static let types = [
        "", "application/json", "application/json; charset=utf-8", "application/yaml", "text/yaml", "text/plain", ";;;",
        "application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json",
        "application/apply-patch+yaml", "application/apply-patch+cbor", "application/cbor",
        "application/vnd.kubernetes.protobuf",
        "application/vnd.kubernetes.protobuf;type=watch", "application/json;=;\"", "multipart/form-data; boundary=x",
        "*/*", "é/é",
    ]

    private static let headers: [(String, String)] =
        [
            "application/cbor", "text/html", "application/json;as=Table;v=v1;g=meta.k8s.io", "*/*;q=0", ",,,",
            "application/yaml",
            "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
            "application/json;as=Nope;v=v1;g=meta.k8s.io",
            "application/vnd.kubernetes.protobuf", "application/json;stream=watch",
            String(repeating: "a/b,", count: 2_000),
            "application/json;as=APIGroupDiscoveryList;v=v2;g=apidiscovery.k8s.io",
        ].map { ("Accept", $0) } + [
            ("Authorization", "Bearer x.y.z"), ("Authorization", "Basic eDp5"), ("Impersonate-User", "x"),
            ("Impersonate-Group", "g"), ("Impersonate-Extra-a", "b"), ("Content-Encoding", "gzip"),
            ("Accept-Encoding", "br, gzip;q=0"),
            ("If-Match", "*"), ("Expect", "100-continue"), ("User-Agent", String(repeating: "u", count: 5_000)),
            ("User-Agent", "/"), ("X-Long", String(repeating: "v", count: 15_000)),
            ("X-HTTP-Method-Override", "DELETE"),
            ("Range", "bytes=0-"), ("Connection", "close"), ("Upgrade", "SPDY/3.1"),
        ]
}
