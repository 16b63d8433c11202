import KubernetesModel

/// Everything that is served at one moment: built-in resources and those of CustomResourceDefinitions. A value.
struct ResourceCatalog: Sendable {
    private struct Place: Hashable {
        var group: String
        var version: String
        var plural: String
    }

    /// In the order of registration; of one resource the preferred version first.
    private(set) var definitions: [ResourceDefinition]
    private var places: [Place: Int]

    init(_ definitions: [ResourceDefinition]) {
        self.definitions = definitions
        places = [:]
        for (index, definition) in definitions.enumerated() {
            places[Place(group: definition.group, version: definition.version, plural: definition.plural)] = index
        }
    }

    func find(group: String, version: String, plural: String) -> ResourceDefinition? {
        places[Place(group: group, version: version, plural: plural)].map { definitions[$0] }
    }

    /// The definition of a kind in exactly this `apiVersion`.
    func find(apiVersion: String, kind: String) -> ResourceDefinition? {
        definitions.first { $0.kind == kind && $0.apiVersion == apiVersion }
    }

    /// The first definition of a resource, in whichever version.
    func find(_ resource: GroupResource) -> ResourceDefinition? {
        definitions.first { $0.groupResource == resource }
    }

    /// The definition whose objects are kept under `storage`.
    func find(storedAs storage: GroupResource) -> ResourceDefinition? {
        definitions.first { $0.storage == storage && $0.groupResource == storage }
    }

    /// Groups in the order of registration, the core group ("") first.
    var groups: [String] {
        var found: [String] = []
        for definition in definitions where !found.contains(definition.group) { found.append(definition.group) }
        return found
    }

    /// Versions of a group, the preferred one first.
    func versions(of group: String) -> [String] {
        var found: [String] = []
        for definition in definitions where definition.group == group && !found.contains(definition.version) {
            found.append(definition.version)
        }
        return found.sorted { versionPriority($0) > versionPriority($1) }
    }

    func resources(group: String, version: String) -> [ResourceDefinition] {
        definitions.filter { $0.group == group && $0.version == version }
    }
}

/// Sorts `v10` above `v2`, stable above `v1beta1` above `v1alpha1`, and other texts below.
///
/// Source: k8s.io/apimachinery pkg/version CompareKubeAwareVersionStrings.
func versionPriority(_ version: String) -> VersionPriority {
    guard version.first == "v" else { return VersionPriority(stage: 0, major: 0, minor: 0) }
    let text = version.dropFirst()
    let major = text.prefix { $0.isNumber }
    let rest = text.dropFirst(major.count)
    guard let number = Int(major) else { return VersionPriority(stage: 0, major: 0, minor: 0) }
    if rest.isEmpty { return VersionPriority(stage: 3, major: number, minor: 0) }
    for (stage, word) in [(2, "beta"), (1, "alpha")] where rest.hasPrefix(word) {
        if let minor = Int(rest.dropFirst(word.count)) {
            return VersionPriority(stage: stage, major: number, minor: minor)
        }
    }
    return VersionPriority(stage: 0, major: 0, minor: 0)
}

/// See ``versionPriority(_:)``.
struct VersionPriority: Comparable, Sendable {
    /// 3 stable, 2 beta, 1 alpha, 0 not a Kubernetes version.
    var stage: Int
    var major: Int
    var minor: Int

    static func < (left: VersionPriority, right: VersionPriority) -> Bool {
        (left.stage, left.major, left.minor) < (right.stage, right.major, right.minor)
    }
}
