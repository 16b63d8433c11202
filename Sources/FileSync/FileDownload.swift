import Cryptography
import HTTPTransport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Fetches a file into the folder for partial files, and goes on there after a break, also one of the whole process.
struct FileDownload {
    let file: RemoteFile
    /// What the file must be, if that is known; without it a break is only mended where the server names versions.
    let sha256: String?
    let folder: WorkingFolder
    let client: HTTPClient
    let limits: SyncLimits

    private var part: String { folder.partial(of: file.url + (sha256 ?? "")) }
    private var note: String { part + ".version" }

    /// One attempt. Returns the file with its digest and length, and whether it came in several.
    ///
    /// Throws ``SyncError``; what came so far stays for the next attempt.
    func run() async throws(SyncError) -> (fetched: Fetched, wasResumed: Bool) {
        let validator = try Disk.read(note).map { String(decoding: $0, as: UTF8.self) }
        var offset = Disk.size(of: part)
        if offset > 0, validator == nil, sha256 == nil {
            try forget()
            offset = 0
        }
        let stream: HTTPStream
        do throws(HTTPError) {
            stream = try await client.stream(try request(from: offset, validator))
        } catch {
            if offset > 0, error.code == .other { try forget() }
            throw failure(error)
        }
        offset = try start(of: stream, from: offset)
        let (digest, bytes) = try await receive(stream, from: offset)
        return (Fetched(path: part, identity: .sha256(digest), bytes: bytes), offset > 0)
    }

    /// Drops what came so far.
    func forget() throws(SyncError) {
        try Disk.remove(part)
        try forgetVersion()
    }

    /// Drops what is noted about a file that is complete.
    func forgetVersion() throws(SyncError) { try Disk.remove(note) }

    private func request(from offset: Int, _ validator: String?) throws(HTTPError) -> HTTPRequest {
        do throws(SyncError) {
            return try file.request(from: offset, validator: validator, limits: limits)
        } catch {
            throw HTTPError(.invalidRequest, error.description)
        }
    }

    /// Where the body of this response begins; the partial file ends there afterwards.
    private func start(of stream: HTTPStream, from offset: Int) throws(SyncError) -> Int {
        let isFileServer = stream.headers.fields.isEmpty
        switch stream.status {
        case 200 where isFileServer: return offset
        case 200:
            try forget()
            // A weak tag does not promise the same bytes (RFC 9110, section 8.8.1).
            let tag = stream.headers["ETag"].flatMap { $0.hasPrefix("W/") ? nil : $0 }
            if let version = tag ?? stream.headers["Last-Modified"] {
                try Disk.write(Array(version.utf8), to: note, mode: 0o600)
            }
            return 0
        case 206 where stream.headers["Content-Range"]?.hasPrefix("bytes \(offset)-") ?? false: return offset
        case 206, 416:
            try forget()
            throw SyncError(.source, "\(file.address) does not go on at byte \(offset).", isTemporary: true)
        case let status:
            throw SyncError(
                .source, "\(file.address) answered with HTTP status \(status). Check the address and who may read it.",
                isTemporary: status >= 500 || status == 429 || status == 408)
        }
    }

    private func receive(_ stream: HTTPStream, from offset: Int) async throws(SyncError) -> (String, Int) {
        do {
            let digest = try SHA256()
            let file = try PartialFile(part)
            if offset > 0 { try file.readAll { chunk in try digest.update(chunk) } }
            var bytes = offset
            var chunks = stream.chunks.makeAsyncIterator()
            while let chunk = try await chunks.next() {
                bytes += chunk.count
                guard bytes <= limits.maximumFileBytes else { throw HTTPError(.tooLarge, "") }
                try digest.update(chunk)
                try file.append(chunk)
            }
            try file.close()
            return (Hexadecimal.text(try digest.finish()), bytes)
        } catch let error as SyncError {
            throw error
        } catch let error as HTTPError {
            throw failure(error)
        } catch {
            throw SyncError(.source, "cannot compute the digest of \(file.address): \(error)")
        }
    }

    private func failure(_ error: HTTPError) -> SyncError {
        switch error.code {
        case .cancelled, .clientClosed: SyncError(.cancelled, "stopped while fetching \(file.address)")
        case .tooLarge:
            SyncError(
                .source,
                "\(file.address) is larger than \(limits.maximumFileBytes) bytes. Raise KUBEDL_SYNC_MAX_FILE_BYTES if it should be."
            )
        case .invalidRequest, .protocolNotAllowed, .tooManyRedirects:
            SyncError(.source, "cannot fetch \(file.address): \(error.message). Correct the address.")
        case .refused:
            SyncError(.source, "cannot fetch \(file.address): \(error.message). Check the path and who may read it.")
        default:
            SyncError(
                .source,
                "cannot fetch \(file.address): \(error.message). Check the address, the network and the CA or known hosts.",
                isTemporary: error.code != .tls)
        }
    }
}
