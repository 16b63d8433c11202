import Foundation
import HTTPTransport
import JSON
import KubernetesClient
import KubernetesModel

/// The same twelve fields as typed structs of `JSONDecoder`.
private struct DecodedPod: Decodable {
    struct Metadata: Decodable {
        var name: String
        var namespace: String
        var uid: String
        var resourceVersion: String
        var labels: [String: String]?
        var deletionTimestamp: String?
    }
    struct Spec: Decodable {
        struct Container: Decodable {
            struct Resources: Decodable { var requests: [String: String]? }
            var resources: Resources?
        }
        var nodeName: String?
        var containers: [Container]
    }
    struct Status: Decodable {
        struct Condition: Decodable {
            var type: String
            var status: String
        }
        var phase: String?
        var conditions: [Condition]?
    }
    var metadata: Metadata
    var spec: Spec
    var status: Status
}

private struct DecodedList: Decodable {
    struct Metadata: Decodable { var `continue`: String? }
    var metadata: Metadata
    var items: [DecodedPod]
}

private struct DecodedEvent: Decodable {
    var type: String
    var object: DecodedPod
}

enum DecoderSide {
    static func run(_ client: KubernetesClient, _ pods: Int, _ events: Int) async throws -> Measured {
        var measured = Measured()
        let decoder = JSONDecoder()
        var store: [ObjectKey: DecodedPod] = [:]
        func keep(_ pod: DecodedPod) {
            store[ObjectKey(namespace: pod.metadata.namespace, name: pod.metadata.name)] = pod
        }
        let start = try Usage()
        var token: String?
        repeat {
            let query = [("limit", "500")] + (token.map { [("continue", $0)] } ?? [])
            let body = try await client.raw("GET", "/api/v1/pods", query: query, timeout: .seconds(60)).body
            let page = try decoder.decode(DecodedList.self, from: Data(body))
            page.items.forEach(keep)
            token = page.metadata.continue
        } while token != nil
        try measured.noteList(from: start, pods)
        guard store.count == pods else { throw ReplayServer.Failed(what: "\(store.count) pods") }

        let begin = try Usage()
        var count = 0
        // The stream and its framing are ours on both sides; only what is made of an event differs.
        for try await event in try await client.watch(.pods) {
            let text =
                Data(#"{"type":"\#(event.type.rawValue)","object":"#.utf8) + Data(event.object.bytes) + Data("}".utf8)
            keep(try decoder.decode(DecodedEvent.self, from: text).object)
            count += 1
            if count == events { break }
        }
        try measured.noteEvents(from: begin, events)
        return measured
    }
}
