import Admission
import JSON
import KubernetesModel
import TestSupport
import Testing
import YAML

/// The cases of `Tests/Fixtures/admission`, each decided by the same functions that the webhook calls.
@Suite("Cases of admission")
struct CaseTests {
    static let files = AdmissionCase.files()

    @Test("there are cases, and every one can be read")
    func areThere() throws {
        #expect(Self.files.count >= 200)
        for file in Self.files { _ = try AdmissionCase(file) }
    }

    @Test("what is stored or refused is what the case says", arguments: files)
    func decides(file: String) throws {
        let fixture = try AdmissionCase(file)
        let differences = fixture.differences(of: try Admitted(fixture, fixture.object).outcome)
        #expect(differences.isEmpty, "\(fixture)\n\(differences.joined(separator: "\n"))")
    }

    @Test("what is stored stays as it is when it is admitted again", arguments: files)
    func isIdempotent(file: String) throws {
        let fixture = try AdmissionCase(file)
        guard let stored = try Admitted(fixture, fixture.object).outcome.object else { return }
        let again = try Admitted(fixture, stored, uid: "another").outcome
        #expect(again.problems.isEmpty, "\(fixture)")
        #expect(again.object.map { $0.differences(from: stored) } == [], "\(fixture)")
    }
}

extension AdmissionCase {
    init(_ file: String) throws {
        self = try AdmissionCase.read(file) { try YAML.parse($0) }
    }
}

/// A case's object on its way through the webhook's paths, as the API server would send it.
private struct Admitted {
    var outcome = AdmissionOutcome(object: nil)

    init(_ fixture: AdmissionCase, _ sent: JSONValue?, uid: String = "request") throws {
        let settings = try AdmissionSettings(
            JSONValue.object(
                [("apiVersion", "config.kubedl.io/v1alpha1"), ("kind", "SuiteConfiguration")]
                    + (fixture.configuration.members ?? []).map { ($0.key, $0.value) }
            ).document().root)
        outcome.object = sent
        let isPod = (sent ?? fixture.oldObject)?["kind"] == "Pod"
        for endpoint in isPod ? [AdmissionEndpoint.mutatePods] : [.mutateJobs, .validateJobs] {
            let request = try Self.request(fixture, outcome.object, uid)
            let decision = admit(request, at: endpoint, settings: settings)
            if isPod || endpoint == .validateJobs || !decision.allowed { outcome.warnings += decision.warnings }
            guard decision.allowed else {
                outcome.object = nil
                outcome.problems = decision.problems.map(AdmissionOutcome.Problem.init)
                return
            }
            if let patch = decision.patch { outcome.object = try outcome.object.map { try patch.apply(to: $0) } }
        }
    }

    private static func request(_ fixture: AdmissionCase, _ sent: JSONValue?, _ uid: String) throws -> AdmissionRequest
    {
        let any = sent ?? fixture.oldObject
        let group = any?["apiVersion"]?.string?.split(separator: "/") ?? []
        return AdmissionRequest(
            uid: uid, operation: AdmissionRequest.Operation(rawValue: fixture.operation) ?? .create,
            group: group.count > 1 ? String(group[0]) : "", version: group.last.map(String.init) ?? "",
            resource: plural(any?["kind"]?.string ?? ""), namespace: fixture.namespace,
            name: any?[path: "metadata", "name"]?.string, object: try sent?.document().root,
            oldObject: try fixture.oldObject?.document().root)
    }

    private static func plural(_ kind: String) -> String { kind.lowercased() + "s" }
}

extension AdmissionOutcome.Problem {
    init(_ error: FieldError) {
        let rule = error.kind.rawValue.replacing("FieldValue", with: "")
        self.init(path: error.path.text, rule: rule, text: error.body)
    }
}
