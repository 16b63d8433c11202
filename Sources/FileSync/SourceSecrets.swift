import JSON

/// What the mounted Secret holds: one file a key, any may be missing.
struct SourceSecrets {
    var username: String?
    var password: String?
    var token: String?
    var privateKey: [UInt8]?
    var knownHosts: [UInt8]?
    /// Keys of an object store, in its own words or in those of AWS.
    var accessKey: String?
    var secretKey: String?
    var sessionToken: String?
    private var folder: String?

    /// Reads the folder; nil is no credentials. Throws ``SyncError`` for a file that cannot be read.
    init(folder: String?) throws(SyncError) {
        guard let folder else { return }
        if Disk.entry(at: folder) == .nothing {
            throw SyncError(.configuration, "\(folder) is not there. Check that the Secret of secretRef is mounted.")
        }
        self.folder = folder
        username = try Self.line(folder, "username")
        password = try Self.line(folder, "password")
        token = try Self.line(folder, "token")
        privateKey = try Disk.read(folder + "/ssh-privatekey")
        knownHosts = try Disk.read(folder + "/known_hosts", limit: 1 << 20)
        accessKey = try Self.line(folder, "accessKeyID", "AWS_ACCESS_KEY_ID")
        secretKey = try Self.line(folder, "secretAccessKey", "AWS_SECRET_ACCESS_KEY")
        sessionToken = try Self.line(folder, "sessionToken", "AWS_SESSION_TOKEN")
    }

    /// What git needs: the Secret, the key of an older field, a password from the pod's annotation.
    init(_ source: GitSource) throws(SyncError) {
        try self.init(folder: source.secretDirectory)
        username = source.username ?? username
        password = password ?? source.password
        if let file = source.annotationFile, let text = try Disk.read(file, limit: 256 << 10) {
            password = (try? JSONDocument(parsing: text).root["password"]?.string) ?? password
        }
        guard let file = source.keyFile else { return }
        guard let key = try Disk.read(file) else {
            throw SyncError(.configuration, "the ssh key \(file) is not there. Check the mounted Secret.")
        }
        privateKey = key
    }

    /// The path of the file `key` of the Secret, when it is there.
    func path(_ key: String) -> String? {
        guard let path = folder.map({ $0 + "/" + key }), Disk.entry(at: path) != .nothing else { return nil }
        return path
    }

    private static func line(_ folder: String, _ names: String...) throws(SyncError) -> String? {
        for name in names {
            guard var bytes = try Disk.read(folder + "/" + name) else { continue }
            while let last = bytes.last, last == 10 || last == 13 { bytes.removeLast() }
            if !bytes.isEmpty { return String(decoding: bytes, as: UTF8.self) }
        }
        return nil
    }
}
