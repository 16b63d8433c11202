#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The time of day, for certificates made outside tests.
package enum WallClock {
    /// Seconds since 1970-01-01T00:00:00Z.
    package static func seconds() -> Int64 { Int64(time(nil)) }
}
