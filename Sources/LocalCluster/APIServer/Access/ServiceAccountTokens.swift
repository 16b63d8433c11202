import Cryptography
import JSON
import KubernetesModel

/// Issues and reads tokens of service accounts: JSON Web Tokens signed with a key of the cluster.
///
/// Source: RFC 7519, RFC 2104; KEP-1205.
struct ServiceAccountTokens: Sendable {
    /// Whom a token is for.
    struct Claims: Sendable, Equatable {
        var namespace: String
        var name: String
        var uid: String
        var audiences: [String]
        /// Seconds since 1970.
        var expires: Int64

        /// Name and groups of the account. Source: k8s.io/apiserver authentication/serviceaccount.
        var user: RequestUser {
            RequestUser(
                name: "system:serviceaccount:\(namespace):\(name)",
                groups: ["system:serviceaccounts", "system:serviceaccounts:\(namespace)", "system:authenticated"])
        }
    }

    /// Who tokens are for when nobody says, and who issues them.
    static let issuer = "https://kubernetes.default.svc.cluster.local"
    private static let header = Base64.encodeURLSafe(Array(#"{"alg":"HS256","typ":"JWT"}"#.utf8))
    private let key: [UInt8]

    /// With a key of at most 64 bytes.
    init(key: [UInt8]) { self.key = key }

    /// A token. Throws 500 if the system's cryptography fails.
    func issue(_ claims: Claims, now: Timestamp) throws(StatusBody) -> String {
        let account: JSONValue = ["name": JSONValue(claims.name), "uid": JSONValue(claims.uid)]
        let body: JSONValue = [
            "iss": JSONValue(Self.issuer), "aud": JSONValue(claims.audiences), "exp": JSONValue(Int(claims.expires)),
            "iat": JSONValue(Int(now.seconds)), "nbf": JSONValue(Int(now.seconds)),
            "sub": JSONValue(claims.user.name),
            "kubernetes.io": ["namespace": JSONValue(claims.namespace), "serviceaccount": account],
        ]
        let signed = Self.header + "." + Base64.encodeURLSafe(body.bytes)
        do { return signed + "." + Base64.encodeURLSafe(try signature(of: signed)) } catch {
            throw .internalError("a token cannot be signed: \(error)")
        }
    }

    /// Whom a token is for; nil unless this server signed it, for itself, and its time is not over.
    func read(_ token: String, now: Timestamp) -> Claims? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard token.utf8.count < 4096, parts.count == 3, parts[0] == Self.header,
            let expected = try? signature(of: "\(parts[0]).\(parts[1])"),
            ConstantTime.areEqual(Array(Base64.encodeURLSafe(expected).utf8), Array(parts[2].utf8)),
            let bytes = Base64Text.decodeURLSafe(parts[1]), let json = try? JSONDocument(parsing: bytes).root
        else { return nil }
        let own = json["kubernetes.io"]
        let claims = Claims(
            namespace: own?["namespace"]?.string ?? "", name: own?[path: "serviceaccount", "name"]?.string ?? "",
            uid: own?[path: "serviceaccount", "uid"]?.string ?? "", audiences: json["aud"]?.strings ?? [],
            expires: json["exp"]?.int64 ?? 0)
        guard claims.expires > now.seconds, claims.audiences.contains(Self.issuer) else { return nil }
        return claims
    }

    /// HMAC with SHA-256.
    private func signature(of text: String) throws -> [UInt8] {
        let block = key + [UInt8](repeating: 0, count: 64 - key.count)
        let inner = try SHA256.digest(block.map { $0 ^ 0x36 } + Array(text.utf8))
        return try SHA256.digest(block.map { $0 ^ 0x5C } + inner)
    }
}

extension Base64Text {
    /// Reads the form without padding that tokens use.
    static func decodeURLSafe(_ text: some StringProtocol) -> [UInt8]? {
        var standard = String(text).map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
        while standard.count % 4 != 0 { standard.append("=") }
        return decode(String(standard))
    }
}

extension APICore {
    private static let secondsOfTokens = 600...4_294_967_296

    /// POST serviceaccounts/NAME/token. Source: pkg/registry/core/serviceaccount/storage/token.go.
    func requestToken(_ context: RequestContext) throws(StatusBody) -> JSONValue {
        var request = try RequestBody.object(context.body, contentType: context.contentType)
        let account = try current(context)
        let seconds = request[path: "spec", "expirationSeconds"]?.int ?? 3600
        guard Self.secondsOfTokens.contains(seconds) else {
            let problem =
                seconds < Self.secondsOfTokens.lowerBound
                ? "may not specify a duration less than 10 minutes"
                : "may not specify a duration larger than 2^32 seconds"
            throw .invalid(
                ResourceType(
                    group: "authentication.k8s.io", version: "v1", plural: "tokenrequests", kind: "TokenRequest",
                    isNamespaced: true), "", [.invalid(FieldPath("spec", "expirationSeconds"), seconds, problem)])
        }
        let now = clock()
        var audiences = request[path: "spec", "audiences"]?.strings ?? []
        if audiences.isEmpty { audiences = [ServiceAccountTokens.issuer] }
        let expires = now + .seconds(seconds)
        let claims = ServiceAccountTokens.Claims(
            namespace: account.key.namespace ?? "", name: account.key.name, uid: account.uid, audiences: audiences,
            expires: expires.seconds)
        request["apiVersion"] = "authentication.k8s.io/v1"
        request["kind"] = "TokenRequest"
        request[path: ["spec", "audiences"]] = JSONValue(audiences)
        request[path: ["spec", "expirationSeconds"]] = JSONValue(seconds)
        request[path: ["metadata", "name"]] = JSONValue(account.key.name)
        request[path: ["metadata", "namespace"]] = account.key.namespace.map { JSONValue($0) }
        request["status"] = [
            "token": JSONValue(try tokens.issue(claims, now: now)),
            "expirationTimestamp": JSONValue(expires.description),
        ]
        return request
    }

    /// The service account of a token that is valid and whose account still exists. Throws 401.
    func user(ofToken token: String) throws(StatusBody) -> RequestUser {
        guard let claims = tokens.read(token, now: clock()),
            let account = store.get(.serviceAccounts, ObjectKey(namespace: claims.namespace, name: claims.name)),
            account.uid == claims.uid
        else { throw .unauthorized() }
        return claims.user
    }
}
