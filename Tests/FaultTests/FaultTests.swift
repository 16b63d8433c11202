import Cryptography
import Foundation
import JSON
import KubernetesClient
import KubernetesModel
import TestSupport
import Testing

@Suite("the client under faults") struct FaultTests {
    /// Seconds of a longer run, of which a table is printed; `nil` for the short one.
    static let longRun = ProcessInfo.processInfo.environment["KUBEDL_FAULT_SECONDS"].flatMap { Int($0) }
    static let seeds: [UInt64] =
        ProcessInfo.processInfo.environment["KUBEDL_FAULT_SEED"].flatMap { UInt64($0) }.map { [$0] } ?? [1, 2]

    @Test(
        "informers reach the true state and never go backwards, also when the server comes back with other versions",
        arguments: seeds)
    func storm(seed: UInt64) async throws {
        let length = Duration.milliseconds((Self.longRun ?? 3) * 1000 / 3)
        try await FaultWorld.with(seed: seed, servers: 3) { world in
            let observers = try (0..<2).map { try Observer("informer-\($0)", world) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for observer in observers { group.addTask { try await observer.run() } }
                var floor: UInt64 = 0
                // First a server that comes back empty with lower versions, then one whose restore raised the versions
                // and compacted the rest, as etcdutl snapshot restore --bump-revision --mark-compacted does.
                for server in 0..<3 {
                    let versions = observers.map { UInt64($0.informer.resourceVersion) ?? 0 }
                    if server == 2 { floor = try await raise(world, above: versions) }
                    if server > 0 { world.goOn(with: server, floor: floor) }
                    world.proxy.harm(40)
                    if server == 1 { try await notice(observers, last: versions) }
                    try await Storm(world: world, server: server, seed: seed, length: length).rage()
                    world.proxy.setDown(true)
                    try await Task.sleep(for: .milliseconds(200))
                    world.proxy.setDown(false)
                    world.proxy.harm(0)
                    try await settle(observers, world, server)
                }
                group.cancelAll()
            }
            for observer in observers {
                #expect(observer.wrongs == [])
                observer.client.close()
            }
            try await eventually("all connections closed") { world.proxy.open == 0 }
            if Self.longRun != nil { print(FaultTable.text(world.proxy.records)) }
        }
    }

    /// Waits until lower versions are believed. Once they have overtaken the old ones, no client can tell them apart.
    private func notice(_ observers: [Observer], last versions: [UInt64]) async throws {
        for (observer, last) in zip(observers, versions) {
            try await eventually("the lower versions are believed") {
                UInt64(observer.informer.resourceVersion).map { $0 < last } ?? false
            }
        }
    }

    /// Makes the versions of the third server higher than those given.
    private func raise(_ world: FaultWorld, above versions: [UInt64]) async throws -> UInt64 {
        let client = try world.directClient(2)
        defer { client.close() }
        let goal = versions.max() ?? 0
        let key = ObjectKey(namespace: "default", name: "raise")
        _ = try await client.create(.configMaps, namespace: "default", ["metadata": ["name": "raise"]])
        while true {
            let value = "\(UInt64.random(in: 0 ... .max))"
            let written = try await client.patch(.configMaps, key, .merge(["data": ["value": JSONValue(value)]]))
            let version = UInt64(ObjectMeta(of: written.root).resourceVersion) ?? 0
            if version > goal { return version }
        }
    }

    /// Waits until informers, handlers and the server agree.
    private func settle(_ observers: [Observer], _ world: FaultWorld, _ server: Int) async throws {
        let client = try world.directClient(server)
        defer { client.close() }
        let list = try await client.listAll(.configMaps)
        let truth = Dictionary(uniqueKeysWithValues: list.items.map { (ObjectMeta(of: $0).key, Seen($0)) })
        for observer in observers {
            try await eventually("the true state of server \(server)") {
                observer.informer.snapshot == truth && observer.told == truth
            }
        }
    }

    @Test("a fault that stays does not make the client busy", arguments: Fault.allCases)
    func rate(fault: Fault) async throws {
        try await FaultWorld.with(seed: 7) { world in
            let observer = try Observer("informer", world)
            world.proxy.harm(100, [fault])
            let began = ContinuousClock.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await observer.run() }
                try await Task.sleep(for: .milliseconds(500))
                group.cancelAll()
            }
            let spent = ContinuousClock.now - began
            // A wait of at least the back-off's base goes before each list and watch.
            let most = 2 * (Int(spent / FaultWorld.backoff.base) + 1)
            #expect(world.proxy.requests["informer", default: 0] <= most)
            observer.client.close()
        }
    }

    /// What is replaced while clients run.
    enum Rotation: CaseIterable { case token, serverCertificate, authority }

    @Test("new tokens, server certificates and authorities are taken up", arguments: Rotation.allCases)
    func rotation(rotation: Rotation) async throws {
        try await FaultWorld.with(seed: 11) { world in
            world.proxy.require(token: "first")
            let observer = try Observer("informer", world)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await observer.run() }
                try await observer.informer.waitUntilSynced()
                switch rotation {
                case .token:
                    world.proxy.require(token: "second")
                    try world.folder.write("token", "second")
                case .serverCertificate, .authority:
                    let authority = try CertificateAuthority.make(commonName: "second")
                    world.proxy.show(try FaultWorld.identity(in: world.folder, by: authority))
                }
                try await Storm(world: world, server: 0, seed: 11, length: .milliseconds(300)).rage()
                try await settle([observer], world, 0)
                group.cancelAll()
            }
            observer.client.close()
        }
    }
}
