/// A home folder for git that nobody else reads: its configuration, and credentials for one host only.
struct GitHome {
    let path: String
    let environment: [String: String?]

    /// Prepares a home for one source. Throws ``SyncError`` if its secrets cannot be read, or the volume not written.
    init(
        _ source: GitSource, address: RepositoryAddress, in folder: WorkingFolder, inherited: [String: String],
        allowsPlainText: Bool
    ) throws(SyncError) {
        path = try folder.fresh("home")
        try Disk.makeFolder(path, mode: 0o700)
        let secrets = try SourceSecrets(source)
        var config = "[advice]\n\tdetachedHead = false\n[init]\n\tdefaultBranch = main\n"
        if address.transport == "file" {
            // A repository that another user owns, mounted for reading: git refuses it unless it is named.
            for suffix in ["", "/.git"] {
                config += "[safe]\n\tdirectory = \"\(try Self.quoted(Self.folder(address.path) + suffix))\"\n"
            }
        }
        if let password = secrets.password, ["https", "http"].contains(address.transport) {
            let store = path + "/credentials"
            let user = secrets.username ?? address.user ?? "git"
            let login = "\(Self.encoded(user)):\(Self.encoded(password))"
            let line = "\(address.transport)://\(login)@\(address.host)\n"
            try Disk.write(Array(line.utf8), to: store, mode: 0o600)
            config += "[credential]\n\thelper = \"store --file=\(try Self.quoted(try Self.plain(store)))\"\n"
            config += "\tuseHttpPath = false\n"
        }
        if let user = secrets.username, ["https", "http"].contains(address.transport) {
            config += "[credential \"\(address.transport)://\(try Self.quoted(address.host))\"]\n"
            config += "\tusername = \"\(try Self.quoted(user))\"\n"
        }
        try Disk.write(Array(config.utf8), to: path + "/.gitconfig", mode: 0o600)
        let protocols =
            ["https", "ssh"] + (allowsPlainText ? ["http", "git"] : []) + (address.transport == "file" ? ["file"] : [])
        var variables: [String: String?] = [
            "HOME": path, "XDG_CONFIG_HOME": path + "/none", "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": path + "/.gitconfig", "GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "", "SSH_ASKPASS": "",
            // `ext::` and the like would run commands. Submodules may use a local path only if the source itself is one.
            "GIT_ALLOW_PROTOCOL": protocols.joined(separator: ":"),
            "GIT_SSH_COMMAND": address.transport == "ssh" ? try Self.sshCommand(secrets, in: path) : "false",
            "LC_ALL": "C",
        ]
        for name in Self.cleared { variables[name] = .some(nil) }
        if inherited["GIT_SSL_CAINFO"] == nil, let bundle = inherited["SSL_CERT_FILE"] {
            variables["GIT_SSL_CAINFO"] = bundle
        }
        environment = variables
    }

    /// Variables that git and its children have no business with, or that would make git work elsewhere.
    private static let cleared = [
        "KUBEDL_SYNC_CONFIG", "GIT_SYNC_PASSWORD", "GIT_SYNC_USERNAME", "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE",
        "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CONFIG", "GIT_CONFIG_COUNT",
        "GIT_CONFIG_PARAMETERS", "GIT_TEMPLATE_DIR", "GIT_EXEC_PATH", "GIT_PROXY_COMMAND", "GIT_SSH",
    ]

    private static func sshCommand(_ secrets: SourceSecrets, in home: String) throws(SyncError) -> String {
        // git hands this line to a shell, so nothing but plain paths of our own goes into it.
        let home = try plain(home)
        var command = "ssh -F /dev/null -o BatchMode=yes -o ConnectTimeout=30 -o UserKnownHostsFile=\(home)/known_hosts"
        guard let hosts = secrets.knownHosts else {
            throw SyncError(
                .configuration,
                "ssh without known hosts talks to anybody: add the key known_hosts to the Secret of secretRef, for "
                    + "example from ssh-keyscan, compared with what the host publishes.")
        }
        try Disk.write(hosts, to: home + "/known_hosts", mode: 0o600)
        command += " -o StrictHostKeyChecking=yes"
        if let key = secrets.privateKey {
            try Disk.write(key.last == 10 ? key : key + [10], to: home + "/key", mode: 0o600)
            command += " -o IdentitiesOnly=yes -i \(home)/key"
        }
        return command
    }

    private static func folder(_ path: String) -> String {
        var path = decoded(path)
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }

    /// Undoes percent-encoding, as git does for `file://`.
    static func decoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func encoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in text.utf8 {
            let isPlain = (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            bytes += isPlain ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A value between double quotes in a git configuration file.
    private static func quoted(_ text: String) throws(SyncError) -> String {
        guard text.utf8.allSatisfy({ $0 >= 32 && $0 != 127 }) else {
            throw SyncConfiguration.wrong("has a control character in a path or user name")
        }
        var quoted = ""
        for character in text {
            if character == "\"" || character == "\\" { quoted.append("\\") }
            quoted.append(character)
        }
        return quoted
    }

    private static func plain(_ path: String) throws(SyncError) -> String {
        let isPlain = path.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                || Array("/._-".utf8).contains($0)
        }
        guard isPlain else {
            throw SyncConfiguration.wrong(
                "/root is \"\(path)\"; with credentials only letters, digits and /._- may be in it")
        }
        return path
    }
}
