// The one thing that this module takes from the system, by name: decisions are given the time as a value.
#if canImport(Musl)
    import var Musl.CLOCK_REALTIME
    import func Musl.clock_gettime
    import struct Musl.timespec
#else
    import var Glibc.CLOCK_REALTIME
    import func Glibc.clock_gettime
    import struct Glibc.timespec
#endif

extension Timestamp {
    /// The system's time of day. Decisions take a moment as a value; only the programs that drive them call this.
    package static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
    }
}
