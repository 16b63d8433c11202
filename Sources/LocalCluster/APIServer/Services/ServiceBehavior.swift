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
        let types = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"]
        let type = spec["type"]?.string ?? ""
        if !types.contains(type) { errors.append(.notSupported(path.child("type"), type, supported: types)) }
        let ports = spec["ports"]?.elements ?? []
        let isHeadless = spec["clusterIP"]?.string == "None"
        if ports.isEmpty, !isHeadless, type != "ExternalName" { errors.append(.required(path.child("ports"))) }
        errors += validateChoices(spec, type, path)
        var names = Set<String>()
        var numbers = Set<String>()
        for (index, port) in ports.enumerated() {
            let at = path.child("ports").index(index)
            let name = port["name"]?.string ?? ""
            if name.isEmpty, ports.count > 1 { errors.append(.required(at.child("name"))) }
            if !name.isEmpty {
                if let problem = NameValidation.dns1123LabelProblem(name) {
                    errors.append(.invalid(at.child("name"), name, problem))
                } else if !names.insert(name).inserted {
                    errors.append(.duplicate(at.child("name"), name))
                }
            }
            let number = port["port"]?.int ?? 0
            if !(1...65535).contains(number) {
                errors.append(.invalid(at.child("port"), number, "must be between 1 and 65535, inclusive"))
            }
            let proto = port["protocol"]?.string ?? "TCP"
            if !["SCTP", "TCP", "UDP"].contains(proto) {
                errors.append(.notSupported(at.child("protocol"), proto, supported: ["SCTP", "TCP", "UDP"]))
            }
            let key = "\(proto)/\(number)"
            if !numbers.insert(key).inserted {
                errors.append(FieldError(path: at, kind: .duplicate, badJSON: port))
            }
            if let target = port["targetPort"]?.int, !(1...65535).contains(target) {
                errors.append(.invalid(at.child("targetPort"), target, "must be between 1 and 65535, inclusive"))
            }
        }
        return errors
    }

    private func validateChoices(_ spec: JSONValue, _ type: String, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let affinity = spec["sessionAffinity"]?.string ?? ""
        if !["ClientIP", "None"].contains(affinity) {
            errors.append(.notSupported(path.child("sessionAffinity"), affinity, supported: ["ClientIP", "None"]))
        }
        if type == "ExternalName", (spec["externalName"]?.string ?? "").isEmpty {
            errors.append(.required(path.child("externalName")))
        }
        for (key, value) in spec["selector"]?.members ?? [] {
            if let problem = NameValidation.qualifiedNameProblem(key) {
                errors.append(.invalid(path.child("selector"), key, problem))
            }
            if let problem = NameValidation.labelValueProblem(value.string ?? "") {
                errors.append(.invalid(path.child("selector"), value.string ?? "", problem))
            }
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
