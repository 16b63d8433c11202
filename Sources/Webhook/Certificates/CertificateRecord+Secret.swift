import Cryptography
import JSON
import KubernetesModel

extension ServingCertificate {
    /// A new certificate for a server of `names`, valid for `lifetime` seconds, under an authority of its own.
    /// Throws ``CryptographyError``, also for a name that is not one. `now` is seconds since 1970.
    package static func issue(
        names: [String], lifetime: Int64, now: Int64
    ) throws(CryptographyError) -> ServingCertificate {
        // The name tells authorities apart that stand in one bundle.
        let authority = try CertificateAuthority.make(
            commonName: "kubedl-webhook \(now)", validity: .seconds(lifetime), now: now)
        let isAddress = { (name: String) in name.contains(":") || name.allSatisfy { $0.isNumber || $0 == "." } }
        let issued = try authority.issueServer(
            dnsNames: names.filter { !isAddress($0) }, ipAddresses: names.filter(isAddress),
            validity: .seconds(lifetime), now: now)
        return try ServingCertificate(
            authority: authority.certificatePEM, certificate: issued.certificatePEM, key: issued.keyPEM)
    }

    /// Reads PEM texts. Throws ``CryptographyError`` if one does not parse or they do not belong together.
    init(authority: [UInt8], certificate: [UInt8], key: [UInt8]) throws(CryptographyError) {
        let (parsed, issuer) = (try X509Certificate(pem: certificate), try X509Certificate(pem: authority))
        guard parsed.matches(try PrivateKey(pem: key)), issuer.isAuthority,
            parsed.issuerCommonName == issuer.commonName
        else {
            throw CryptographyError(
                "reading a serving certificate", reason: "certificate, key and authority do not belong together")
        }
        self.init(
            authority: authority, certificate: certificate, key: key,
            names: Set(parsed.dnsNames + parsed.ipAddresses), notAfter: parsed.notAfter)
    }
}

/// The Secret's keys: the current certificate as every TLS Secret has it, the next one and retired authorities beside it.
extension CertificateRecord {
    private static let current = (authority: "ca.crt", certificate: "tls.crt", key: "tls.key")
    private static let next = (authority: "next-ca.crt", certificate: "next-tls.crt", key: "next-tls.key")
    private static let retiredPrefix = "retired-"

    /// Reads a Secret's data. What cannot be used counts as absent and is made anew; an authority stays trusted even when
    /// its certificate is damaged, because replicas serve the copy that they have read before.
    package init(_ secret: Secret) {
        let value = { (key: String) in secret.data[key].flatMap { Base64.decode($0) } ?? [] }
        let read = { (keys: (authority: String, certificate: String, key: String)) in
            try? ServingCertificate(
                authority: value(keys.authority), certificate: value(keys.certificate), key: value(keys.key))
        }
        self.init()
        current = read(Self.current)
        next = read(Self.next)
        let orphan = current == nil ? [Self.current.authority] : []
        for key in secret.data.dictionary.keys.filter({ $0.hasPrefix(Self.retiredPrefix) }).sorted() + orphan {
            guard let authority = try? X509Certificate(pem: value(key)), authority.isAuthority else { continue }
            retired.append(RetiredAuthority(authority: value(key), notAfter: authority.notAfter))
        }
    }

    /// The Secret's data.
    package var data: JSONValue {
        var fields: [(String, [UInt8])] = []
        for (keys, certificate) in [(Self.current, current), (Self.next, next)] {
            guard let certificate else { continue }
            fields += [
                (keys.authority, certificate.authority), (keys.certificate, certificate.certificate),
                (keys.key, certificate.key),
            ]
        }
        fields += retired.enumerated().map { ("\(Self.retiredPrefix)\($0.offset).crt", $0.element.authority) }
        return .object(fields.map { ($0.0, JSONValue(Base64.encodeText($0.1))) })
    }
}
