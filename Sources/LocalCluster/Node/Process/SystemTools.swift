internal import Glibc

/// Programs of the system that containers are made with, by absolute path.
struct SystemTools: Sendable, Hashable {
    /// Runs the script.
    var bash: String
    /// Changes user and asks the kernel to kill a process whose parent is gone.
    var setpriv: String
    /// Makes namespaces.
    var unshare: String
    /// Enters namespaces.
    var nsenter: String
    /// Makes a terminal the one of a new session.
    var setsid: String
    /// Sets the working directory and environment of a command.
    var env: String
    /// Sets up networks; nil if it is not installed.
    var ip: String?

    /// Finds them. Throws ``MissingTool`` for the first that is not there.
    init() throws {
        bash = try Self.find("bash", package: "bash")
        setpriv = try Self.find("setpriv", package: "util-linux")
        unshare = try Self.find("unshare", package: "util-linux")
        nsenter = try Self.find("nsenter", package: "util-linux")
        setsid = try Self.find("setsid", package: "util-linux")
        env = try Self.find("env", package: "coreutils")
        ip = try? Self.find("ip", package: "iproute2")
    }

    private static func find(_ name: String, package: String) throws -> String {
        for folder in ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin"] {
            let path = "\(folder)/\(name)"
            if access(path, X_OK) == 0 { return path }
        }
        throw MissingTool(name: name, package: package)
    }
}

/// A program that containers need is not installed.
struct MissingTool: Error, Hashable, CustomStringConvertible {
    /// The program.
    var name: String
    /// The Debian package that has it.
    var package: String
    var description: String {
        "the program \(name) is needed to run pods and is not installed; install the package \(package)"
    }
}
