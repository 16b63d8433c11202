import COpenSSL

/// OpenSSL's byte stream in memory; owns one `BIO`.
struct MemoryBIO: ~Copyable {
    let pointer: OpaquePointer

    /// An empty stream to write to.
    init() throws(CryptographyError) {
        guard let bio = BIO_new(BIO_s_mem()) else { throw CryptographyError(openSSL: "allocating memory") }
        pointer = bio
    }

    /// A stream that reads a copy of `bytes`.
    static func reading(_ bytes: [UInt8]) throws(CryptographyError) -> MemoryBIO {
        let bio = try MemoryBIO()
        guard bytes.count <= Int(Int32.max) else {
            throw CryptographyError("reading \(bytes.count) bytes", reason: "more than OpenSSL can take")
        }
        let written = bytes.withUnsafeBytes { BIO_write(bio.pointer, $0.baseAddress, Int32($0.count)) }
        guard bytes.isEmpty || written == Int32(bytes.count) else {
            throw CryptographyError(openSSL: "copying \(bytes.count) bytes")
        }
        return bio
    }

    deinit { BIO_free(pointer) }

    /// What was written so far.
    var bytes: [UInt8] {
        var count = 0
        guard let start = kubedl_bio_get0_bytes(pointer, &count) else { return [] }
        return [UInt8](UnsafeBufferPointer(start: start, count: count))
    }
}
