import HTTPTransport
import JSON
import KubernetesClient
import KubernetesModel
import TestSupport

/// A client of a scripted server, and texts as an API server writes them.
enum TestCluster {
    static func client(_ server: ScriptedServer, credentials: Credentials = .none) -> KubernetesClient {
        KubernetesClient(
            configuration: ClientConfiguration(server: server.url, credentials: credentials), userAgent: "test/1")
    }

    static func pod(_ name: String, rv: Int, uid: String? = nil, value: String = "") -> String {
        let metadata = #""name":"\#(name)","namespace":"ml","uid":"\#(uid ?? name)","resourceVersion":"\#(rv)""#
        return #"{"kind":"Pod","apiVersion":"v1","metadata":{\#(metadata)},"value":"\#(value)"}"#
    }

    static func list(_ items: [String], rv: Int, next: String? = nil) -> String {
        let more = next.map { #","continue":"\#($0)""# } ?? ""
        return #"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"\#(rv)"\#(more)},"#
            + #""items":[\#(items.joined(separator: ","))]}"#
    }

    static func event(_ type: String, _ object: String) -> String { #"{"type":"\#(type)","object":\#(object)}"# + "\n" }

    static func bookmark(_ rv: Int) -> String {
        event("BOOKMARK", #"{"kind":"Pod","apiVersion":"v1","metadata":{"resourceVersion":"\#(rv)"}}"#)
    }

    static func status(_ status: StatusBody) -> String { status.value.text }
}

extension ScriptedServer.Request {
    /// A parameter of the query, without percent-decoding.
    func query(_ name: String) -> String? {
        guard let start = target.firstIndex(of: "?") else { return nil }
        let pairs = target[target.index(after: start)...].split(separator: "&")
        return pairs.first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
    }

    var isWatch: Bool { query("watch") == "true" }
}
