import Cryptography
import NIOCore
import NIOSSL

/// Certificate, key and client authority as bytes: what a TLS context is made of.
struct TLSMaterial: Sendable, Hashable {
    var certificateChain: [UInt8]
    var privateKey: [UInt8]
    var clientAuthority: [UInt8]?

    /// Reads what `configuration` names. Blocks when it names files. Throws ``ServerError``; `nil` without TLS.
    init?(reading configuration: ServerConfiguration) throws(ServerError) {
        switch configuration.tls {
        case nil: return nil
        case .files(let files):
            certificateChain = try SmallFile.read(files.certificateChain)
            privateKey = try SmallFile.read(files.privateKey)
        case .pem(let chain, let key):
            certificateChain = chain
            privateKey = key
        case .source(let source): (certificateChain, privateKey) = source.current
        }
        switch configuration.clientAuthority?.source {
        case nil: clientAuthority = nil
        case .file(let path): clientAuthority = try SmallFile.read(path)
        case .pem(let bytes): clientAuthority = bytes
        }
    }

    /// A context for new connections, and the certificate that they get. Throws ``ServerError`` when the parts do not fit
    /// together.
    func makeContext(isClientRequired: Bool) throws(ServerError) -> (NIOSSLContext, X509Certificate) {
        do {
            let leaf = try X509Certificate(pem: certificateChain)
            guard leaf.matches(try PrivateKey(pem: privateKey)) else {
                throw ServerError.unusableCertificate(
                    "the private key does not belong to the certificate of \(leaf.commonName ?? "no name")")
            }
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMBytes(certificateChain).map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(bytes: privateKey, format: .pem)))
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["http/1.1"]
            configuration.shutdownTimeout = .seconds(1)
            if let clientAuthority {
                configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(clientAuthority))
                configuration.certificateVerification =
                    isClientRequired ? .noHostnameVerification : .optionalVerification
                configuration.sendCANameList = true
            }
            return (try NIOSSLContext(configuration: configuration), leaf)
        } catch let error as ServerError {
            throw error
        } catch {
            throw .unusableCertificate("cannot use the certificate, key or client authority: \(error)")
        }
    }
}
