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

let package = Package(
    name: "kubedl-benchmarks",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "json", targets: ["JSONBenchmark"]),
        .executable(name: "json-verdicts", targets: ["JSONVerdicts"]),
        .executable(name: "placement", targets: ["PlacementBenchmark"]),
    ],
    targets: [
        .target(name: "JSON", swiftSettings: settings),
        .target(name: "KubernetesModel", dependencies: ["JSON"], swiftSettings: settings),
        .target(name: "Placement", dependencies: ["KubernetesModel", "JSON"], swiftSettings: settings),
        .executableTarget(name: "JSONBenchmark", dependencies: ["JSON"], swiftSettings: settings),
        .executableTarget(name: "JSONVerdicts", dependencies: ["JSON"], swiftSettings: settings),
        .executableTarget(name: "PlacementBenchmark", dependencies: ["Placement"], swiftSettings: settings),
    ]
)
