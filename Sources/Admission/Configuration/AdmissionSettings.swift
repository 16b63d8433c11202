import JSON
import KubernetesModel
import Workloads

/// The whole configuration of the webhook: what every namespace gets, and what single ones get instead.
///
/// As the ConfigMap `kubedl-config` holds it (key `config.yaml`):
/// `{apiVersion: config.kubedl.io/v1alpha1, kind: SuiteConfiguration, defaults: {…}, namespaces: {name: {…}}}`.
/// A namespace writes only what differs.
package struct AdmissionSettings: Sendable, Hashable {
    /// The version that is read.
    package static let apiVersion = "config.kubedl.io/v1alpha1"
    /// The kind that is read.
    package static let kind = "SuiteConfiguration"

    /// What namespaces get that ``namespaces`` has nothing for.
    package var defaults: AdmissionConfiguration
    /// What single namespaces get, complete.
    package var namespaces: [String: AdmissionConfiguration]

    /// Settings from their parts.
    package init(
        defaults: AdmissionConfiguration = AdmissionConfiguration(), namespaces: [String: AdmissionConfiguration] = [:]
    ) {
        self.defaults = defaults
        self.namespaces = namespaces
    }

    /// Reads a SuiteConfiguration; what it does not say is as in `base`. Throws every problem found, unknown fields
    /// included.
    package init(_ json: JSONView, base: AdmissionConfiguration = AdmissionConfiguration()) throws(InvalidSettings) {
        guard json.kind == .object else {
            throw InvalidSettings(problems: [
                .invalid(.root, json: json.shortened, "must be an object with apiVersion, kind, defaults, namespaces")
            ])
        }
        var problems: [FieldError] = []
        problems.refuseUnknown(in: json, at: .root, known: ["apiVersion", "kind", "defaults", "namespaces"])
        for (key, wanted) in [("apiVersion", Self.apiVersion), ("kind", Self.kind)] {
            guard let value = json[key], !value.isNull else {
                problems.append(.required(FieldPath(key), "write \(wanted)"))
                continue
            }
            if value.string != wanted {
                problems.append(.notSupported(FieldPath(key), value.string ?? value.text, supported: [wanted]))
            }
        }
        var reader = ConfigurationReader(problems: problems)
        defaults = reader.configuration(
            json["defaults"], at: FieldPath("defaults"), base: base)
        namespaces = [:]
        let path = FieldPath("namespaces")
        for member in reader.problems.object("namespaces", of: json, at: .root)?.members.map({ $0 }) ?? [] {
            if let problem = NameValidation.dns1123LabelProblem(member.key) {
                reader.problems.append(.invalid(path.key(member.key), member.key, problem))
            }
            namespaces[member.key] = reader.configuration(member.value, at: path.key(member.key), base: defaults)
        }
        guard reader.problems.isEmpty else { throw InvalidSettings(problems: reader.problems) }
    }

    /// What holds in the namespace; the defaults for objects of no namespace.
    package subscript(namespace: String?) -> AdmissionConfiguration {
        namespace.flatMap { namespaces[$0] } ?? defaults
    }
}

/// A SuiteConfiguration that cannot be used.
package struct InvalidSettings: Error, Sendable, Hashable, CustomStringConvertible {
    /// Everything that is wrong with it, in the order of the text.
    package var problems: [FieldError]

    /// An error from its parts.
    package init(problems: [FieldError]) { self.problems = problems }

    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
