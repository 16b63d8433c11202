import Foundation
import JSON

/// What each way is asked for: the few fields that a webhook or an extender looks at. The sums keep the work honest and
/// show that all ways read the same.
enum Readings {
    static func tape(_ text: [UInt8]) throws -> Int {
        let document = try JSONDocument(parsing: text)
        return document.root.count
    }

    static func tapeReview(_ text: [UInt8]) throws -> Int {
        let pod = try JSONDocument(parsing: text).root.require("request").require("object")
        var sum = try pod.require("metadata").requireString("name").utf8.count
        sum += pod[path: "metadata", "labels"]?.count ?? 0
        for container in try pod.require("spec").requireArray("containers").elements {
            sum += container[path: "resources", "limits", "nvidia.com/gpu"]?.string?.utf8.count ?? 0
            for port in container["ports"]?.elements ?? pod.elements { sum += port["containerPort"]?.int ?? 0 }
        }
        return sum
    }

    static func decodeReview(_ text: Data) throws -> Int {
        guard let pod = try JSONDecoder().decode(TypedReview.self, from: text).request.object else { return 0 }
        var sum = pod.metadata.name?.utf8.count ?? 0
        sum += pod.metadata.labels?.count ?? 0
        for container in pod.spec.containers {
            sum += container.resources?.limits?["nvidia.com/gpu"]?.utf8.count ?? 0
            for port in container.ports ?? [] { sum += port.containerPort }
        }
        return sum
    }

    static func tapeNodes(_ text: [UInt8]) throws -> Int {
        var sum = 0
        for node in try JSONDocument(parsing: text).root.requireArray("items").elements {
            sum += try node.require("metadata").requireString("name").utf8.count
            sum += node[path: "metadata", "labels"]?.count ?? 0
            sum += node[path: "spec", "taints"]?.count ?? 0
            guard let status = node["status"] else { continue }
            sum += status[path: "allocatable", "nvidia.com/gpu"]?.string?.utf8.count ?? 0
            sum += status[path: "allocatable", "memory"]?.string?.utf8.count ?? 0
            for condition in status["conditions"]?.elements ?? node.elements
            where condition["type"]?.stringEquals("Ready") == true {
                sum += condition["status"]?.stringEquals("True") == true ? 1 : 0
            }
        }
        return sum
    }

    static func decodeNodes(_ text: Data) throws -> Int {
        var sum = 0
        for node in try JSONDecoder().decode(TypedNodeList.self, from: text).items {
            sum += node.metadata.name?.utf8.count ?? 0
            sum += node.metadata.labels?.count ?? 0
            sum += node.spec.taints?.count ?? 0
            sum += node.status.allocatable?["nvidia.com/gpu"]?.utf8.count ?? 0
            sum += node.status.allocatable?["memory"]?.utf8.count ?? 0
            for condition in node.status.conditions ?? [] where condition.type == "Ready" {
                sum += condition.status == "True" ? 1 : 0
            }
        }
        return sum
    }
}
