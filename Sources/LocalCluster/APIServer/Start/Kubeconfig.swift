import Cryptography
import JSON
import YAML

/// Renders the kubeconfig of a local cluster.
enum Kubeconfig {
    /// YAML text with everything inline: one cluster, one user, one context, all called `name`.
    static func text(name: String, server: String, authority: [UInt8], certificate: [UInt8], key: [UInt8]) -> String {
        YAML.emit(value(name: name, server: server, authority: authority, certificate: certificate, key: key))
    }

    static func value(
        name: String, server: String, authority: [UInt8], certificate: [UInt8], key: [UInt8]
    ) -> JSONValue {
        [
            "apiVersion": "v1", "kind": "Config",
            "clusters": [
                [
                    "name": JSONValue(name),
                    "cluster": [
                        "server": JSONValue(server),
                        "certificate-authority-data": JSONValue(Base64.encodeText(authority)),
                    ],
                ]
            ],
            "users": [
                [
                    "name": JSONValue(name),
                    "user": [
                        "client-certificate-data": JSONValue(Base64.encodeText(certificate)),
                        "client-key-data": JSONValue(Base64.encodeText(key)),
                    ],
                ]
            ],
            "contexts": [
                ["name": JSONValue(name), "context": ["cluster": JSONValue(name), "user": JSONValue(name)]]
            ],
            "current-context": JSONValue(name),
        ]
    }
}
