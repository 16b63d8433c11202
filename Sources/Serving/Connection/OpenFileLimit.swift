#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How many files, sockets included, the process may have open.
enum OpenFileLimit {
    /// The soft limit of `getrlimit(2)`; `Int.max` when there is none.
    static func current() -> Int {
        var limit = rlimit()
        #if canImport(Glibc)
            let outcome = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        #else
            let outcome = getrlimit(RLIMIT_NOFILE, &limit)
        #endif
        return outcome == 0 ? Int(clamping: limit.rlim_cur) : Int.max
    }

    /// Connections that a server may hold when it wants `wanted`: a quarter of the files is left for everything else, so
    /// that too many clients cannot keep the process from opening its own files.
    static func connections(wanted: Int) -> Int { min(wanted, max(16, current() / 4 * 3)) }
}
