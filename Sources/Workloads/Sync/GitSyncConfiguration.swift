import JSON
import KubernetesModel

/// The annotation `kubedl.io/git-sync-config`: which repository a pod gets before it starts.
///
/// Source: KubeDL code sync. Mended: `secretRef` names the Secret that has the password; the field `password` is read
/// only where the configuration allows it.
package struct GitSyncConfiguration: Sendable {
    /// The repository's address.
    package var source = ""
    /// The image that fetches; nil for the suite's own. Its own command runs, with ``environment`` and the variables of
    /// kubernetes/git-sync, as in KubeDL.
    package var image: String?
    /// The folder of the fetching container that everything goes below.
    package var rootPath = "/code"
    /// Where the code goes below it, and below each container's working folder.
    package var destination = ""
    /// The branch; nil for the repository's own default.
    package var branch: String?
    /// The commit or tag; it wins over the branch.
    package var revision: String?
    /// Commits of history, at least 1; nil for all.
    package var depth: Int?
    /// Tries after the first one, at least 0.
    package var maximumFailures = 3
    /// Whether git goes over ssh.
    package var usesSSH = false
    /// The ssh key's path in the fetching container; nil for the Secret's.
    package var keyFile: String?
    /// The user for https.
    package var user: String?
    /// The Secret with `username`, `password`, `ssh-privatekey` or `known_hosts`.
    package var secretName: String?
    /// Whether a password stands in the annotation itself.
    package var hasInlinePassword = false
    /// Whether submodules are fetched as well.
    package var submodules = true
    /// Seconds between two looks for something newer; nil fetches once.
    package var periodSeconds: Int?
    /// Further variables of the fetching container, as core/v1 EnvVar.
    package var environment: [JSONView] = []

    static let fields = [
        "source", "image", "rootPath", "destPath", "branch", "revision", "depth", "maxFailures", "ssh", "sshFile",
        "user", "secretRef", "submodules", "period", "envs",
    ]
    /// What KubeDL's console writes for its own pages; it never meant anything to the fetching.
    static let foreignFields = ["aliasName", "relativeCodePath"]

    /// Reads the annotation's text. Nil when there are problems; they are added to `problems` with paths below `path`.
    package init?(
        parsing text: String, at path: FieldPath, policy: SyncPolicy = SyncPolicy(), problems: inout [FieldError]
    ) {
        guard let json = AnnotationJSON.parse(text, as: .object, at: path, problems: &problems) else { return nil }
        let before = problems.count
        readPassword(json, at: path, policy, problems: &problems)
        read(json, at: path, policy, problems: &problems)
        if problems.count > before { return nil }
    }

    private mutating func readPassword(
        _ json: JSONView, at path: FieldPath, _ policy: SyncPolicy, problems: inout [FieldError]
    ) {
        guard let password = json["password"], !password.isNull, password.string != "" else { return }
        guard policy.allowsInlineCredentials else {
            problems.append(
                .forbidden(
                    path.child("password"),
                    "everybody who can read the object would read it; create a Secret of type kubernetes.io/basic-auth "
                        + "and name it in secretRef: {\"name\": \"…\"}"))
            return
        }
        if password.string == nil { problems.append(.forbidden(path.child("password"), "must be a string")) }
        if !(json["image"]?.string ?? "").isEmpty {
            problems.append(
                .forbidden(
                    path.child("password"), "would be in the environment of another image; use secretRef"))
        }
        hasInlinePassword = true
    }

    private mutating func read(
        _ json: JSONView, at path: FieldPath, _ policy: SyncPolicy, problems: inout [FieldError]
    ) {
        problems.refuseUnknown(in: json, at: path, known: Self.fields, silent: Self.foreignFields + ["password"])
        readSource(json, at: path, policy, problems: &problems)
        image = problems.text("image", of: json, at: path).flatMap { $0.isEmpty ? nil : $0 }
        readCredentials(json, at: path, problems: &problems)
        if let root = problems.text("rootPath", of: json, at: path), !root.isEmpty {
            rootPath = root
            if !ModelOutput.isAbsolutePath(root) || root == "/" {
                problems.append(.invalid(path.child("rootPath"), root, "must be an absolute path below /"))
            }
        }
        if let number = depthNumber(json, at: path, problems: &problems) { depth = number }
        if let failures = problems.integer("maxFailures", of: json, at: path, in: -1...100) {
            maximumFailures = max(0, failures)
        }
        submodules = problems.boolean("submodules", of: json, at: path) ?? true
        periodSeconds = problems.period(of: json, at: path)
        if let list = json["envs"], !list.isNull {
            readEnvironment(list, at: path.child("envs"), problems: &problems)
        }
    }

    private mutating func readSource(
        _ json: JSONView, at path: FieldPath, _ policy: SyncPolicy, problems: inout [FieldError]
    ) {
        source = problems.text("source", of: json, at: path) ?? ""
        if source.isEmpty {
            if json["source"]?.string != nil || json["source"].map(\.isNull) ?? true {
                problems.append(.required(path.child("source"), "the repository to fetch"))
            }
        } else if let problem = GitSource.problem(source) ?? policy.problem(of: source) {
            problems.append(.invalid(path.child("source"), GitSource.withoutPassword(source), problem))
        }
        destination = problems.text("destPath", of: json, at: path) ?? ""
        if destination.isEmpty { destination = GitSource.baseName(of: source) }
        if !source.isEmpty, let problem = SyncDestination.problem(destination) {
            problems.append(.invalid(path.child("destPath"), destination, problem))
        }
        branch = reference("branch", json, at: path, problems: &problems)
        revision = reference("revision", json, at: path, problems: &problems)
    }

    private func reference(
        _ key: String, _ json: JSONView, at path: FieldPath, problems: inout [FieldError]
    ) -> String? {
        guard let name = problems.text(key, of: json, at: path), !name.isEmpty else { return nil }
        if let problem = GitSource.referenceProblem(name) { problems.append(.invalid(path.child(key), name, problem)) }
        return name
    }

    private mutating func readCredentials(_ json: JSONView, at path: FieldPath, problems: inout [FieldError]) {
        usesSSH = problems.boolean("ssh", of: json, at: path) ?? false
        keyFile = problems.text("sshFile", of: json, at: path).flatMap { $0.isEmpty ? nil : $0 }
        if let keyFile, !ModelOutput.isAbsolutePath(keyFile) {
            problems.append(.invalid(path.child("sshFile"), keyFile, "must be an absolute path"))
        }
        user = problems.text("user", of: json, at: path).flatMap { $0.isEmpty ? nil : $0 }
        secretName = problems.reference("secretRef", of: json, at: path)
        if hasInlinePassword, secretName != nil {
            problems.append(.forbidden(path.child("password"), "may not be given together with secretRef"))
        }
        if usesSSH || GitSource.usesSSH(source), secretName == nil, image == nil {
            problems.append(
                .required(
                    path.child("secretRef"),
                    "ssh needs a Secret of type kubernetes.io/ssh-auth that also has the key known_hosts"))
        }
    }

    /// KubeDL has the depth as a text; numbers are welcome too.
    private func depthNumber(_ json: JSONView, at path: FieldPath, problems: inout [FieldError]) -> Int? {
        guard let text = json["depth"]?.string else {
            return problems.integer("depth", of: json, at: path, in: 1...1_000_000)
        }
        if text.isEmpty { return nil }
        guard let number = Int(text), (1...1_000_000).contains(number) else {
            problems.append(.invalid(path.child("depth"), text, "must be a whole number, at least 1"))
            return nil
        }
        return number
    }

    private mutating func readEnvironment(_ list: JSONView, at path: FieldPath, problems: inout [FieldError]) {
        guard list.kind == .array else {
            problems.append(.invalid(path, json: list.shortened, "must be a list of environment variables"))
            return
        }
        environment = Array(list.elements)
        for (index, variable) in environment.enumerated() {
            let name = variable["name"]?.string ?? ""
            if name.isEmpty {
                problems.append(.required(path.index(index).child("name")))
            } else if name == SyncPlan.variable {
                problems.append(.forbidden(path.index(index).child("name"), "\(name) is set by the webhook"))
            }
        }
    }
}

/// JSON inside of an annotation.
enum AnnotationJSON {
    /// Reads the text; nil after adding a problem when it is no JSON, or not of the kind.
    static func parse(
        _ text: String, as kind: JSONKind, at path: FieldPath, problems: inout [FieldError]
    ) -> JSONView? {
        do {
            let root = try JSONDocument(parsing: text).root
            if root.kind == kind { return root }
            let wanted = kind == .object ? "a JSON object" : "a JSON list"
            problems.append(.invalid(path, json: root.shortened, "must be \(wanted)"))
        } catch {
            let cut = text.count > 80 ? String(text.prefix(77)) + "..." : text
            problems.append(.invalid(path, cut, "must be JSON: \(error)"))
        }
        return nil
    }
}
