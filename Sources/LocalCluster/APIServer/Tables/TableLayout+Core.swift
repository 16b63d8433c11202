import JSON
import KubernetesModel

/// Columns of the core kinds. Source: k8s.io/kubernetes pkg/printers/internalversion/printers.go.
extension TableLayout {
    static let createdAt = TableLayout(.name, .text("Created At", "metadata", "creationTimestamp"))

    static let namespaces = TableLayout(.name, .text("Status", "status", "phase"), .age)

    static let configMaps = TableLayout(
        .name, .count("Data", ["data"], ["binaryData"]), .age)

    static let secrets = TableLayout(.name, .text("Type", "type"), .count("Data", ["data"]), .age)

    static let serviceAccounts = TableLayout(.name, .count("Secrets", ["secrets"]), .age)

    static let resourceQuotas = TableLayout(
        .name, .made("Request") { quotaText($0, limits: false) }, .made("Limit") { quotaText($0, limits: true) }, .age)

    private static func quotaText(_ quota: JSONView, limits: Bool) -> String {
        let hard = quota[path: "status", "hard"]?.members.map { ($0.key, $0.value) } ?? []
        return hard.filter { $0.0.hasPrefix("limits.") == limits }.sorted { $0.0 < $1.0 }.map { name, limit in
            "\(name): \(scalarText(quota[path: "status", "used", name]) ?? "0")/\(scalarText(limit) ?? "")"
        }.joined(separator: ", ")
    }

    static let nodes = TableLayout(
        .name, .made("Status") { nodeStatus($0) }, .made("Roles") { nodeRoles($0) }, .age,
        .text("Version", "status", "nodeInfo", "kubeletVersion"), nodeAddress("Internal-IP", "InternalIP"),
        nodeAddress("External-IP", "ExternalIP"), nodeInfo("OS-Image", "osImage"),
        nodeInfo("Kernel-Version", "kernelVersion"), nodeInfo("Container-Runtime", "containerRuntimeVersion"))

    private static func nodeAddress(_ name: String, _ type: String) -> FilledColumn {
        .made(name, priority: 1) { node in
            let found = node[path: "status", "addresses"]?.elements.first { $0["type"]?.string == type }
            return found?["address"]?.string ?? "<none>"
        }
    }

    private static func nodeInfo(_ name: String, _ field: String) -> FilledColumn {
        .text(name, "status", "nodeInfo", field, empty: "<unknown>", priority: 1)
    }

    private static func nodeStatus(_ node: JSONView) -> String {
        let ready = node[path: "status", "conditions"]?.elements.first { $0["type"]?.string == "Ready" }
        var texts = [ready == nil ? "Unknown" : ready?["status"]?.string == "True" ? "Ready" : "NotReady"]
        if node[path: "spec", "unschedulable"]?.bool == true { texts.append("SchedulingDisabled") }
        return texts.joined(separator: ",")
    }

    private static func nodeRoles(_ node: JSONView) -> String {
        let prefix = "node-role.kubernetes.io/"
        var roles: [String] = []
        if let labels = node[path: "metadata", "labels"] {
            for (key, value) in labels.members {
                if key.hasPrefix(prefix), key.count > prefix.count { roles.append(String(key.dropFirst(prefix.count))) }
                if key == "kubernetes.io/role", let role = value.string, !role.isEmpty { roles.append(role) }
            }
        }
        return roles.isEmpty ? "<none>" : roles.sorted().joined(separator: ",")
    }

    static let services = TableLayout(
        .name, .text("Type", "spec", "type"), .text("Cluster-IP", "spec", "clusterIP", empty: "<none>"),
        .made("External-IP") { externalAddress(of: $0) },
        .made("Port(s)") { service in
            let ports = service[path: "spec", "ports"]?.elements.map { port -> String in
                let nodePort = port["nodePort"]?.int ?? 0
                let number = "\(port["port"]?.int ?? 0)" + (nodePort > 0 ? ":\(nodePort)" : "")
                return number + "/" + (port["protocol"]?.string ?? "TCP")
            }
            return joined(ports, empty: "<none>")
        }, .age, .labels("Selector", "spec", "selector", priority: 1))

    private static func externalAddress(of service: JSONView) -> String {
        let type = service[path: "spec", "type"]?.string
        if type == "ExternalName" { return scalarText(service[path: "spec", "externalName"]) ?? "<none>" }
        let given = service[path: "spec", "externalIPs"]?.strings ?? []
        return joined(
            (type == "LoadBalancer" ? balancers(of: service) : []) + given,
            empty: type == "LoadBalancer" ? "<pending>" : "<none>")
    }

    /// Addresses or names of the load balancers of a service or an ingress.
    static func balancers(of object: JSONView) -> [String] {
        object[path: "status", "loadBalancer", "ingress"]?.elements.compactMap {
            $0["ip"]?.string ?? $0["hostname"]?.string
        } ?? []
    }

    private static func joined(_ texts: [String]?, empty: String) -> String {
        texts.flatMap { $0.isEmpty ? nil : $0.joined(separator: ",") } ?? empty
    }

    /// `a=b,c=d` sorted by key, or `<none>`; of a selector with `matchLabels` or `matchExpressions` its usual text.
    static func labelText(_ labels: JSONView?) -> String {
        if labels?["matchLabels"] != nil || labels?["matchExpressions"] != nil {
            return labels.flatMap { try? LabelSelector(json: $0).description } ?? "<none>"
        }
        let pairs = labels?.members.map { "\($0.key)=\($0.value.string ?? "")" } ?? []
        return pairs.isEmpty ? "<none>" : pairs.sorted().joined(separator: ",")
    }

    static let endpoints = TableLayout(
        .name,
        .made("Endpoints") { object in
            let texts = object["subsets"]?.elements.flatMap { subset -> [String] in
                let ports = subset["ports"]?.elements.compactMap { $0["port"]?.int } ?? []
                let addresses = subset["addresses"]?.elements.compactMap { $0["ip"]?.string } ?? []
                return addresses.flatMap { address in
                    ports.isEmpty ? [address] : ports.map { "\(address):\($0)" }
                }
            }
            return shortList(texts ?? [])
        }, .age)

    static let endpointSlices = TableLayout(
        .name, .text("AddressType", "addressType"),
        .made("Ports") {
            joined($0["ports"]?.elements.compactMap { $0["port"]?.int.map(String.init) }, empty: "<unset>")
        },
        .made("Endpoints") { shortList($0["endpoints"]?.elements.flatMap { $0["addresses"]?.strings ?? [] } ?? []) },
        .age)

    /// The first three of several texts, and how many more there are.
    static func shortList(_ texts: [String]) -> String {
        if texts.isEmpty { return "<none>" }
        let shown = texts.prefix(3).joined(separator: ",")
        return texts.count > 3 ? "\(shown) + \(texts.count - 3) more..." : shown
    }

    static let events = TableLayout(
        eventTime("Last Seen", [["series", "lastObservedTime"], ["lastTimestamp"], ["eventTime"]]),
        .text("Type", "type"), .text("Reason", "reason"),
        .made("Object") { event in
            let object = event["involvedObject"]
            return (object?["kind"]?.string ?? "").lowercased() + "/" + (object?["name"]?.string ?? "")
        }, .text("Subobject", "involvedObject", "fieldPath", priority: 1),
        .made("Source", priority: 1) { event in
            let source = ["component", "host"].compactMap { scalarText(event[path: "source", $0]) }
            return source.isEmpty ? event["reportingComponent"]?.string ?? "" : source.joined(separator: ", ")
        }, .made("Message") { trimmed($0["message"]?.string ?? "") },
        eventTime("First Seen", priority: 1, [["firstTimestamp"], ["eventTime"]]),
        .made("Count", priority: 1) { event in
            String(max(event["count"]?.int ?? event[path: "series", "count"]?.int ?? 1, 1))
        },
        FilledColumn(column: TableColumn("Name", format: "name", priority: 1)) { event, _ in event.nameCell })

    /// How long ago the first of several times was that is there, or the creation.
    private static func eventTime(_ name: String, priority: Int = 0, _ paths: [[String]]) -> FilledColumn {
        FilledColumn(column: TableColumn(name, priority: priority)) { event, now in
            let found = (paths + [["metadata", "creationTimestamp"]]).lazy.compactMap { scalarText(event[path: $0]) }
            return JSONValue(ageText(found.first, now))
        }
    }
}
