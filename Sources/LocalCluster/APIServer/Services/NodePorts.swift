import JSON
import KubernetesModel

/// Gives the ports of services of the types NodePort and LoadBalancer their numbers on the nodes.
///
/// Source: pkg/registry/core/service/portallocator; kube-apiserver --service-node-port-range.
enum NodePorts {
    static let range = 30000...32767

    /// Fills in what is missing with numbers that none of `others` has. Throws 422 for a number that is taken or out of
    /// range.
    static func assign(
        _ service: inout JSONValue, others: [JSONView], _ definition: ResourceDefinition
    ) throws(StatusBody) {
        guard let spec = service["spec"], ServiceBehavior.hasNodePorts(spec) else { return }
        var used = Set(others.flatMap { numbers(of: $0) })
        var ports = spec["ports"]?.elements ?? []
        for index in ports.indices {
            let path = FieldPath("spec", "ports").index(index).child("nodePort")
            if let wanted = ports[index]["nodePort"]?.int, wanted != 0 {
                let problem =
                    !range.contains(wanted)
                    ? "provided port is not in the valid range. The range of valid ports is "
                        + "\(range.lowerBound)-\(range.upperBound)"
                    : used.contains(wanted) ? "provided port is already allocated" : nil
                if let problem {
                    throw .invalid(
                        definition, name: service.metadataName, [.invalid(path, wanted, problem)])
                }
                used.insert(wanted)
            } else {
                guard let free = range.first(where: { !used.contains($0) }) else {
                    throw .internalError("failed to allocate a nodePort: range is full")
                }
                used.insert(free)
                ports[index]["nodePort"] = JSONValue(free)
            }
        }
        service[path: ["spec", "ports"]] = JSONValue(ports)
    }

    private static func numbers(of service: JSONView) -> [Int] {
        service[path: "spec", "ports"]?.elements.compactMap { $0["nodePort"]?.int } ?? []
    }
}
