import HTTPTransport

/// Lists the objects below a prefix. Source: AWS S3 API, ListObjectsV2 with `encoding-type=url`.
struct BucketListing {
    struct Object: Hashable, Sendable {
        var key: String
        var size: Int
    }

    static let maximumObjects = 100_000

    let source: BucketSource

    /// The address of the bucket or, with a key, of an object.
    func url(key: String? = nil) -> String {
        let path = key.map { SignatureV4.encoded($0, keepsSlashes: true) } ?? ""
        let endpoint = source.endpoint.hasSuffix("/") ? String(source.endpoint.dropLast()) : source.endpoint
        guard !source.isPathStyle, let host = endpoint.firstIndex(of: "/") else {
            return "\(endpoint)/\(source.bucket)/\(path)"
        }
        let scheme = endpoint[...endpoint.index(after: host)]
        return "\(scheme)\(source.bucket).\(endpoint.dropFirst(scheme.count))/\(path)"
    }

    /// The address of one page of the list; its query is sorted, as the signature wants it.
    func pageURL(after token: String?) -> String {
        var query = token.map { "continuation-token=\(SignatureV4.encoded($0, keepsSlashes: false))&" } ?? ""
        query += "encoding-type=url&list-type=2&prefix=\(SignatureV4.encoded(source.prefix ?? "", keepsSlashes: false))"
        return url() + "?" + query
    }

    /// All objects, page by page. Throws ``SyncError``.
    func run(_ page: (String) async throws(SyncError) -> [UInt8]) async throws(SyncError) -> [Object] {
        var objects: [Object] = []
        var token: String?
        repeat {
            let text = String(decoding: try await page(pageURL(after: token)), as: UTF8.self)
            for entry in Self.elements("Contents", in: text) {
                guard let name = Self.elements("Key", in: entry).first,
                    let size = Self.elements("Size", in: entry).first.flatMap({ Int($0) })
                else { throw malformed }
                objects.append(Object(key: Self.decoded(Self.unescaped(name)), size: size))
            }
            token = Self.elements("NextContinuationToken", in: text).first.map(Self.unescaped)
            let isMore = Self.elements("IsTruncated", in: text).first == "true"
            if !isMore { token = nil } else if token == nil { throw malformed }
            guard objects.count <= Self.maximumObjects else {
                throw SyncError(
                    .source, "\(url()) has more than \(Self.maximumObjects) objects below the prefix. Narrow it.")
            }
        } while token != nil
        return objects
    }

    private var malformed: SyncError {
        SyncError(.source, "\(url()) does not answer with a list of objects. Check the endpoint and the bucket.")
    }

    /// The contents of `<name>…</name>`, which never nest in this document.
    static func elements(_ name: String, in text: some StringProtocol) -> [Substring] {
        var found: [Substring] = []
        var rest = Substring(text)
        while let start = rest.position(after: "<\(name)>") {
            rest = rest[start...]
            guard let end = rest.position(before: "</\(name)>") else { break }
            found.append(rest[..<end])
            rest = rest[end...]
        }
        return found
    }

    private static func unescaped(_ text: Substring) -> String {
        var result = String(text)
        for (name, character) in [
            ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#39;", "'"), ("&amp;", "&"),
        ] {
            result = result.split(separator: name, omittingEmptySubsequences: false).joined(separator: character)
        }
        return result
    }

    private static func decoded(_ text: String) -> String {
        GitHome.decoded(text.split(separator: "+", omittingEmptySubsequences: false).joined(separator: " "))
    }
}

extension Substring {
    fileprivate func position(after mark: String) -> Index? { utf8.firstRange(of: mark.utf8)?.upperBound }
    fileprivate func position(before mark: String) -> Index? { utf8.firstRange(of: mark.utf8)?.lowerBound }
}
