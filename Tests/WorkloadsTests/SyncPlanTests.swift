import JSON
import KubernetesModel
import Testing
import Workloads

@Suite("What a pod gets before it starts")
struct SyncPlanTests {
    private func plan(git: String? = nil, files: String? = nil) throws -> (plan: SyncPlan?, problems: [String]) {
        var annotations = JSONValue.object([])
        if let git { annotations["kubedl.io/git-sync-config"] = JSONValue(git) }
        if let files { annotations["kubedl.io/file-sync"] = JSONValue(files) }
        var problems: [FieldError] = []
        let plan = SyncPlan(
            annotations: StringMap(json: try annotations.document().root), at: FieldPath("metadata", "annotations"),
            problems: &problems)
        return (plan, problems.map(\.description))
    }

    @Test("a repository alone gets KubeDL's defaults")
    func fillsDefaults() throws {
        let (plan, problems) = try plan(git: #"{"source": "https://github.com/org/digits.git"}"#)
        #expect(problems.isEmpty)
        #expect(
            plan?.json
                == [
                    "root": "/code",
                    "sources": [
                        [
                            "kind": "git", "repository": "https://github.com/org/digits.git", "destination": "digits",
                            "maximumFailures": 3,
                        ]
                    ],
                ])
        #expect(plan?.mountedDestinations == ["digits"])
    }

    @Test("every field reaches the program")
    func passesEverything() throws {
        let (plan, problems) = try plan(
            git: """
                {"source": "git@github.com:org/repo.git", "rootPath": "/src", "destPath": "a/b", "branch": "main",
                 "revision": "4f2c", "depth": "1", "maxFailures": -1, "ssh": true, "user": "ci",
                 "secretRef": {"name": "git-key"}, "image": "mine:1", "envs": [{"name": "X", "value": "y"}]}
                """)
        #expect(problems.isEmpty)
        #expect(
            plan?.json
                == [
                    "root": "/src",
                    "sources": [
                        [
                            "kind": "git", "repository": "git@github.com:org/repo.git", "destination": "a/b",
                            "branch": "main", "revision": "4f2c", "depth": 1, "maximumFailures": 0, "username": "ci",
                            "secretDirectory": "/etc/kubedl/sync-secret",
                        ]
                    ],
                ])
        #expect(plan?.git?.image == "mine:1")
        #expect(plan?.git?.environment.count == 1)
    }

    @Test("what KubeDL's console adds for its own pages is no problem")
    func acceptsConsoleFields() throws {
        let (plan, problems) = try plan(
            git: #"{"source": "https://host/org/digits.git", "aliasName": "code-a", "relativeCodePath": "code/a"}"#)
        #expect(problems.isEmpty && plan?.git?.destination == "digits")
    }

    @Test("an image of the user's own is not mixed with files, which only the suite's image fetches")
    func refusesMixedImages() throws {
        let (plan, problems) = try plan(
            git: #"{"source": "https://host/code.git", "image": "mine:1"}"#,
            files: #"[{"url": "https://host/x", "sha256": "\#(Self.digest)"}]"#)
        #expect(plan == nil && problems.count == 1)
        #expect(problems.first?.hasPrefix("metadata.annotations[kubedl.io/git-sync-config].image: Forbidden") == true)
    }

    @Test(
        "wrong git settings are refused with their place",
        arguments: [
            ("nonsense", "must be JSON"),
            ("[]", "must be a JSON object"),
            ("{}", "source: Required value"),
            (#"{"source": 3}"#, "source: Invalid value: 3: must be a string"),
            (#"{"source": "ext::sh -c x"}"#, "source: Invalid value"),
            (#"{"source": "--upload-pack=x@h:p"}"#, "source: Invalid value"),
            (#"{"source": "https://u:p@host/x.git"}"#, "must not contain a password"),
            (#"{"source": "https://host/x.git", "password": "secret"}"#, "password: Forbidden"),
            (#"{"source": "https://host/x.git", "revison": "a"}"#, "revison: Forbidden: unknown field"),
            (#"{"source": "https://host/x.git", "destPath": "../up"}"#, "destPath: Invalid value: \"../up\""),
            (#"{"source": "https://host/x.git", "destPath": "/abs"}"#, "must be a relative path"),
            (#"{"source": "https://host/x.git", "branch": "-b"}"#, "branch: Invalid value"),
            (#"{"source": "https://host/x.git", "rootPath": "code"}"#, "rootPath: Invalid value"),
            (#"{"source": "https://host/x.git", "depth": "zero"}"#, "depth: Invalid value"),
            (#"{"source": "https://host/x.git", "depth": 0}"#, "depth: Invalid value: 0"),
            (#"{"source": "git@host:x.git", "ssh": true}"#, "secretRef: Required value"),
            (#"{"source": "https://host/x.git", "envs": {}}"#, "envs: Invalid value"),
            (#"{"source": "https://host/x.git", "envs": [{"name": "KUBEDL_SYNC_CONFIG"}]}"#, "envs[0].name: Forbidden"),
        ])
    func refusesGit(text: String, problem: String) throws {
        let (plan, problems) = try plan(git: text)
        #expect(plan == nil)
        #expect(problems.contains { $0.contains(problem) }, "\(problems)")
        #expect(problems.allSatisfy { $0.hasPrefix("metadata.annotations[kubedl.io/git-sync-config]") })
        #expect(!problems.contains { $0.contains("\"secret\"") })
    }

    @Test(
        "addresses that git may fetch from",
        arguments: [
            "https://host/a.git", "http://host/a", "ssh://git@host:22/a.git", "git://host/a", "file:///srv/a.git",
            "git@host:org/a.git",
        ])
    func acceptsSources(source: String) { #expect(GitSource.problem(source) == nil) }

    static let digest = String(repeating: "aB", count: 32)

    @Test("files come with their digests, mounted one by one unless they lie in the code")
    func listsFiles() throws {
        let (plan, problems) = try plan(
            git: #"{"source": "https://host/code.git"}"#,
            files: """
                [{"url": "https://host/x.npz", "sha256": "\(Self.digest)", "destPath": "code/data/x.npz"},
                 {"url": "https://host/dir/y.bin?z=1", "sha256": "\(Self.digest)"}]
                """)
        #expect(problems.isEmpty)
        #expect(plan?.mountedDestinations == ["code", "y.bin"])
        #expect(plan?.json["sources"]?[1]?["sha256"] == JSONValue(Self.digest.lowercased()))
    }

    @Test(
        "wrong files are refused with their place",
        arguments: [
            ("{}", "must be a JSON list"),
            ("[3]", "[0]: Invalid value: 3"),
            (#"[{"url": "http://h/x", "sha256": "\#(digest)"}]"#, "must not use http://"),
            (#"[{"url": "ftp://h/x", "sha256": "\#(digest)"}]"#, "write ftps:// or sftp://"),
            (#"[{"url": "sftp://h/x", "sha256": "\#(digest)"}]"#, "[0].secretRef: Required value"),
            (#"[{"url": "https://h/x", "sha256": "\#(digest)", "password": "p"}]"#, "[0].password: Forbidden"),
            (#"[{"url": "https://h/x", "archive": "rar", "sha256": "\#(digest)"}]"#, "supported values: "),
            (#"[{"url": "https://h/x", "signature": {"value": "aa"}}]"#, "[0].signature.publicKey: Required value"),
            (#"[{"git": {"repository": "git://h/x"}}]"#, "must not use git://"),
            (#"[{"git": {"repository": "https://h/x", "commit": "main"}}]"#, "[0].git.commit: Invalid value"),
            (#"[{"s3": {"bucket": "b_1", "key": "k"}}]"#, "[0].s3.bucket: Invalid value"),
            (#"[{"s3": {"bucket": "models"}}]"#, "[0].s3.key: Required value"),
            (#"[{"oss": {"bucket": "models", "key": "k"}}]"#, "[0].oss.endpoint: Required value"),
            (#"[{"volume": {"claimName": "a", "subPath": "../b"}}]"#, "[0].volume.subPath: Invalid value"),
            (#"[{"configMap": {"name": "a"}, "volume": {"claimName": "a"}}]"#, "only one of"),
            (#"[{"url": "https://h/x", "sha256": "\#(digest)", "period": "1s"}]"#, "[0].period: Invalid value"),
            (#"[{"url": "https://u:p@h/x", "sha256": "\#(digest)"}]"#, "without user and password"),
            (#"[{"url": "https://h/x"}]"#, "[0].sha256: Required value"),
            (#"[{"url": "https://h/x", "sha256": "12"}]"#, "must be 64 hexadecimal digits"),
            (
                #"[{"url": "https://h/x", "sha256": "\#(digest)"}, {"url": "https://h/x", "sha256": "\#(digest)"}]"#,
                "[1].destPath: Invalid value"
            ),
        ])
    func refusesFiles(text: String, problem: String) throws {
        let (plan, problems) = try plan(files: text)
        #expect(plan == nil)
        #expect(problems.contains { $0.contains(problem) }, "\(problems)")
    }
}
