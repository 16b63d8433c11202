import JSON
import KubernetesModel
import Workloads

/// Reads the fields of one ``AdmissionConfiguration`` over a base, and collects every problem.
struct ConfigurationReader {
    var problems: [FieldError]

    /// `base` with what `json` says otherwise; null reads as absent.
    mutating func configuration(
        _ json: JSONView?, at path: FieldPath, base: AdmissionConfiguration
    ) -> AdmissionConfiguration {
        var result = base
        guard let json, !json.isNull else { return result }
        guard json.kind == .object else {
            problems.append(.invalid(path, json: json.shortened, "must be an object"))
            return result
        }
        problems.refuseUnknown(in: json, at: path, known: ["hostNetwork", "fileSync", "pods"])
        if let part = problems.object("hostNetwork", of: json, at: path) {
            readHostNetwork(part, at: path.child("hostNetwork"), &result)
        }
        if let part = problems.object("fileSync", of: json, at: path) {
            readFileSync(part, at: path.child("fileSync"), &result)
        }
        if let part = problems.object("pods", of: json, at: path) {
            readPods(part, at: path.child("pods"), &result.pods)
        }
        return result
    }

    private mutating func readHostNetwork(_ json: JSONView, at path: FieldPath, _ result: inout AdmissionConfiguration)
    {
        problems.refuseUnknown(in: json, at: path, known: ["portRange", "ephemeralPortRange"])
        if let text = problems.text("ephemeralPortRange", of: json, at: path) {
            let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
            if parts.count == 2, parts[0] >= 1, parts[0] <= parts[1], parts[1] <= 65535 {
                result.ephemeralPorts = parts[0]...parts[1]
            } else {
                problems.append(
                    .invalid(
                        path.child("ephemeralPortRange"), text,
                        "must be first-last, both included, such as 32768-60999: net.ipv4.ip_local_port_range of the nodes"
                    ))
            }
        }
        if let text = problems.text("portRange", of: json, at: path) {
            if let range = HostPorts.range(parsing: text) {
                result.hostPorts = range
            } else {
                problems.append(
                    .invalid(
                        path.child("portRange"), text,
                        "must be first-end, the end excluded, at least \(HostPorts.blockSize) ports within 1-65536, "
                            + "such as 20000-30000"))
                return
            }
        }
        let (ports, taken) = (result.hostPorts, result.ephemeralPorts)
        if ports.overlaps(taken) {
            problems.append(
                .invalid(
                    path.child("portRange"), "\(ports.lowerBound)-\(ports.upperBound)",
                    "must not overlap ephemeralPortRange \(taken.lowerBound)-\(taken.upperBound), which nodes give out to "
                        + "outgoing connections; choose ports below \(taken.lowerBound)"))
        }
    }

    private mutating func readFileSync(_ json: JSONView, at path: FieldPath, _ result: inout AdmissionConfiguration) {
        problems.refuseUnknown(
            in: json, at: path,
            known: ["image", "resources", "allowInlineCredentials", "allowPlainTextProtocols"])
        if let image = problems.text("image", of: json, at: path) {
            if let problem = Self.imageProblem(image) {
                problems.append(.invalid(path.child("image"), image, problem))
            }
            result.syncImage = image
        }
        if let allows = problems.boolean("allowInlineCredentials", of: json, at: path) {
            result.allowsInlineCredentials = allows
        }
        if let allows = problems.boolean("allowPlainTextProtocols", of: json, at: path) {
            result.allowsPlainTextProtocols = allows
        }
        if let resources = problems.object("resources", of: json, at: path) {
            readResources(resources, at: path.child("resources"), &result.syncResources)
        }
    }

    private mutating func readResources(
        _ json: JSONView, at path: FieldPath, _ result: inout AdmissionConfiguration.SyncResources
    ) {
        let lists: [(String, [(String, WritableKeyPath<AdmissionConfiguration.SyncResources, String>)])] = [
            ("requests", [("cpu", \.cpuRequest), ("memory", \.memoryRequest)]),
            ("limits", [("cpu", \.cpuLimit), ("memory", \.memoryLimit)]),
        ]
        problems.refuseUnknown(in: json, at: path, known: lists.map(\.0))
        for (list, fields) in lists {
            guard let given = problems.object(list, of: json, at: path) else { continue }
            let place = path.child(list)
            problems.refuseUnknown(in: given, at: place, known: fields.map(\.0))
            for (name, field) in fields {
                guard let value = given[name], !value.isNull else { continue }
                let text = value.string ?? value.text
                if Quantity(text).map({ $0.sign > 0 }) ?? false {
                    result[keyPath: field] = text
                } else {
                    problems.append(
                        .invalid(place.child(name), text, "must be a quantity above 0, such as 100m or 64Mi"))
                }
            }
        }
        for (name, request, limit) in [
            ("cpu", result.cpuRequest, result.cpuLimit), ("memory", result.memoryRequest, result.memoryLimit),
        ] {
            guard let asked = Quantity(request), let allowed = Quantity(limit), asked > allowed else { continue }
            problems.append(
                .invalid(path.child("requests", name), request, "must be at most the \(name) limit of \(limit)"))
        }
    }

    private static func imageProblem(_ image: String) -> String? {
        let example = "such as ghcr.io/kubedl/kubedl-sync:0.1.0 or ghcr.io/kubedl/kubedl-sync@sha256:<64 hex digits>"
        let parts = image.split(separator: "@", omittingEmptySubsequences: false)
        guard let name = parts.first, !name.isEmpty, !image.contains(where: \.isWhitespace) else {
            return "must be an image reference, " + example
        }
        guard parts.count > 1 else { return nil }
        let digest = parts[1]
        let isDigest =
            parts.count == 2 && digest.hasPrefix("sha256:") && digest.utf8.count == 71
            && digest.dropFirst(7).allSatisfy { $0.isHexDigit && !$0.isUppercase }
        return isDigest ? nil : "must end in a digest of 64 hex digits, " + example
    }
}
