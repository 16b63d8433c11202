internal import Glibc

/// The standard input of a container. Source: k8s.io/api core/v1 Container.
struct ContainerInput: Sendable, Hashable {
    /// Whether clients can attach to it.
    var isOpen = false
    /// Whether it ends with the first client that does.
    var isForOneClient = false
    /// Whether it is a terminal.
    var isTerminal = false

    /// What the program gets, in a terminal of `owner`'s.
    func source(owner: Int?) -> ProcessInput {
        isTerminal ? .terminal(PseudoTerminal(owner: owner)) : isOpen ? .pipe : .nothing
    }
}

/// The standard input of a program.
enum ProcessInput: Sendable {
    /// At its end from the start.
    case nothing
    /// A pipe.
    case pipe
    /// A pseudo-terminal, which its output goes to as well.
    case terminal(PseudoTerminal)

    /// What leads to the program's descriptor 0 and from its descriptor 1. Throws ``SystemError``.
    func open() throws -> (input: Pipe, output: Pipe) {
        switch self {
        case .terminal(let terminal): return try terminal.open()
        case .pipe: return (try Pipe(), try Pipe())
        case .nothing:
            let null = Glibc.open("/dev/null", O_RDWR | O_CLOEXEC)
            guard null >= 0 else { throw SystemError("cannot open /dev/null") }
            return (Pipe(reading: null, writing: fcntl(null, F_DUPFD_CLOEXEC, 0)), try Pipe())
        }
    }
}
