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

    static let nodes = TableLayout([
        .name, TableColumn("Status"), TableColumn("Roles"), .age, TableColumn("Version"),
        TableColumn("Internal-IP", priority: 1), TableColumn("External-IP", priority: 1),
        TableColumn("OS-Image", priority: 1), TableColumn("Kernel-Version", priority: 1),
        TableColumn("Container-Runtime", priority: 1),
    ]) { node, now in
        func address(_ type: String) -> JSONValue {
            let found = node[path: "status", "addresses"]?.elements.first { $0["type"]?.string == type }
            return JSONValue(found?["address"]?.string ?? "<none>")
        }
        return [
            node.nameCell, JSONValue(nodeStatus(node)), JSONValue(nodeRoles(node)), node.ageCell(now),
            node.textCell("status", "nodeInfo", "kubeletVersion"), address("InternalIP"), address("ExternalIP"),
            node.textCell("status", "nodeInfo", "osImage", empty: "<unknown>"),
            node.textCell("status", "nodeInfo", "kernelVersion", empty: "<unknown>"),
            node.textCell("status", "nodeInfo", "containerRuntimeVersion", empty: "<unknown>"),
        ]
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

    static let services = TableLayout([
        .name, TableColumn("Type"), TableColumn("Cluster-IP"), TableColumn("External-IP"), TableColumn("Port(s)"), .age,
        TableColumn("Selector", priority: 1),
    ]) { service, now in
        let spec = service["spec"]
        let ports = spec?["ports"]?.elements.map { port -> String in
            let nodePort = port["nodePort"]?.int ?? 0
            let number = "\(port["port"]?.int ?? 0)" + (nodePort > 0 ? ":\(nodePort)" : "")
            return number + "/" + (port["protocol"]?.string ?? "TCP")
        }
        let type = spec?["type"]?.string
        let ingress = service[path: "status", "loadBalancer", "ingress"]?.elements.compactMap {
            $0["ip"]?.string ?? $0["hostname"]?.string
        }
        let external = (type == "LoadBalancer" ? ingress ?? [] : []) + (spec?["externalIPs"]?.strings ?? [])
        return [
            service.nameCell, service.textCell("spec", "type"), service.textCell("spec", "clusterIP", empty: "<none>"),
            type == "ExternalName"
                ? service.textCell("spec", "externalName", empty: "<none>")
                : external.isEmpty
                    ? JSONValue(type == "LoadBalancer" ? "<pending>" : "<none>")
                    : JSONValue(external.joined(separator: ",")),
            JSONValue(ports.map { $0.isEmpty ? "<none>" : $0.joined(separator: ",") } ?? "<none>"),
            service.ageCell(now), JSONValue(labelText(spec?["selector"])),
        ]
    }

    /// `a=b,c=d` sorted by key, or `<none>`; of a selector with `matchLabels` or `matchExpressions` its usual text.
    static func labelText(_ labels: JSONView?) -> String {
        if labels?["matchLabels"] != nil || labels?["matchExpressions"] != nil {
            return labels.flatMap { try? LabelSelector(json: $0).description } ?? "<none>"
        }
        let pairs = labels?.members.map { "\($0.key)=\($0.value.string ?? "")" } ?? []
        return pairs.isEmpty ? "<none>" : pairs.sorted().joined(separator: ",")
    }

    static let endpoints = TableLayout([.name, TableColumn("Endpoints"), .age]) { object, now in
        var texts: [String] = []
        for subset in object["subsets"].map({ Array($0.elements) }) ?? [] {
            let ports = subset["ports"]?.elements.compactMap { $0["port"]?.int } ?? []
            for address in subset["addresses"].map({ Array($0.elements) }) ?? [] {
                let ip = address["ip"]?.string ?? ""
                texts += ports.isEmpty ? [ip] : ports.map { "\(ip):\($0)" }
            }
        }
        return [object.nameCell, JSONValue(shortList(texts)), object.ageCell(now)]
    }

    static let endpointSlices = TableLayout([
        .name, TableColumn("AddressType"), TableColumn("Ports"), TableColumn("Endpoints"), .age,
    ]) { object, now in
        let ports = object["ports"]?.elements.compactMap { $0["port"]?.int }.map { String($0) } ?? []
        let addresses = object["endpoints"]?.elements.flatMap { $0["addresses"]?.strings ?? [] } ?? []
        return [
            object.nameCell, object.textCell("addressType"),
            JSONValue(ports.isEmpty ? "<unset>" : ports.joined(separator: ",")), JSONValue(shortList(addresses)),
            object.ageCell(now),
        ]
    }

    /// The first three of several texts, and how many more there are.
    static func shortList(_ texts: [String]) -> String {
        if texts.isEmpty { return "<none>" }
        let shown = texts.prefix(3).joined(separator: ",")
        return texts.count > 3 ? "\(shown) + \(texts.count - 3) more..." : shown
    }

    static let events = TableLayout([
        TableColumn("Last Seen"), TableColumn("Type"), TableColumn("Reason"), TableColumn("Object"),
        TableColumn("Subobject", priority: 1), TableColumn("Source", priority: 1), TableColumn("Message"),
        TableColumn("First Seen", priority: 1), TableColumn("Count", priority: 1),
        TableColumn("Name", format: "name", priority: 1),
    ]) { event, now in
        func time(_ paths: [[String]]) -> String {
            let found = paths.compactMap { event[path: $0]?.string }.first { !$0.isEmpty }
            return ageText(found ?? event[path: "metadata", "creationTimestamp"]?.string, now)
        }
        let kind = (event[path: "involvedObject", "kind"]?.string ?? "").lowercased()
        let source = [event[path: "source", "component"]?.string, event[path: "source", "host"]?.string]
            .compactMap { $0 }.filter { !$0.isEmpty }
        let count = event["count"]?.int ?? event[path: "series", "count"]?.int ?? 1
        return [
            JSONValue(time([["series", "lastObservedTime"], ["lastTimestamp"], ["eventTime"]])),
            event.textCell("type"), event.textCell("reason"),
            JSONValue(kind + "/" + (event[path: "involvedObject", "name"]?.string ?? "")),
            event.textCell("involvedObject", "fieldPath"),
            JSONValue(source.isEmpty ? event["reportingComponent"]?.string ?? "" : source.joined(separator: ", ")),
            JSONValue(trimmed(event["message"]?.string ?? "")), JSONValue(time([["firstTimestamp"], ["eventTime"]])),
            JSONValue(String(count == 0 ? 1 : count)), event.nameCell,
        ]
    }
}
