import Admission
import JSON
import KubernetesModel
import Testing
import Workloads

@Suite("Admission of objects of our kinds")
struct ObjectAdmissionTests {
    private func decide(
        _ endpoint: AdmissionEndpoint, _ resource: (group: String, plural: String), _ object: String?,
        old: String? = nil, operation: AdmissionRequest.Operation = .create
    ) throws -> AdmissionDecision {
        let request = AdmissionRequest(
            uid: "u", operation: operation, group: resource.group, version: "v1alpha1", resource: resource.plural,
            namespace: "ml", name: "a", object: try object.map { try JSONDocument(parsing: $0).root },
            oldObject: try old.map { try JSONDocument(parsing: $0).root })
        return admit(request, at: endpoint, settings: AdmissionSettings())
    }

    private let models = ("model.kubedl.io", "modelversions")

    @Test(
        "the paths of jobs serve all kinds: completed there, refused here",
        arguments: ObjectKind.all.map(\.definition.resource))
    func servesAllKinds(resource: ResourceType) throws {
        for endpoint in [AdmissionEndpoint.mutateJobs, .validateJobs] {
            let refused = try decide(
                endpoint, (resource.group, resource.plural), #"{"metadata": {"name": "a"}, "spec": []}"#)
            #expect(refused.problems.map(\.path.text) == ["spec"])
            #expect(refused.message.contains("\(resource.kind).\(resource.group) \"a\" is invalid"))
        }
    }

    @Test("a kind that is not ours passes")
    func passesOthers() throws {
        #expect(try decide(.validateJobs, ("batch", "jobs"), #"{"spec": []}"#).allowed)
    }

    @Test("an Inference is completed")
    func completes() throws {
        let object = """
            {"metadata": {"name": "a"}, "spec": {"framework": "Triton", "predictors": [{"name": "p",
             "template": {"spec": {"containers": [{"name": "main", "image": "x"}]}}}]}}
            """
        let patch = try #require(try decide(.mutateJobs, ("serving.kubedl.io", "inferences"), object).patch)
        let after = try patch.apply(to: JSONValue(parsing: object))
        let predictor = after[path: "spec", "predictors"]?[0]
        #expect(predictor?["replicas"] == 1)
        #expect(predictor?[path: "template", "spec", "containers"]?[0]?["ports"]?[0]?["name"] == "predictor-http-port")
    }

    @Test("a served ModelVersion cannot be deleted; another can, and other kinds always")
    func protects() throws {
        let served = #"{"metadata": {"name": "a", "annotations": {"kubedl.io/in-use-by": "chat"}}}"#
        let decision = try decide(.validateJobs, models, nil, old: served, operation: .delete)
        #expect(!decision.allowed && decision.message.contains("Inference chat serves this version"))
        let free = try decide(.validateJobs, models, nil, old: #"{"metadata": {"name": "a"}}"#, operation: .delete)
        #expect(free.allowed)
        let job = try decide(
            .validateJobs, ("training.kubedl.io", "tfjobs"), nil, old: served, operation: .delete)
        #expect(job.allowed)
    }

    @Test("whoever creates what nothing acts on yet is told so")
    func warns() throws {
        let decision = try decide(
            .validateJobs, ("model.kubedl.io", "models"), #"{"metadata": {"name": "a"}, "spec": {}}"#)
        #expect(decision.allowed && decision.warnings.count == 1)
    }
}
