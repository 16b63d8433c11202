import JSON
import KubernetesModel

/// What is wrong with one container of a pod.
enum PodContainerValidation {
    static func validate(
        _ container: JSONValue, at path: FieldPath, volumes: Set<String>, isHostNetwork: Bool
    ) -> [FieldError] {
        var errors: [FieldError] = []
        if (container["image"]?.string ?? "").isEmpty { errors.append(.required(path.child("image"))) }
        errors += validatePorts(container, path, isHostNetwork)
        errors += validateEnvironment(container, path)
        errors += validateMounts(container, path, volumes)
        errors += validateResources(container, path.child("resources"))
        errors += validateProbes(container, path)
        errors.check(container, "imagePullPolicy", at: path, isOneOf: ["Always", "IfNotPresent", "Never"])
        return errors
    }

    private static func validatePorts(
        _ container: JSONValue, _ path: FieldPath, _ isHostNetwork: Bool
    ) -> [FieldError] {
        var errors: [FieldError] = []
        var names = Set<String>()
        for (port, at) in container.elements("ports", at: path) {
            let name = port["name"]?.string ?? ""
            if !name.isEmpty {
                if name.utf8.count > 15 {
                    errors.append(.invalid(at.child("name"), name, "must be no more than 15 characters"))
                } else if !NameValidation.isDNS1123Label(name) || !name.contains(where: \.isLetter) {
                    errors.append(
                        .invalid(
                            at.child("name"), name,
                            "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"))
                } else if !names.insert(name).inserted {
                    errors.append(.duplicate(at.child("name"), name))
                }
            }
            let number = port["containerPort"]?.int ?? 0
            if number == 0 {
                errors.append(.required(at.child("containerPort")))
            } else {
                errors.checkPort(number, at: at.child("containerPort"))
            }
            let hostPort = port["hostPort"]?.int ?? 0
            if hostPort != 0 { errors.checkPort(hostPort, at: at.child("hostPort")) }
            if isHostNetwork, hostPort != number {
                errors.append(
                    .invalid(at.child("hostPort"), hostPort, "must match `containerPort` when `hostNetwork` is true"))
            }
            errors.check(port, "protocol", at: at, isOneOf: ["SCTP", "TCP", "UDP"])
        }
        return errors
    }

    private static func validateEnvironment(_ container: JSONValue, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        for (variable, at) in container.elements("env", at: path) {
            let name = variable["name"]?.string ?? ""
            if name.isEmpty {
                errors.append(.required(at.child("name")))
            } else if name.contains("=") || !name.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) {
                errors.append(
                    .invalid(
                        at.child("name"), name,
                        "a valid environment variable name must consist only of printable ASCII characters other than '='"
                    ))
            }
            if let value = variable["value"], value.kind == .string, !(value.string ?? "").isEmpty,
                variable["valueFrom"] != nil
            {
                errors.append(.invalid(at.child("valueFrom"), "", "may not be specified when `value` is not empty"))
            }
        }
        return errors
    }

    private static func validateMounts(
        _ container: JSONValue, _ path: FieldPath, _ volumes: Set<String>
    ) -> [FieldError] {
        var errors: [FieldError] = []
        var paths = Set<String>()
        for (mount, at) in container.elements("volumeMounts", at: path) {
            let name = mount["name"]?.string ?? ""
            if name.isEmpty {
                errors.append(.required(at.child("name")))
            } else if !volumes.contains(name) {
                errors.append(FieldError(path: at.child("name"), kind: .notFound, badValue: name))
            }
            let target = mount["mountPath"]?.string ?? ""
            if target.isEmpty {
                errors.append(.required(at.child("mountPath")))
            } else if !paths.insert(target).inserted {
                errors.append(.invalid(at.child("mountPath"), target, "must be unique"))
            }
        }
        return errors
    }

    /// A resource of Kubernetes, or one with a domain.
    private static func isKnown(_ name: String) -> Bool {
        name.contains("/") || ["cpu", "memory", "ephemeral-storage"].contains(name) || name.hasPrefix("hugepages-")
    }

    private static func validateProbes(_ container: JSONValue, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        for name in ["livenessProbe", "readinessProbe", "startupProbe"] {
            guard let probe = container[name] else { continue }
            let at = path.child(name)
            let handlers = ["exec", "httpGet", "tcpSocket", "grpc"].filter { probe[$0] != nil }
            if handlers.isEmpty { errors.append(.required(at, "must specify a handler type")) }
            if handlers.count > 1 {
                errors.append(.forbidden(at.child(handlers[1]), "may not specify more than 1 handler type"))
            }
            let threshold = probe["successThreshold"]?.int ?? 1
            if name != "readinessProbe", threshold != 1 {
                errors.append(.invalid(at.child("successThreshold"), threshold, "must be 1"))
            }
            for field in ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "failureThreshold"] {
                guard let number = probe[field]?.int, number < 0 else { continue }
                errors.append(.invalid(at.child(field), number, "must be greater than or equal to 0"))
            }
        }
        return errors
    }

    private static func validateResources(_ container: JSONValue, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        func amount(_ value: JSONValue) -> Quantity? { Quantity(value.string ?? value.numberText ?? "") }
        for field in ["limits", "requests"] {
            for (name, value) in container[path: "resources", field]?.members ?? [] {
                let at = path.child(field).key(name)
                if !isKnown(name) {
                    errors.append(.invalid(at, name, "must be a standard resource for containers"))
                }
                guard let quantity = amount(value) else {
                    errors.append(
                        .invalid(
                            at, json: value,
                            "quantities must match the regular expression "
                                + "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"))
                    continue
                }
                if quantity.sign < 0 {
                    errors.append(.invalid(at, json: value, "must be greater than or equal to 0"))
                }
                if name.contains("/"), quantity.milliValue % 1000 != 0 {
                    errors.append(.invalid(at, json: value, "must be an integer"))
                }
            }
        }
        for (name, value) in container[path: "resources", "requests"]?.members ?? [] {
            guard let limitValue = container[path: "resources", "limits", name] else {
                if name.contains("/"), !name.hasPrefix("kubernetes.io/") {
                    errors.append(
                        .required(path.child("limits"), "Limit must be set for non overcommitable resources"))
                }
                continue
            }
            guard let request = amount(value), let limit = amount(limitValue) else { continue }
            let at = path.child("requests")
            if name.contains("/"), request != limit {
                errors.append(.invalid(at, json: value, "must be equal to \(name) limit of \(limit)"))
            } else if request > limit {
                errors.append(.invalid(at, json: value, "must be less than or equal to \(name) limit of \(limit)"))
            }
        }
        return errors
    }
}
