import Cryptography

/// Signs requests to object stores. Source: AWS, "Authenticating Requests: Using the Authorization Header (AWS Signature
/// Version 4)". Signed here and not by libcurl, so that what S3 asks for does not depend on libcurl's version.
package struct SignatureV4: Sendable {
    /// The region of the store.
    package var region: String
    /// The time of the request, in seconds since 1970; injected, so that examples can be checked.
    package var now: @Sendable () -> Int64

    /// Signs for a region.
    package init(region: String, now: @escaping @Sendable () -> Int64) {
        self.region = region
        self.now = now
    }

    /// The digest of an empty body.
    private static let emptyDigest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    func headers(for url: String, secrets: SourceSecrets) throws(SyncError) -> [(String, String)] {
        guard let id = secrets.accessKey, let key = secrets.secretKey else {
            guard secrets.accessKey == nil, secrets.secretKey == nil else {
                throw SyncError(
                    .configuration, "the Secret of secretRef needs both accessKeyID and secretAccessKey, or neither.")
            }
            return []
        }
        do {
            return try headers(for: url, id: id, key: key, sessionToken: secrets.sessionToken)
        } catch {
            throw SyncError(.configuration, "cannot sign the request: \(error)")
        }
    }

    /// The header fields for a GET of `url`, which is percent-encoded and has a sorted query. `more` is signed too;
    /// names in lower case. Throws ``CryptographyError``.
    package func headers(
        for url: String, id: String, key: String, sessionToken: String? = nil, more: [(String, String)] = []
    ) throws(CryptographyError) -> [(String, String)] {
        let rest = url.drop { $0 != ":" }.dropFirst(3)
        let host = String(rest.prefix { $0 != "/" && $0 != "?" })
        let target = rest.dropFirst(host.count)
        let path = target.prefix { $0 != "?" }
        let time = Self.text(of: now())
        var fields = [("x-amz-content-sha256", Self.emptyDigest), ("x-amz-date", time)]
        if let sessionToken { fields.append(("x-amz-security-token", sessionToken)) }
        let signed = ([("host", host)] + fields + more).sorted { $0.0 < $1.0 }
        let names = signed.map(\.0).joined(separator: ";")
        let canonical = [
            "GET", path.isEmpty ? "/" : String(path), String(target.dropFirst(path.count + 1)),
            signed.map { "\($0.0):\($0.1)\n" }.joined(), names, Self.emptyDigest,
        ].joined(separator: "\n")
        let scope = "\(time.prefix(8))/\(region)/s3/aws4_request"
        let text = try "AWS4-HMAC-SHA256\n\(time)\n\(scope)\n" + SHA256.hexDigest(Array(canonical.utf8))
        var code = Array("AWS4\(key)".utf8)
        for part in [String(time.prefix(8)), region, "s3", "aws4_request"] {
            code = try HMACSHA256.code(Array(part.utf8), key: code)
        }
        let signature = Hexadecimal.text(try HMACSHA256.code(Array(text.utf8), key: code))
        fields.append(
            (
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=\(id)/\(scope),SignedHeaders=\(names),Signature=\(signature)"
            ))
        return fields
    }

    /// `20130524T000000Z`. Days to date: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    static func text(of seconds: Int64) -> String {
        let (days, second) = (seconds / 86_400, seconds % 86_400)
        let shifted = days + 719_468
        let era = shifted / 146_097
        let day = shifted - era * 146_097
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
        let dayOfYear = day - (365 * year + year / 4 - year / 100)
        let month = (5 * dayOfYear + 2) / 153
        let civilMonth = month < 10 ? month + 3 : month - 9
        let civilYear = year + era * 400 + (civilMonth <= 2 ? 1 : 0)
        let date = [(civilYear, 4), (civilMonth, 2), (dayOfYear - (153 * month + 2) / 5 + 1, 2)]
        let time = [(second / 3600, 2), (second / 60 % 60, 2), (second % 60, 2)]
        return date.map(padded).joined() + "T" + time.map(padded).joined() + "Z"
    }

    /// Percent-encodes all but letters, digits and `-._~`, and slashes if told so.
    static func encoded(_ text: String, keepsSlashes: Bool) -> String {
        var bytes: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in text.utf8 {
            let isPlain =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || Array("-._~".utf8).contains(byte) || (keepsSlashes && byte == UInt8(ascii: "/"))
            bytes += isPlain ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

private func padded(_ pair: (Int64, Int)) -> String {
    let digits = String(pair.0)
    return String(repeating: "0", count: max(0, pair.1 - digits.count)) + digits
}
