import FileSync
import Testing

struct ConfigurationTests {
    private static let git = #"{"kind":"git","repository":"https://h/o/r.git","destination":"r"}"#
    private static let digest = String(repeating: "a", count: 64)

    @Test("every field is read")
    func fields() throws {
        let configuration = try SyncConfiguration(
            json: """
                {"root":"/code","sources":[{"kind":"git","repository":"git@h:o/r.git","destination":"r","branch":"main",
                "revision":"v1","depth":2,"maximumFailures":0,"username":"u","keyFile":"/k","secretDirectory":"/s"},
                {"kind":"file","url":"https://h/f?x=1","sha256":"\(Self.digest)","destination":"data/f"}]}
                """)
        var git = GitSource(repository: "git@h:o/r.git", destination: "r")
        git.branch = "main"
        git.revision = "v1"
        git.depth = 2
        git.maximumFailures = 0
        git.username = "u"
        git.keyFile = "/k"
        git.secretDirectory = "/s"
        let file = FileSource(url: "https://h/f?x=1", sha256: Self.digest, destination: "data/f")
        #expect(configuration == SyncConfiguration(root: "/code", sources: [.git(git), .file(file)]))
    }

    @Test(
        "what is wrong is refused and named",
        arguments: [
            ("{", "usable JSON"), ("{}", "/root is required"), (#"{"root":"/c"}"#, "/sources must be a list"),
            (#"{"root":"/c","sources":[],"x":1}"#, "/x is not a known field"),
            (#"{"root":"code","sources":[\#(git)]}"#, "absolute path"),
            (#"{"root":"/a/../b","sources":[\#(git)]}"#, "absolute path"),
            (#"{"root":"/","sources":[\#(git)]}"#, "absolute path"),
            (source(#""kind":"ftp""#), "/sources/0/kind"),
            (source(#""kind":"git","destination":"r""#), "/sources/0/repository is required"),
            (source(#""kind":"git","repository":7,"destination":"r""#), "/sources/0/repository must be a string"),
            (source(repository: "ext::sh -c id"), "/sources/0/repository must be"),
            (source(repository: "-uhttps://h/r"), "/sources/0/repository must be"),
            (source(repository: "file://h/r"), "/sources/0/repository must be"),
            (source(repository: "a@-oProxyCommand=id:x"), "/sources/0/repository must be"),
            (source(repository: "ssh://-oProxyCommand=id/x"), "/sources/0/repository must be"),
            (source(repository: "/srv/r"), "/sources/0/repository must be"),
            (source(repository: "https://u:secret@h/r"), "carries a password"),
            (source(destination: "../r"), "/sources/0/destination"),
            (source(destination: "/r"), "/sources/0/destination"),
            (source(destination: "a//b"), "/sources/0/destination"),
            (source(destination: ".kubedl-tmp-x"), "kept for temporary"),
            (source(more: #","branch":"--upload-pack=id""#), "/sources/0/branch"),
            (source(more: #","revision":"a..b""#), "/sources/0/revision"),
            (source(more: #","depth":0"#), "/sources/0/depth"), (source(more: #","brnch":"x""#), "/sources/0/brnch"),
            (source(more: #","keyFile":"k""#), "/sources/0/keyFile"),
            (source(#""kind":"file","url":"http://h/f","sha256":"\#(digest)","destination":"f""#), "https://"),
            (source(#""kind":"file","url":"https://h/f","sha256":"AB","destination":"f""#), "/sources/0/sha256"),
        ])
    func wrong(_ text: String, _ part: String) {
        let error = #expect(throws: SyncError.self) { () throws in try SyncConfiguration(json: text) }
        #expect(error?.kind == .configuration)
        #expect(error?.description.contains(part) ?? false, "\(error?.description ?? "")")
    }

    @Test("KubeDL's own variables are understood")
    func environment() throws {
        let configuration = try SyncConfiguration(environment: [
            "GIT_SYNC_REPO": "https://h/o/project.git", "GIT_SYNC_BRANCH": "dev", "GIT_SYNC_REV": "abc",
            "GIT_SYNC_DEPTH": "1", "GIT_SYNC_MAX_SYNC_FAILURES": "2", "GIT_SYNC_USERNAME": "u",
            "GIT_SYNC_PASSWORD": "p", "GIT_SYNC_ONE_TIME": "true",
        ])
        var git = GitSource(repository: "https://h/o/project.git", destination: "project")
        (git.branch, git.revision, git.depth, git.maximumFailures) = ("dev", "abc", 1, 2)
        (git.username, git.password) = ("u", "p")
        #expect(configuration == SyncConfiguration(root: "/code", sources: [.git(git)]))
        #expect(throws: SyncError.self) { () throws in try SyncConfiguration(environment: [:]) }
        #expect(throws: SyncError.self) { () throws in
            try SyncConfiguration(environment: ["GIT_SYNC_REPO": "https://h/r", "GIT_SYNC_DEPTH": "x"])
        }
    }

    private static func source(_ members: String) -> String { #"{"root":"/c","sources":[{\#(members)}]}"# }

    private static func source(repository: String = "https://h/r", destination: String = "r", more: String = "")
        -> String
    {
        source(#""kind":"git","repository":"\#(repository)","destination":"\#(destination)"\#(more)"#)
    }
}
