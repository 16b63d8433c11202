import JSON
import Testing

private let page = "kubernetes.io: Service"
private let validation = "pkg/apis/core/validation/validation.go: ValidateService"
private let storage = "pkg/registry/core/service/storage"

extension Conformance {
    @Suite("Services") struct ServiceTests {
        private func make(_ spec: String = "{ports: [{port: 80}]}") async throws -> Answer {
            try await api.post("services", "{metadata: {name: a}, spec: \(spec)}").succeeds(201)
        }

        @Test(
            "A service gets an address of its own and its spec is completed",
            .source("pkg/apis/core/v1/defaults.go; \(storage)"))
        func defaults() async throws {
            let service = try await make()
            #expect(service["spec.type"]?.string == "ClusterIP")
            #expect(service["spec.clusterIP"]?.string?.isEmpty == false)
            #expect(service["spec.clusterIPs.0"] == service["spec.clusterIP"])
            #expect(service["spec.ipFamilyPolicy"]?.string == "SingleStack")
            #expect(service["spec.ipFamilies"]?.array?.count == 1)
            #expect(service["spec.sessionAffinity"]?.string == "None")
            #expect(service["spec.internalTrafficPolicy"]?.string == "Cluster")
            #expect(service["spec.ports"] == [["port": 80, "protocol": "TCP", "targetPort": 80]])
            #expect(service["status"] == ["loadBalancer": [:]])
        }

        @Test("A headless service has the address None", .source("\(page), Headless Services"))
        func headless() async throws {
            let service = try await make("{clusterIP: None, selector: {app: a}}")
            #expect(service["spec.clusterIP"]?.string == "None")
            #expect(service["spec.clusterIPs"] == ["None"])
        }

        @Test("No two services have one address", .source(storage))
        func taken() async throws {
            let address = try #require(try await make()["spec.clusterIP"]?.string)
            try await api.post(
                "services", "{metadata: {name: b}, spec: {clusterIP: '\(address)', ports: [{port: 80}]}}"
            )
            .fails(422, "Invalid", "provided IP is already allocated", causes: ["spec.clusterIPs FieldValueInvalid"])
        }

        @Test("An address of no service network is refused", .source(storage))
        func foreign() async throws {
            try await api.post("services", "{metadata: {name: b}, spec: {clusterIP: 192.0.2.1, ports: [{port: 80}]}}")
                .fails(422, "Invalid", "failed to allocate IP 192.0.2.1")
        }

        @Test("The address cannot be changed", .source(validation))
        func addressStays() async throws {
            _ = try await make()
            try await api.patch("services/a", .merge, "{spec: {clusterIP: 192.0.2.1, clusterIPs: [192.0.2.1]}}")
                .fails(422, "Invalid", "may not change once set", causes: ["spec.clusterIPs[0] FieldValueInvalid"])
        }

        @Test("An update that leaves the address out keeps it", .source("\(storage): patchAllocatedValues"))
        func addressKept() async throws {
            let made = try await make()
            let updated = try await api.put("services/a", "{metadata: {name: a}, spec: {ports: [{port: 81}]}}")
                .succeeds()
            #expect(updated["spec.clusterIP"] == made["spec.clusterIP"])
            #expect(updated["spec.ports.0.targetPort"]?.int == 81)
        }

        @Test("A node port is allocated where the type wants one, and kept", .source("\(page), type: NodePort"))
        func nodePort() async throws {
            let service = try await make("{type: NodePort, ports: [{port: 80}]}")
            let port = try #require(service["spec.ports.0.nodePort"]?.int)
            #expect(service["spec.externalTrafficPolicy"]?.string == "Cluster")
            let updated = try await api.put(
                "services/a", "{metadata: {name: a}, spec: {type: NodePort, ports: [{port: 80}], selector: {app: a}}}"
            ).succeeds()
            #expect(updated["spec.ports.0.nodePort"]?.int == port)
            let changed = try await api.patch("services/a", .merge, "{spec: {type: ClusterIP, ports: [{port: 80}]}}")
                .succeeds()
            #expect(changed["spec.ports.0.nodePort"] == nil)
            #expect(changed["spec.externalTrafficPolicy"] == nil)
        }

        @Test("A deleted service's address is free again", .source(storage))
        func released() async throws {
            let address = try #require(try await make()["spec.clusterIP"]?.string)
            try await api.delete("services/a").succeeds()
            let made = try await api.post(
                "services", "{metadata: {name: b}, spec: {clusterIP: '\(address)', ports: [{port: 80}]}}")
            // Another case may have been quicker.
            if made.status == 201 {
                #expect(made["spec.clusterIP"]?.string == address)
            } else {
                made.fails(422, "Invalid", "provided IP is already allocated")
            }
        }

        @Test("An external name has no address", .source("\(page), type: ExternalName"))
        func externalName() async throws {
            let service = try await make("{type: ExternalName, externalName: example.com}")
            #expect(service["spec.clusterIP"] == nil)
        }

        @Test("A target port may be a name", .source(page))
        func namedTarget() async throws {
            #expect(
                try await make("{ports: [{port: 80, targetPort: http}]}")["spec.ports.0.targetPort"]?.string == "http")
        }

        private static func refusal(_ name: String, _ spec: String, _ cause: String, words: String = "") -> Refusal {
            Refusal(name, source: validation, "services", "{metadata: {name: a}, spec: \(spec)}", cause, words: words)
        }

        static let refusals: [Refusal] = [
            refusal("A service has a port", "{selector: {app: a}}", "spec.ports FieldValueRequired"),
            refusal(
                "Several ports have names", "{ports: [{port: 80}, {port: 81, name: p}]}",
                "spec.ports[0].name FieldValueRequired"),
            refusal(
                "Names of ports differ", "{ports: [{port: 80, name: p}, {port: 81, name: p}]}",
                "spec.ports[1].name FieldValueDuplicate"),
            refusal(
                "Ports differ", "{ports: [{port: 80, name: p}, {port: 80, name: q}]}",
                "spec.ports[1] FieldValueDuplicate"),
            refusal("A port is at most 65535", "{ports: [{port: 65536}]}", "spec.ports[0].port FieldValueInvalid"),
            refusal(
                "A target port is at least 1", "{ports: [{port: 80, targetPort: -1}]}",
                "spec.ports[0].targetPort FieldValueInvalid"),
            refusal(
                "A protocol is TCP, UDP or SCTP", "{ports: [{port: 80, protocol: HTTP}]}",
                "spec.ports[0].protocol FieldValueNotSupported"),
            refusal("A type is one of four", "{type: Local, ports: [{port: 80}]}", "spec.type FieldValueNotSupported"),
            refusal(
                "An affinity is None or ClientIP", "{sessionAffinity: Host, ports: [{port: 80}]}",
                "spec.sessionAffinity FieldValueNotSupported"),
            refusal(
                "A service of the type ExternalName has one", "{type: ExternalName}",
                "spec.externalName FieldValueRequired"),
            refusal(
                "A selector is of labels", "{selector: {'a b': x}, ports: [{port: 80}]}",
                "spec.selector FieldValueInvalid"),
        ]

        @Test("Services that are refused", arguments: refusals)
        func refused(_ row: Refusal) async throws { try await row.check() }
    }
}
