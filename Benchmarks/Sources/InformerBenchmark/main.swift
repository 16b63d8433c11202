import Foundation
import HTTPTransport
import KubernetesClient

// swift run --package-path Benchmarks -c release informer
//
// 100,000 pods through an informer that keeps twelve fields, against typed structs from `JSONDecoder` of the same bytes
// over the same connection. Each side runs in a process of its own; the server is a third.

let pods = 100_000
let events = 50_000
let arguments = CommandLine.arguments
if arguments.count == 4 {
    let tls = TLSOptions(certificateAuthority: .pem([UInt8](try Data(contentsOf: URL(filePath: arguments[3])))))
    let configuration = ClientConfiguration(server: "https://127.0.0.1:\(arguments[2])", tls: tls)
    let client = KubernetesClient(configuration: configuration)
    let measured =
        arguments[1] == "informer"
        ? try await InformerSide.run(client, pods, events) : try await DecoderSide.run(client, pods, events)
    print(String(decoding: try JSONEncoder().encode(measured), as: UTF8.self))
} else {
    let server = try ReplayServer(pods: pods, events: events)
    defer { server.stop() }
    let informer = try server.measure("informer")
    let decoder = try server.measure("decoder")
    func row(_ name: String, _ value: (Measured) -> Double, _ format: String) {
        let (ours, theirs) = (value(informer), value(decoder))
        let cells = [
            String(format: format, ours), String(format: format, theirs), String(format: "%.2f", ours / theirs),
        ]
        print(name.padding(toLength: 44, withPad: " ", startingAt: 0), cells.joined(separator: "   "))
    }
    print("\(pods) pods, \(events) events; informer, JSONDecoder, ratio")
    row("first list, seconds", \.listSeconds, "%8.2f")
    row("first list, CPU seconds of the client", \.listCPU, "%8.2f")
    row("resident growth after the list, bytes a pod", \.bytesPerPod, "%8.0f")
    row("events a CPU second", \.eventsPerCPUSecond, "%8.0f")
    row("events a second", \.eventsPerSecond, "%8.0f")
}
