// swift-tools-version: 6.2
import PackageDescription

/// One of our modules: what it is, where it lives and what it may import.
///
/// The lists are exact: `make test` builds with `--explicit-target-dependency-import-check error`, so an import that is
/// not listed here does not compile. The table in docs/architecture.md gives the reasons.
struct Module {
    enum Kind { case library, executable, system }
    var name: String
    var kind = Kind.library
    var path: String?
    var uses: [String] = []
    var external: [Target.Dependency] = []
    var pkgConfig: String?
    var debian: String?
    var isTested = true
    /// What only its tests use.
    var testsUse: [String] = []
}

func product(_ name: String, _ package: String) -> Target.Dependency { .product(name: name, package: package) }
let nio: [Target.Dependency] = [
    product("NIOCore", "swift-nio"), product("NIOPosix", "swift-nio"), product("NIOHTTP1", "swift-nio"),
    product("NIOWebSocket", "swift-nio"), product("NIOSSL", "swift-nio-ssl"),
]
let logging = product("Logging", "swift-log")
let arguments = product("ArgumentParser", "swift-argument-parser")
let subprocess = product("Subprocess", "swift-subprocess")

let modules: [Module] = [
    // C libraries, each wrapped once
    Module(name: "CCurl", kind: .system, pkgConfig: "libcurl", debian: "libcurl4-openssl-dev"),
    Module(name: "COpenSSL", kind: .system, pkgConfig: "openssl", debian: "libssl-dev"),
    Module(name: "CSQLite", kind: .system, pkgConfig: "sqlite3", debian: "libsqlite3-dev"),
    Module(name: "CZlib", kind: .system, pkgConfig: "zlib", debian: "zlib1g-dev"),
    Module(name: "CYAML", kind: .system, pkgConfig: "yaml-0.1", debian: "libyaml-dev"),

    // pure: no input or output, seconds to build and test
    Module(name: "JSON"),
    Module(name: "KubernetesModel", uses: ["JSON"]),
    Module(name: "Workloads", uses: ["KubernetesModel", "JSON"], testsUse: ["APIMachinery", "CEL"]),
    Module(name: "Admission", uses: ["Workloads", "KubernetesModel", "JSON"], testsUse: ["YAML"]),
    Module(name: "Reconciliation", uses: ["Workloads", "KubernetesModel", "JSON"]),
    Module(name: "Placement", uses: ["KubernetesModel", "JSON"]),

    // input and output
    Module(name: "YAML", uses: ["JSON", "CYAML"]),
    Module(name: "HTTPTransport", uses: ["CCurl"]),
    Module(name: "SQLite", uses: ["CSQLite"]),
    Module(name: "Cryptography", uses: ["COpenSSL"]),
    Module(
        name: "KubernetesClient", uses: ["KubernetesModel", "JSON", "YAML", "HTTPTransport"],
        external: [logging, subprocess]),
    Module(name: "Serving", uses: ["Cryptography"], external: nio + [logging]),
    Module(
        name: "Webhook",
        uses: [
            "Admission", "Workloads", "KubernetesClient", "KubernetesModel", "JSON", "YAML", "Serving", "Cryptography",
        ],
        external: [logging]),
    Module(
        name: "Extender", uses: ["Placement", "KubernetesClient", "KubernetesModel", "JSON", "Serving"],
        external: [logging]),
    Module(
        name: "Controllers", uses: ["Reconciliation", "Workloads", "KubernetesClient", "KubernetesModel", "JSON"],
        external: [logging]),
    Module(
        name: "FileSync", uses: ["HTTPTransport", "Cryptography", "JSON", "CZlib"], external: [subprocess]),

    // the local cluster: never part of production
    Module(name: "CEL", path: "LocalCluster/CEL", uses: ["JSON"]),
    Module(name: "APIMachinery", path: "LocalCluster/APIMachinery", uses: ["CEL", "KubernetesModel", "JSON"]),
    Module(
        name: "LocalAPIServer", path: "LocalCluster/APIServer",
        uses: [
            "APIMachinery", "CEL", "KubernetesModel", "JSON", "Serving", "Cryptography", "HTTPTransport", "SQLite",
            "YAML",
        ],
        external: [logging]),
    Module(
        name: "LocalScheduler", path: "LocalCluster/Scheduler",
        uses: ["KubernetesClient", "KubernetesModel", "JSON", "YAML", "HTTPTransport"], external: [logging]),
    Module(
        name: "LocalNode", path: "LocalCluster/Node",
        uses: ["KubernetesClient", "KubernetesModel", "JSON", "HTTPTransport"],
        external: [product("NIOCore", "swift-nio"), product("NIOPosix", "swift-nio"), logging]),

    Module(
        name: "LocalControllers", path: "LocalCluster/Controllers",
        uses: ["APIMachinery", "KubernetesClient", "KubernetesModel", "JSON"], external: [logging]),

    // executables: argument parsing only
    Module(
        name: "kubedl", kind: .executable,
        uses: [
            "Webhook", "Extender", "Controllers", "Admission", "Reconciliation", "Workloads", "KubernetesClient",
            "KubernetesModel", "Serving", "YAML",
        ],
        external: [arguments, logging], isTested: false),
    Module(name: "kubedl-sync", kind: .executable, uses: ["FileSync"], isTested: false),
    Module(
        name: "kubedl-local", kind: .executable,
        uses: [
            "LocalAPIServer", "LocalControllers", "LocalScheduler", "LocalNode", "KubernetesClient", "KubernetesModel",
            "Serving",
        ],
        external: [arguments, logging], isTested: false),
]

/// Test targets that belong to no single module.
let integrationTests: [(name: String, uses: [String], external: [Target.Dependency])] = [
    (
        "IntegrationTests",
        [
            "JSON", "KubernetesModel", "KubernetesClient", "HTTPTransport", "YAML", "kubedl", "kubedl-local",
            "kubedl-sync",
        ], []
    ),
    (
        "ConformanceTests",
        ["JSON", "KubernetesModel", "KubernetesClient", "HTTPTransport", "YAML", "kubedl-local"], []
    ),
    (
        "FaultTests",
        [
            "JSON", "KubernetesModel", "KubernetesClient", "HTTPTransport", "LocalAPIServer", "Cryptography",
            "COpenSSL",
        ], [logging]
    ),
]

// `KUBEDL_ONLY=JSON,Placement` keeps those modules, what they use and their tests, so that a pure module builds and
// tests in seconds, without fetching or compiling anything else. See `make test-JSON`.
let byName = Dictionary(uniqueKeysWithValues: modules.map { ($0.name, $0) })
let only = Context.environment["KUBEDL_ONLY"].map { $0.split(separator: ",").map(String.init) }
let wanted = only ?? modules.map(\.name) + integrationTests.map(\.name)
/// What the helpers that all tests share are written with.
let usedByTestSupport = ["JSON"]

func closure(of names: [String]) -> Set<String> {
    var found = Set<String>()
    var pending = names
    while let name = pending.popLast() {
        guard found.insert(name).inserted else { continue }
        pending += byName[name]?.uses ?? integrationTests.first { $0.name == name }?.uses ?? []
    }
    return found
}
let kept = closure(of: wanted + wanted.flatMap { byName[$0]?.testsUse ?? [] } + usedByTestSupport)

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func targets(for module: Module) -> [Target] {
    let path = "Sources/" + (module.path ?? module.name)
    let dependencies = module.uses.map { Target.Dependency.target(name: $0) } + module.external
    var made: [Target] = []
    switch module.kind {
    case .system:
        return [
            .systemLibrary(
                name: module.name, path: path, pkgConfig: module.pkgConfig,
                providers: module.debian.map { [.apt([$0])] })
        ]
    case .library:
        made.append(.target(name: module.name, dependencies: dependencies, path: path, swiftSettings: settings))
    case .executable:
        made.append(
            .executableTarget(name: module.name, dependencies: dependencies, path: path, swiftSettings: settings))
    }
    if module.isTested, wanted.contains(module.name) {
        // Tests may use all that their module uses.
        made.append(
            .testTarget(
                name: module.name + "Tests",
                dependencies: [.target(name: module.name), .target(name: "TestSupport")] + dependencies
                    + module.testsUse.map { .target(name: $0) },
                path: "Tests/\(module.name)Tests", swiftSettings: settings))
    }
    return made
}

let moduleTargets = modules.filter { kept.contains($0.name) }.flatMap(targets(for:))
let support: Target = .target(
    name: "TestSupport", dependencies: usedByTestSupport.map { .target(name: $0) }, path: "Tests/Support",
    swiftSettings: settings)
let integrationTargets: [Target] = integrationTests.filter { kept.contains($0.name) }.map { test in
    .testTarget(
        name: test.name, dependencies: (test.uses + ["TestSupport"]).map { .target(name: $0) } + test.external,
        path: "Tests/\(test.name)", swiftSettings: settings)
}

let needsPackages = modules.contains { kept.contains($0.name) && !$0.external.isEmpty }
let package = Package(
    name: "kubedl",
    platforms: [.macOS(.v15)],
    products: modules.filter { $0.kind == .executable && kept.contains($0.name) }
        .map { .executable(name: $0.name, targets: [$0.name]) },
    dependencies: needsPackages
        ? [
            .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
            .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
            .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
            .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
            .package(url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.2", traits: []),
        ] : [],
    targets: moduleTargets + [support] + integrationTargets
)
