import Glibc

/// Says on standard output that the cluster is ready.
enum Readiness {
    /// Writes one line at once, whatever standard output is.
    static func announce(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(STDOUT_FILENO, bytes, bytes.count)
    }
}
