import JSON
import Testing

private let immutable = "KEP-1412; kubernetes.io: ConfigMaps, Immutable ConfigMaps"
private let secrets = "kubernetes.io: Secrets"
private let validation = "pkg/apis/core/validation/validation.go"

extension Conformance {
    @Suite("Config maps and secrets") struct ConfigurationTests {
        @Test(
            "An immutable config map's data cannot be changed", .source(immutable),
            arguments: [
                "{data: {k: w}}", "{data: {l: v}}", "{binaryData: {b: eA==}}", "{immutable: null}",
                "{immutable: false}",
            ])
        func immutableConfigMap(_ change: String) async throws {
            try await api.post("configmaps", "{metadata: {name: a}, immutable: true, data: {k: v}}").succeeds(201)
            try await api.patch("configmaps/a", .merge, change).fails(
                422, "Invalid", "field is immutable when `immutable` is set")
        }

        @Test("An immutable config map's labels can be changed", .source(immutable))
        func immutableLabels() async throws {
            try await api.post("configmaps", "{metadata: {name: a}, immutable: true, data: {k: v}}").succeeds(201)
            try await api.patch("configmaps/a", .merge, "{metadata: {labels: {l: x}}}").succeeds()
        }

        @Test("An immutable secret's data cannot be changed", .source(immutable))
        func immutableSecret() async throws {
            try await api.post("secrets", "{metadata: {name: a}, immutable: true, data: {k: dg==}}").succeeds(201)
            try await api.patch("secrets/a", .merge, "{stringData: {k: w}}")
                .fails(422, "Invalid", causes: ["data FieldValueForbidden"])
        }

        @Test("Binary data keeps its bytes", .source("kubernetes.io: ConfigMaps"))
        func binaryData() async throws {
            let made = try await api.post("configmaps", "{metadata: {name: a}, binaryData: {b: AAEC/w==}}").succeeds(
                201)
            #expect(made["binaryData.b"]?.string == "AAEC/w==")
        }

        @Test("stringData is written into data and not kept", .source(secrets))
        func stringData() async throws {
            let made = try await api.post(
                "secrets", "{metadata: {name: a}, data: {k: b2xk, l: bA==}, stringData: {k: new}}"
            ).succeeds(201)
            #expect(made["data"] == ["k": "bmV3", "l": "bA=="])
            #expect(made["stringData"] == nil)
        }

        @Test("A secret's type is Opaque unless said, and stays", .source("\(secrets), Types of Secret"))
        func type() async throws {
            #expect(try await api.post("secrets", "{metadata: {name: a}}").succeeds(201)["type"]?.string == "Opaque")
            try await api.patch("secrets/a", .merge, "{type: example.com/other}")
                .fails(422, "Invalid", "field is immutable", causes: ["type FieldValueInvalid"])
        }

        @Test("Data that is not base64 answers 400", .source("encoding/json: []byte"))
        func notBase64() async throws {
            try await api.post("secrets", "{metadata: {name: a}, data: {k: 'not base64!'}}").fails(
                400, "BadRequest", "illegal base64 data")
        }

        @Test("A config map of more than 1 MiB is refused", .source("\(validation): ValidateConfigMap"))
        func tooLarge() async throws {
            try await api.post(
                "configmaps", "{metadata: {name: a}, data: {k: \(String(repeating: "x", count: 1_048_600))}}"
            )
            .fails(422, "Invalid", "Too long")
        }

        static let refusals: [Refusal] = [
            .init(
                "A key has no blanks", source: "\(validation): ValidateConfigMap", "configmaps",
                "{metadata: {name: a}, data: {'a b': v}}",
                "data[a b] FieldValueInvalid", words: "a valid config key must consist of alphanumeric characters"),
            .init(
                "A key is not a way up", source: "\(validation): ValidateConfigMap", "configmaps",
                "{metadata: {name: a}, data: {'..': v}}",
                "data[..] FieldValueInvalid"),
            .init(
                "A key is in data or in binaryData", source: "\(validation): ValidateConfigMap", "configmaps",
                "{metadata: {name: a}, data: {k: v}, binaryData: {k: dg==}}", "data[k] FieldValueInvalid",
                words: "duplicate of key present in binaryData"),
            .init(
                "A secret's key has no blanks", source: "\(validation): ValidateSecret", "secrets",
                "{metadata: {name: a}, stringData: {'a b': v}}",
                "data[a b] FieldValueInvalid"),
            .init(
                "A TLS secret has certificate and key", source: "\(secrets), TLS Secrets", "secrets",
                "{metadata: {name: a}, type: kubernetes.io/tls, data: {}}", "data[tls.crt] FieldValueRequired",
                "data[tls.key] FieldValueRequired"),
            .init(
                "A registry's secret has its file", source: "\(secrets), Docker config Secrets", "secrets",
                "{metadata: {name: a}, type: kubernetes.io/dockerconfigjson, data: {}}",
                "data[.dockerconfigjson] FieldValueRequired"),
            .init(
                "A registry's file is JSON", source: "\(secrets), Docker config Secrets", "secrets",
                "{metadata: {name: a}, type: kubernetes.io/dockerconfigjson, stringData: {.dockerconfigjson: 'no'}}",
                "data[.dockerconfigjson] FieldValueInvalid"),
            .init(
                "A service account's token names its account", source: "\(secrets), ServiceAccount token Secrets",
                "secrets",
                "{metadata: {name: a}, type: kubernetes.io/service-account-token}",
                "metadata.annotations[kubernetes.io/service-account.name] FieldValueRequired"),
        ]

        @Test("Data that is refused", arguments: refusals)
        func refused(_ row: Refusal) async throws { try await row.check() }
    }
}
