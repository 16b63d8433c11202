import Cryptography
import HTTPTransport

/// Fetches a file, and puts it in place only when its digest is what was asked for.
struct FileDownload {
    let source: FileSource
    let folder: WorkingFolder
    let client: HTTPClient
    let limits: SyncLimits

    /// Fetches, checks and puts in place. Returns the bytes received.
    ///
    /// Throws ``SyncError``; nothing is at the destination then that was not there before.
    func run() async throws(SyncError) -> Int {
        let stream: HTTPStream
        do throws(HTTPError) {
            stream = try await client.stream(
                HTTPRequest(
                    url: source.url, headers: [("Accept-Encoding", "identity"), ("User-Agent", "kubedl-sync")],
                    timeout: limits.fileDeadline, idleTimeout: limits.idleTimeout,
                    maximumResponseBytes: limits.maximumFileBytes, maximumRedirects: 5, protocols: [.https]))
        } catch {
            throw transferFailure(error)
        }
        guard stream.status == 200 else { throw statusFailure(stream.status) }
        let part = try folder.fresh("file")
        let (digest, bytes) = try await receive(stream, into: part)
        guard digest == source.sha256 else {
            try? Disk.remove(part)
            throw SyncError(
                .digest,
                "\(address) has sha256 \(digest), expected \(source.sha256); nothing was written to "
                    + "\(folder.root)/\(source.destination). Correct the digest, or ask who changed the file.")
        }
        try folder.install(part, at: source.destination)
        return bytes
    }

    private func receive(_ stream: HTTPStream, into part: String) async throws(SyncError) -> (String, Int) {
        let file = try NewFile(part)
        var bytes = 0
        var chunks = stream.chunks.makeAsyncIterator()
        do {
            let digest = try SHA256()
            while let chunk = try await chunks.next() {
                try digest.update(chunk)
                try file.append(chunk)
                bytes += chunk.count
            }
            try file.close()
            return (Hexadecimal.text(try digest.finish()), bytes)
        } catch let error as SyncError {
            throw error
        } catch let error as HTTPError {
            throw transferFailure(error)
        } catch {
            throw SyncError(.source, "cannot compute the digest of \(address): \(error)")
        }
    }

    /// The address without its query, which may carry a signature.
    private var address: String { String(source.url.prefix { $0 != "?" && $0 != "#" }) }

    private func transferFailure(_ error: HTTPError) -> SyncError {
        switch error.code {
        case .cancelled, .clientClosed: SyncError(.cancelled, "stopped while fetching \(address)")
        case .tooLarge:
            SyncError(
                .source,
                "\(address) is larger than \(limits.maximumFileBytes) bytes. Raise KUBEDL_SYNC_MAX_FILE_BYTES if it should be."
            )
        case .invalidRequest, .protocolNotAllowed, .tooManyRedirects:
            SyncError(.source, "cannot fetch \(address): \(error.message). Correct the address.")
        default:
            SyncError(
                .source, "cannot fetch \(address): \(error.message). Check the address, the network and the CA.",
                isTemporary: error.code != .tls)
        }
    }

    private func statusFailure(_ status: Int) -> SyncError {
        SyncError(
            .source, "\(address) answered with HTTP status \(status). Check the address and who may read it.",
            isTemporary: status >= 500 || status == 429 || status == 408)
    }
}
