import KubernetesModel

/// One media range of an Accept header, or a Content-Type.
struct MediaType: Sendable {
    /// Lower case, such as `application/json`.
    var name: String
    /// Parameters in order, keys in lower case.
    var parameters: [(key: String, value: String)]

    /// Reads one media type with its parameters.
    init(_ text: some StringProtocol) {
        let parts = text.split(separator: ";").map { trimmed($0) }
        name = (parts.first ?? "").lowercased()
        parameters = parts.dropFirst().compactMap { part in
            guard let equals = part.firstIndex(of: "=") else { return nil }
            let value = part[part.index(after: equals)...].filter { $0 != "\"" }
            return (trimmed(part[..<equals]).lowercased(), trimmed(value))
        }
    }

    subscript(parameter: String) -> String? { parameters.first { $0.key == parameter }?.value }

    /// The ranges of an Accept header that this server can write, the preferred first.
    static func writable(_ accept: String?) -> [MediaType] {
        (accept ?? "").split(separator: ",").map { MediaType($0) }
            .filter { ["application/json", "*/*", "application/*", "application/yaml"].contains($0.name) }
    }
}

func trimmed(_ text: some StringProtocol) -> String {
    var view = Substring(text)
    while let first = view.first, first == " " || first == "\t" { view = view.dropFirst() }
    while let last = view.last, last == " " || last == "\t" { view = view.dropLast() }
    return String(view)
}

/// The form in which an answer is written.
enum ResponseForm: Sendable, Equatable {
    case object
    /// `metav1.Table`; the wire form of rows' objects is decided by `includeObject`.
    case table
    /// `PartialObjectMetadata`, or its list.
    case partialMetadata
    /// `APIGroupDiscoveryList` v2.
    case aggregatedDiscovery

    /// Chooses the first range of an Accept header that this server can write.
    ///
    /// Throws 406 if there is none. No header means JSON.
    static func negotiate(accept: String?) throws(StatusBody) -> ResponseForm {
        guard let accept, !trimmed(accept).isEmpty else { return .object }
        for range in MediaType.writable(accept) {
            switch (range["as"], range["g"], range["v"]) {
            case (nil, _, _): return .object
            case ("Table", "meta.k8s.io", "v1"): return .table
            case ("PartialObjectMetadata", "meta.k8s.io", "v1"), ("PartialObjectMetadataList", "meta.k8s.io", "v1"):
                return .partialMetadata
            case ("APIGroupDiscoveryList", "apidiscovery.k8s.io", "v2"): return .aggregatedDiscovery
            default: continue
            }
        }
        throw .notAcceptable("only the following media types are accepted: application/json, application/yaml")
    }

    /// Whether the first range of an Accept header that this server can write is YAML.
    static func isYAML(accept: String?) -> Bool {
        MediaType.writable(accept).first?.name == "application/yaml"
    }
}
