import COpenSSL
import Foundation
import TestSupport

/// TLS over a socket, on the thread of its connection.
final class TLSChannel: ByteChannel {
    /// A certificate with its key, to be shown to the other side.
    final class Identity: Sendable {
        private let address: UInt
        fileprivate var context: OpaquePointer? { OpaquePointer(bitPattern: address) }

        /// Reads PEM files. Throws when they are none.
        init(certificate: String, key: String, isServer: Bool) throws {
            let context = SSL_CTX_new(isServer ? TLS_server_method() : TLS_client_method())
            address = UInt(bitPattern: context)
            guard SSL_CTX_use_certificate_chain_file(context, certificate) == 1,
                SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1
            else { throw CocoaError(.fileReadCorruptFile) }
        }

        deinit { SSL_CTX_free(context) }
    }

    /// What came of a read.
    enum Piece { case bytes([UInt8]), nothingYet, end }

    private let address: UInt
    private let onEnd: @Sendable () -> Void
    private var ssl: OpaquePointer? { OpaquePointer(bitPattern: address) }

    /// Shakes hands; `nil` when the other side does not agree.
    init?(_ descriptor: Int32, _ identity: Identity, isServer: Bool, onEnd: @escaping @Sendable () -> Void = {}) {
        let ssl = SSL_new(identity.context)
        address = UInt(bitPattern: ssl)
        self.onEnd = onEnd
        SSL_set_fd(ssl, descriptor)
        guard (isServer ? SSL_accept(ssl) : SSL_connect(ssl)) == 1 else { return nil }
    }

    deinit {
        SSL_free(ssl)
        onEnd()
    }

    func send(_ bytes: UnsafeRawBufferPointer) -> Int { Int(SSL_write(ssl, bytes.baseAddress, Int32(bytes.count))) }
    func receive(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        Int(SSL_read(ssl, buffer.baseAddress, Int32(buffer.count)))
    }
    func end() { SSL_shutdown(ssl) }

    /// Reads for as long as the socket's own limit allows.
    func read() -> Piece {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = buffer.withUnsafeMutableBytes { receive($0) }
        if count > 0 { return .bytes(Array(buffer.prefix(count))) }
        return SSL_get_error(ssl, Int32(count)) == SSL_ERROR_WANT_READ ? .nothingYet : .end
    }
}
