internal import JSON
import YAML

/// One or more kubeconfig files, merged. Source: kubernetes.io/docs, "Organizing Cluster Access Using kubeconfig Files".
struct Kubeconfig {
    /// A named part and the file it came from, to whose folder its paths are relative.
    struct Entry {
        var name: String
        var value: JSONValue
        var file: String
        var folder: String { SmallFile.folder(of: file) }
    }

    private(set) var currentContext: String?
    private(set) var clusters: [String: Entry] = [:]
    private(set) var users: [String: Entry] = [:]
    private(set) var contexts: [String: Entry] = [:]
    /// The files that were there.
    private(set) var files: [String] = []

    var isEmpty: Bool { clusters.isEmpty && users.isEmpty && contexts.isEmpty && currentContext == nil }

    /// Reads the explicit file, which must exist, or else those of the environment that exist; `nil` when there is none.
    static func load(explicit: String?, environment: [String: String]) throws(ConfigurationError) -> Kubeconfig? {
        var merged = Kubeconfig()
        if let explicit {
            try merged.merge(SmallFile.read(explicit), from: explicit)
            return merged
        }
        var paths = environment["KUBECONFIG"]?.split(separator: ":").map(String.init) ?? []
        if paths.isEmpty, let home = environment["HOME"] { paths = ["\(home)/.kube/config"] }
        for path in paths {
            if let bytes = try SmallFile.readIfPresent(path) { try merged.merge(bytes, from: path) }
        }
        return merged.files.isEmpty ? nil : merged
    }

    /// Adds what a further file says; what an earlier file has named is kept whole.
    mutating func merge(_ bytes: [UInt8], from file: String) throws(ConfigurationError) {
        let documents: [JSONValue]
        do { documents = try YAML.parse(bytes) } catch {
            throw ConfigurationError("\(file) is not a kubeconfig: \(error)")
        }
        files.append(file)
        guard let root = documents.first, !root.isNull else { return }
        guard root.members != nil else { throw ConfigurationError("\(file) is not a kubeconfig: it is no mapping") }
        if currentContext == nil, let name = root["current-context"]?.string, !name.isEmpty { currentContext = name }
        try add(root["clusters"], "clusters", "cluster", file, to: &clusters)
        try add(root["users"], "users", "user", file, to: &users)
        try add(root["contexts"], "contexts", "context", file, to: &contexts)
    }

    private func add(
        _ list: JSONValue?, _ listName: String, _ key: String, _ file: String, to entries: inout [String: Entry]
    ) throws(ConfigurationError) {
        guard let list, !list.isNull else { return }
        guard let elements = list.array else { throw ConfigurationError("\(file): \(listName) must be a list") }
        for (position, element) in elements.enumerated() {
            guard let name = element["name"]?.string else {
                throw ConfigurationError("\(file): \(listName)[\(position)].name must be a string")
            }
            let value = element[key].flatMap { $0.isNull ? nil : $0 } ?? JSONValue.object([])
            if entries[name] == nil { entries[name] = Entry(name: name, value: value, file: file) }
        }
    }
}
