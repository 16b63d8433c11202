import FileSync

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// `kubedl-sync`: fetches code, data and models into a pod before its containers start.
@main
struct KubeDLSync {
    static func main() async {
        let program = SyncProgram(
            environment: ProcessInfo.processInfo.environment,
            say: { Self.emit($0, to: 1) }, complain: { Self.emit($0, to: 2) })
        exit(await program.run())
    }

    private static func emit(_ line: String, to descriptor: Int32) {
        let bytes = Array((line + "\n").utf8)
        _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }
}
