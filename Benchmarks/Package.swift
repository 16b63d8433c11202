// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that building and testing the suite never builds benchmarks.
//
// What the suite's modules offer each other has `package` access, which ends at a package. So the modules under test are
// compiled here once more, as targets of this package: `Sources/<Module>` is a symbolic link to the module's folder.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
func nio(_ name: String) -> Target.Dependency { .product(name: name, package: "swift-nio") }
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")

/// A target whose folder has its name, in the settings of all.
func target(_ name: String, _ uses: Target.Dependency...) -> Target {
    .target(name: name, dependencies: uses, swiftSettings: settings)
}
func program(_ name: String, _ uses: Target.Dependency...) -> Target {
    .executableTarget(name: name, dependencies: uses, swiftSettings: settings)
}

let package = Package(
    name: "kubedl-benchmarks",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "json", targets: ["JSONBenchmark"]),
        .executable(name: "json-verdicts", targets: ["JSONVerdicts"]),
        .executable(name: "placement", targets: ["PlacementBenchmark"]),
        .executable(name: "informer", targets: ["InformerBenchmark"]),
        .executable(name: "api-server", targets: ["APIServerBenchmark"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.2", traits: []),
    ],
    targets: [
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl"),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl"),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3"),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1"),
        target("JSON"),
        target("KubernetesModel", "JSON"),
        target("Placement", "KubernetesModel", "JSON"),
        target("YAML", "JSON", "CYAML"),
        target("HTTPTransport", "CCurl"),
        target("KubernetesClient", "KubernetesModel", "JSON", "YAML", "HTTPTransport", logging, subprocess),
        target("Cryptography", "COpenSSL"),
        target("SQLite", "CSQLite"),
        target(
            "Serving", "Cryptography", logging, nio("NIOCore"), nio("NIOPosix"), nio("NIOHTTP1"), nio("NIOWebSocket"),
            .product(name: "NIOSSL", package: "swift-nio-ssl")),
        target("CEL", "JSON"),
        target("APIMachinery", "KubernetesModel", "JSON"),
        target(
            "LocalAPIServer", "APIMachinery", "CEL", "KubernetesModel", "JSON", "Serving", "Cryptography",
            "HTTPTransport", "SQLite", "YAML", logging),
        program("JSONBenchmark", "JSON"),
        program("JSONVerdicts", "JSON"),
        program("PlacementBenchmark", "Placement"),
        program("InformerBenchmark", "KubernetesClient", "KubernetesModel", "JSON", "HTTPTransport", logging),
        program("APIServerBenchmark", "LocalAPIServer", "Serving", "HTTPTransport", "JSON", logging),
    ]
)
