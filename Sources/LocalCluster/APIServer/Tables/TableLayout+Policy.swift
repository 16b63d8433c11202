import JSON
import KubernetesModel

/// Columns of access, policy and network. Source: k8s.io/kubernetes pkg/printers/internalversion/printers.go.
extension TableLayout {
    static let leases = TableLayout(.name, .text("Holder", "spec", "holderIdentity"), .age)

    static let priorityClasses = TableLayout(
        .name, .text("Value", "value", empty: "0"), .text("Global-Default", "globalDefault", empty: "false"), .age,
        .text("PreemptionPolicy", "preemptionPolicy", empty: "PreemptLowerPriority"))

    static let disruptionBudgets = TableLayout(
        .name, .text("Min Available", "spec", "minAvailable", empty: "N/A"),
        .text("Max Unavailable", "spec", "maxUnavailable", empty: "N/A"),
        .number("Allowed Disruptions", "status", "disruptionsAllowed"), .age)

    static let bindings = TableLayout(
        .name,
        .made("Role") { "\($0[path: "roleRef", "kind"]?.string ?? "")/\($0[path: "roleRef", "name"]?.string ?? "")" },
        .age,
        subjects("Users", "User"), subjects("Groups", "Group"), subjects("ServiceAccounts", "ServiceAccount"))

    private static func subjects(_ name: String, _ kind: String) -> FilledColumn {
        .made(name, priority: 1) { binding in
            let found = binding["subjects"]?.elements.filter { $0["kind"]?.string == kind } ?? []
            return found.map { subject in
                let prefix = kind == "ServiceAccount" ? (subject["namespace"]?.string ?? "") + "/" : ""
                return prefix + (subject["name"]?.string ?? "")
            }.joined(separator: ", ")
        }
    }

    static let admissionPolicies = TableLayout(
        .name, .count("Validations", ["spec", "validations"]),
        .made("ParamKind") { policy in
            guard let kind = policy[path: "spec", "paramKind"] else { return "<unset>" }
            return "\(kind["apiVersion"]?.string ?? "")/\(kind["kind"]?.string ?? "")"
        }, .age)

    static let admissionPolicyBindings = TableLayout(
        .name, .text("PolicyName", "spec", "policyName"),
        .made("ParamRef") { binding in
            guard let reference = binding[path: "spec", "paramRef"] else { return "<unset>" }
            guard let name = reference["name"]?.string else { return "*/\(labelText(reference["selector"]))" }
            return [reference["namespace"]?.string, name].compactMap { $0 }.joined(separator: "/")
        }, .age)

    static let networkPolicies = TableLayout(.name, .labels("Pod-Selector", "spec", "podSelector"), .age)

    static let ingressClasses = TableLayout(
        .name, .text("Controller", "spec", "controller"),
        .made("Parameters") { object in
            guard let target = object[path: "spec", "parameters"] else { return "<none>" }
            let group = target["apiGroup"]?.string.map { ".\($0)" } ?? ""
            return "\(target["kind"]?.string ?? "")\(group)/\(target["name"]?.string ?? "")"
        }, .age)

    static let ingresses = TableLayout(
        .name, .text("Class", "spec", "ingressClassName", empty: "<none>"),
        .made("Hosts") { ingress in
            let hosts = ingress[path: "spec", "rules"]?.elements.compactMap { $0["host"]?.string } ?? []
            return hosts.isEmpty ? "*" : shortList(hosts)
        },
        .made("Address") { balancers(of: $0).joined(separator: ",") },
        .made("Ports") { $0[path: "spec", "tls"]?.isEmpty ?? true ? "80" : "80, 443" }, .age)

    static let runtimeClasses = TableLayout(.name, .text("Handler", "handler"), .age)
}
