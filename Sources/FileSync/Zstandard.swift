import Subprocess

/// Expands Zstandard files (RFC 8878) by the program `zstd`, whose output is cut at the limit.
enum Zstandard {
    /// Expands `path` to the new file `target`. Throws ``SyncError``.
    static func expand(_ path: String, to target: String, limits: ArchiveLimits) async throws(SyncError) {
        let most = min(limits.bytes, max(limits.freeBytes, Disk.size(of: path) * limits.ratio))
        do {
            let file = try NewFile(target, mode: 0o600)
            let result = try await Subprocess.run(
                .name("zstd"), arguments: ["-d", "-q", "-c", "-M256MB", "--", path], input: .none, output: .sequence,
                error: .discarded
            ) { execution in
                var count = 0
                for try await buffer in execution.standardOutput {
                    let bytes = buffer.withUnsafeBytes { Array($0) }
                    count += bytes.count
                    guard count <= most else {
                        try execution.send(signal: .kill)
                        throw SyncError(
                            .digest, "the archive makes more than \(most) bytes; nothing of it was written.")
                    }
                    try file.append(bytes)
                }
            }
            try file.close()
            guard result.terminationStatus.isSuccess else {
                throw SyncError(.digest, "the archive is no valid Zstandard file; nothing of it was written.")
            }
        } catch let error as SyncError {
            throw error
        } catch is CancellationError {
            throw SyncError(.cancelled, "stopped while unpacking")
        } catch {
            throw SyncError(.configuration, "cannot run zstd: \(error). The image must have zstd on its PATH.")
        }
    }
}
