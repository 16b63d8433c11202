import JSON
import KubernetesModel

/// The rules of services, apart from cluster addresses.
///
/// Source: pkg/registry/core/service, pkg/apis/core/v1/defaults.go.
struct ServiceBehavior: ResourceBehavior {
    var table: TableLayout { .services }
    var selectableFields: [String] { ["spec.clusterIP", "spec.type"] }

    func nameProblem(_ name: String) -> String? { NameValidation.dns1035LabelProblem(name) }

    func setDefaults(_ object: inout JSONValue) {
        object.mapObject("spec") { spec in
            spec.setDefaultText("sessionAffinity", "None")
            spec.setDefaultText("type", "ClusterIP")
            let type = spec["type"]?.string
            if type != "ExternalName" {
                spec.setDefaultText("internalTrafficPolicy", "Cluster")
                spec.setDefault("ipFamilies", ["IPv4"])
                spec.setDefaultText("ipFamilyPolicy", "SingleStack")
            }
            if type == "NodePort" || type == "LoadBalancer" {
                spec.setDefaultText("externalTrafficPolicy", "Cluster")
            }
            spec.mapElements("ports") { port in
                port.setDefaultText("protocol", "TCP")
                if port["targetPort"].map({ $0.isNull || $0.int == 0 || $0.string == "" }) ?? true {
                    port["targetPort"] = port["port"]
                }
            }
        }
    }

    /// Whether the type opens a port on every node.
    static func hasNodePorts(_ spec: JSONValue) -> Bool {
        ["LoadBalancer", "NodePort"].contains(spec["type"]?.string ?? "")
    }

    func prepareForCreate(_ object: inout JSONValue) { object["status"] = ["loadBalancer": [:]] }

    func prepareForUpdate(_ object: inout JSONValue, from old: JSONValue) {
        object.mapObject("spec") { spec in
            for field in ["clusterIP", "clusterIPs"] where spec[field]?.isEmptyText ?? true {
                spec[field] = old[path: ["spec", field]]
            }
            let wasOpen = Self.hasNodePorts(old["spec"] ?? [:])
            guard Self.hasNodePorts(spec) else {
                // What the old type had goes with it.
                if wasOpen {
                    spec.remove("externalTrafficPolicy")
                    spec.mapElements("ports") { $0.remove("nodePort") }
                }
                return
            }
            let before = old[path: ["spec", "ports"]]?.elements ?? []
            spec.mapElements("ports") { port in
                let same = before.first { $0["port"] == port["port"] && $0["protocol"] == port["protocol"] }
                if let number = same?["nodePort"] { port.setDefault("nodePort", number) }
            }
        }
    }

    func validate(_ object: JSONValue) -> [FieldError] {
        let path = FieldPath("spec")
        guard let spec = object["spec"], spec.kind == .object else { return [.required(path)] }
        var errors: [FieldError] = []
        errors.check(spec, "type", at: path, isOneOf: ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"])
        let type = spec["type"]?.string ?? ""
        let ports = spec.elements("ports", at: path)
        let isHeadless = spec["clusterIP"]?.string == "None"
        if ports.isEmpty, !isHeadless, type != "ExternalName" { errors.append(.required(path.child("ports"))) }
        errors.check(spec, "sessionAffinity", at: path, isOneOf: ["ClientIP", "None"])
        if type == "ExternalName", (spec["externalName"]?.string ?? "").isEmpty {
            errors.append(.required(path.child("externalName")))
        }
        errors.checkLabels(spec["selector"], at: path.child("selector"))
        var names = Set<String>()
        var numbers = Set<String>()
        for (port, at) in ports {
            errors.checkName(of: port, at: at, isRequired: ports.count > 1, differsFrom: &names)
            let number = port["port"]?.int ?? 0
            errors.checkPort(number, at: at.child("port"))
            errors.check(port, "protocol", at: at, isOneOf: ["SCTP", "TCP", "UDP"])
            if !numbers.insert("\(port["protocol"]?.string ?? "")/\(number)").inserted {
                errors.append(FieldError(path: at, kind: .duplicate, badJSON: port))
            }
            if let target = port["targetPort"]?.int { errors.checkPort(target, at: at.child("targetPort")) }
        }
        return errors
    }

    func validateUpdate(_ object: JSONValue, from old: JSONValue) -> [FieldError] {
        var errors = validate(object)
        let path = FieldPath("spec", "clusterIPs").index(0)
        if let before = old[path: "spec", "clusterIP"]?.string, object[path: "spec", "type"]?.string != "ExternalName",
            old[path: "spec", "type"]?.string != "ExternalName", let after = object[path: "spec", "clusterIP"]?.string,
            before != after
        {
            errors.append(.invalid(path, json: JSONValue([after]), "may not change once set"))
        }
        return errors
    }
}

extension JSONValue {
    var isEmptyText: Bool { isNull || string == "" || isEmptyValue }
}
