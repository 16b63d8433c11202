import Cryptography
import HTTPTransport

/// Fetches a file or objects, checks them, and unpacks archives, all in the working folder.
struct ContentFetch {
    let folder: WorkingFolder
    let client: HTTPClient
    let limits: SyncLimits
    let allowsPlainText: Bool
    let now: @Sendable () -> Int64

    /// A single file, or what its archive holds.
    func file(_ source: FileSource, signing: SignatureV4? = nil) async throws(SyncError) -> Fetched {
        let remote = RemoteFile(
            url: source.url, secretDirectory: source.secretDirectory, signing: signing, allowsPlainText: allowsPlainText
        )
        let download = FileDownload(
            file: remote, sha256: source.sha256, folder: folder, client: client, limits: limits)
        var (fetched, wasResumed) = try await download.run()
        do throws(SyncError) {
            try await check(fetched, source)
        } catch {
            try download.forget()
            // The file may have changed between two attempts: then the whole of it decides.
            guard wasResumed, error.kind == .digest else { throw error }
            fetched = try await download.run().fetched
            do throws(SyncError) { try await check(fetched, source) } catch {
                try download.forget()
                throw error
            }
        }
        try download.forgetVersion()
        guard let archive = source.archive else { return fetched }
        let unpacked: Result<String, SyncError>
        do throws(SyncError) {
            unpacked = .success(try await unpack(fetched.path, archive))
        } catch {
            unpacked = .failure(error)
        }
        try download.forget()
        fetched.path = try unpacked.get()
        return fetched
    }

    private func check(_ fetched: Fetched, _ source: FileSource) async throws(SyncError) {
        if let expected = source.sha256, fetched.identity.text != expected {
            throw SyncError(
                .digest,
                "\(source.address) has sha256 \(fetched.identity.text), expected \(expected); nothing was written to "
                    + "\(folder.root)/\(source.destination). Correct the digest, or ask who changed the file.")
        }
        guard let signature = source.signature else { return }
        let bytes = try await signatureBytes(signature, source)
        let key = try publicKey(signature)
        let isValid = try Disk.withBytes(of: fetched.path) { message -> Result<Bool, CryptographyError> in
            do throws(CryptographyError) {
                return .success(try Ed25519.isValid(bytes, of: message, key: key))
            } catch {
                return .failure(error)
            }
        }
        switch isValid {
        case .success(true): return
        case .success(false):
            throw SyncError(
                .digest,
                "the signature of \(source.address) does not fit its content and the public key; nothing was written to "
                    + "\(folder.root)/\(source.destination). Ask who signed it, and with which key.")
        case .failure(let error): throw SyncError(.configuration, "publicKey of \(source.address): \(error)")
        }
    }

    private func publicKey(_ signature: FileSource.Signature) throws(SyncError) -> String {
        if let key = signature.key { return key.trimmed }
        let path = signature.keyFile ?? ""
        guard let bytes = try Disk.read(path) else {
            throw SyncError(.configuration, "the public key \(path) is not there. Check publicKeyFrom.")
        }
        return String(decoding: bytes, as: UTF8.self).trimmed
    }

    private func signatureBytes(_ signature: FileSource.Signature, _ source: FileSource) async throws(SyncError)
        -> [UInt8]
    {
        var bytes = Array((signature.value ?? "").utf8)
        if let url = signature.url {
            let remote = RemoteFile(
                url: url, secretDirectory: source.secretDirectory, allowsPlainText: allowsPlainText)
            bytes = try await small(remote, limit: 64 << 10)
        }
        if bytes.count == 64 { return bytes }
        guard let decoded = Base64.decode(String(decoding: bytes, as: UTF8.self).trimmed), decoded.count == 64 else {
            throw SyncError(
                .configuration, "the signature of \(source.address) is neither 64 bytes nor their Base64.")
        }
        return decoded
    }

    /// A small answer, whole in memory.
    private func small(_ remote: RemoteFile, limit: Int) async throws(SyncError) -> [UInt8] {
        var request = try remote.request(from: 0, validator: nil, limits: limits)
        request.maximumResponseBytes = limit
        request.timeout = .seconds(60)
        let response: HTTPResponse
        do throws(HTTPError) {
            response = try await client.send(request)
        } catch {
            throw SyncError(
                .source, "cannot fetch \(remote.address): \(error.message). Check the address and the CA.",
                isTemporary: error.code != .tls)
        }
        guard response.status == 200 else {
            throw SyncError(
                .source, "\(remote.address) answered with HTTP status \(response.status). Check who may read it.",
                isTemporary: response.status >= 500 || response.status == 429)
        }
        return response.body
    }

    /// An object, or a folder with all objects below the prefix.
    func bucket(_ source: BucketSource) async throws(SyncError) -> Fetched {
        let listing = BucketListing(source: source)
        let signing = SignatureV4(region: source.region, now: now)
        var file = source.file
        if let key = source.key {
            file.url = listing.url(key: key)
            return try await self.file(file, signing: signing)
        }
        let objects = try await listing.run { (url) async throws(SyncError) in
            let remote = RemoteFile(
                url: url, secretDirectory: file.secretDirectory, signing: signing, allowsPlainText: allowsPlainText)
            return try await small(remote, limit: 16 << 20)
        }
        let path = try folder.fresh("objects")
        let writer = try ArchiveWriter(path, archiveBytes: limits.archive.bytes, limits: limits.archive)
        var lines = ""
        var bytes = 0
        for object in objects {
            let name = String(object.key.dropFirst(source.prefix?.count ?? 0).drop { $0 == "/" })
            if name.isEmpty || name.hasSuffix("/") { continue }
            file.url = listing.url(key: object.key)
            let fetched = try await self.file(file, signing: signing)
            let reader = try FileReader(fetched.path)
            try writer.addFile(name, isExecutable: false) { () throws(SyncError) in try reader.read(256 << 10) }
            try Disk.remove(fetched.path)
            lines += "\(fetched.identity.text)  \(name)\n"
            bytes += fetched.bytes
        }
        guard !lines.isEmpty else {
            throw SyncError(
                .source, "\(listing.url()) has no objects below \"\(source.prefix ?? "")\". Check the prefix.")
        }
        // The digest of what `sha256sum` prints for all files, in the order of the list.
        let digest = (try? SHA256.hexDigest(Array(lines.utf8))) ?? ""
        return Fetched(path: path, identity: .sha256(digest), bytes: bytes)
    }

    private func unpack(_ path: String, _ archive: FileSource.Archive) async throws(SyncError) -> String {
        let folder = try self.folder.fresh("unpacked")
        let writer = try ArchiveWriter(folder, archiveBytes: Disk.size(of: path), limits: limits.archive)
        switch archive {
        case .zip: try ZipReader(try FileReader(path)).unpack(into: writer)
        case .tar: try TarReader(try FileReader(path)).unpack(into: writer)
        case .tarGzip: try TarReader(try Inflater(try FileReader(path), .gzip)).unpack(into: writer)
        case .tarZstandard:
            let plain = try self.folder.fresh("plain.tar")
            try await Zstandard.expand(path, to: plain, limits: limits.archive)
            try TarReader(try FileReader(plain)).unpack(into: writer)
            try Disk.remove(plain)
        }
        return folder
    }
}
