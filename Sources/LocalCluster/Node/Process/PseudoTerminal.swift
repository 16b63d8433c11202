internal import Glibc

/// Where a program gets its pseudo-terminal from. Source: ioctl_tty(2), pty(7).
struct PseudoTerminal: Sendable, Hashable {
    /// A process of the container that the terminal is to be found in; nil for the machine's own.
    var process: Int32?
    /// The user that it belongs to; nil for ours.
    var owner: Int?

    private static let unlock: UInt = 0x4004_5431  // TIOCSPTLCK
    private static let openPeer: UInt = 0x5441  // TIOCGPTPEER
    private static let setSize: UInt = 0x5414  // TIOCSWINSZ

    private static let getSession: UInt = 0x5429  // TIOCGSID

    /// Makes one, its ends doubled as those of two pipes: to the program and from it. Throws ``SystemError``.
    func open() throws -> (input: Pipe, output: Pipe) {
        let root = process.map { "/proc/\($0)/root" } ?? ""
        let control = Glibc.open("\(root)/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard control >= 0 else { throw SystemError("cannot open \(root)/dev/ptmx") }
        var isLocked: Int32 = 0
        guard ioctl(control, Self.unlock, &isLocked) == 0 else { throw failure("unlock", control) }
        let peer = ioctl(control, Self.openPeer, O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard peer >= 0 else { throw failure("open", control) }
        if let owner { _ = fchown(peer, uid_t(owner), gid_t.max) }
        let input = Pipe(
            reading: fcntl(peer, F_DUPFD_CLOEXEC, 0), writing: fcntl(control, F_DUPFD_CLOEXEC, 0))
        return (input, Pipe(reading: control, writing: peer))
    }

    private func failure(_ what: String, _ control: Int32) -> SystemError {
        let error = SystemError("cannot \(what) a pseudo-terminal")
        close(control)
        return error
    }

    /// The process that leads a terminal's session.
    static func session(_ descriptor: Int32) -> pid_t? {
        var session = pid_t()
        return ioctl(descriptor, getSession, &session) == 0 && session > 0 ? session : nil
    }

    /// Tells a terminal its size, which sends SIGWINCH to the programs on it.
    static func resize(_ descriptor: Int32, columns: UInt16, rows: UInt16) {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(descriptor, setSize, &size)
    }
}
