internal import Glibc

/// The two ends of a pipe. Not closed by itself: the owner closes each end once.
struct Pipe {
    /// The end that is read.
    var reading: Int32
    /// The end that is written.
    var writing: Int32

    /// A pipe that is not inherited by programs started later. Throws ``SystemError``.
    init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemError("cannot make a pipe") }
        reading = ends[0]
        writing = ends[1]
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    }

    /// Two descriptors of some other kind.
    init(reading: Int32, writing: Int32) {
        self.reading = reading
        self.writing = writing
    }

    /// Makes reads return at once when there is nothing.
    func setNonBlockingReads() { _ = fcntl(reading, F_SETFL, fcntl(reading, F_GETFL) | O_NONBLOCK) }

    /// Closes both ends.
    func close() {
        _ = Glibc.close(reading)
        _ = Glibc.close(writing)
    }
}
