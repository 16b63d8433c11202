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

/// `kubedl-sync`: fetches code, data and models into a pod before its containers start. `kubedl-sync ready` tells a
/// startup probe whether the first fetch is done.
@main
struct KubeDLSync {
    static func main() async {
        // What is in place is always whole, so nothing needs to be tidied up; as process 1 the default would be to go on.
        for number in [SIGTERM, SIGINT] { signal(number) { _ in _exit(6) } }
        let program = SyncProgram(
            environment: ProcessInfo.processInfo.environment,
            say: { Self.emit($0, to: 1) }, complain: { Self.emit($0, to: 2) })
        if CommandLine.arguments.dropFirst().first == "ready" { exit(program.ready()) }
        exit(await program.run())
    }

    private static func emit(_ line: String, to descriptor: Int32) {
        let bytes = Array((line + "\n").utf8)
        _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }
}
