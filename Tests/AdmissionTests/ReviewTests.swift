import Admission
import JSON
import KubernetesModel
import Testing

@Suite("AdmissionReview")
struct ReviewTests {
    private let job = """
        {"apiVersion": "training.kubedl.io/v1alpha1", "kind": "PyTorchJob", "metadata": {"name": "digits"},
         "spec": {"pytorchReplicaSpecs": {"master": {"template": {"spec": {"containers": [
           {"name": "pytorch", "image": "x"}]}}}}}}
        """

    private func review(_ object: String, operation: String = "CREATE") throws -> AdmissionRequest {
        let text = """
            {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": "u-1",
             "operation": "\(operation)", "namespace": "ml", "name": "digits",
             "resource": {"group": "training.kubedl.io", "version": "v1alpha1", "resource": "pytorchjobs"},
             "object": \(object), "oldObject": null, "dryRun": true}}
            """
        return try AdmissionRequest(review: try JSONDocument(parsing: text).root)
    }

    @Test("a job is completed, and what comes out is valid")
    func completesJob() throws {
        let request = try review(job)
        #expect(request.uid == "u-1" && request.namespace == "ml" && request.isDryRun && request.oldObject == nil)
        let decision = admit(request, at: .mutateJobs, settings: AdmissionSettings())
        let patch = try #require(decision.patch)
        let completed = try patch.apply(to: JSONValue(parsing: job))
        #expect(completed[path: ["spec", "pytorchReplicaSpecs", "Master", "replicas"]] == 1)
        let checked = admit(try review(completed.text), at: .validateJobs, settings: AdmissionSettings())
        #expect(checked.allowed && checked.patch == nil)
        #expect(
            admit(try review(completed.text), at: .mutateJobs, settings: AdmissionSettings()).patch == nil)
    }

    @Test("a refusal carries every field as a cause, so that kubectl lists them")
    func listsCauses() throws {
        let request = try review(
            #"{"metadata": {"name": "digits"}, "spec": {"backoffLimit": -1}}"#, operation: "UPDATE")
        let decision = admit(request, at: .validateJobs, settings: AdmissionSettings())
        let answer = decision.review(answering: request.uid, base64: { _ in "" })
        #expect(answer[path: ["response", "allowed"]] == false)
        #expect(answer[path: ["response", "uid"]] == "u-1")
        #expect(answer[path: ["response", "status", "code"]] == 422)
        let causes = answer[path: ["response", "status", "details", "causes"]]?.array ?? []
        #expect(causes.compactMap { $0["field"]?.string } == ["spec.backoffLimit", "spec.pytorchReplicaSpecs"])
    }

    @Test("a wrong job is refused before the API server looks at its schema, so that one answer has every problem")
    func refusesEarly() throws {
        let request = try review(
            #"{"metadata": {"name": "digits"}, "spec": {"backoffLimit": "x", "pytorchReplicaSpecs": {"Chief": {}}}}"#)
        let decision = admit(request, at: .mutateJobs, settings: AdmissionSettings())
        #expect(!decision.allowed && decision.patch == nil)
        #expect(
            decision.problems.map(\.path.text) == [
                "spec.backoffLimit", "spec.pytorchReplicaSpecs", "spec.pytorchReplicaSpecs[Master]",
            ])
    }

    @Test("a change goes out as a JSON patch in base 64")
    func encodesPatch() throws {
        let request = try review(job)
        let decision = admit(request, at: .mutateJobs, settings: AdmissionSettings())
        let answer = decision.review(answering: "u-1", base64: { "bytes:\($0.count > 10)" })
        #expect(answer[path: ["response", "patchType"]] == "JSONPatch")
        #expect(answer[path: ["response", "patch"]] == "bytes:true")
        #expect(answer["apiVersion"] == "admission.k8s.io/v1" && answer["kind"] == "AdmissionReview")
    }

    @Test(
        "texts that are no review are refused with their place",
        arguments: [
            ("[]", "the whole text"), ("{}", "/apiVersion"),
            (#"{"apiVersion": "admission.k8s.io/v1beta1", "kind": "AdmissionReview"}"#, "/apiVersion"),
            (#"{"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview"}"#, "/request"),
            (#"{"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {}}"#, "/request/uid"),
            (
                #"{"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": "u", "operation": "X"}}"#,
                "/request/operation"
            ),
            (
                #"{"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": "u", "operation": "CREATE"}}"#,
                "/request/resource"
            ),
            (
                #"{"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": "u", "operation": "CREATE", "resource": {}, "object": 3}}"#,
                "/request/object"
            ),
        ])
    func refuses(text: String, place: String) throws {
        let root = try JSONDocument(parsing: text).root
        let error = #expect(throws: AdmissionReviewError.self) { try AdmissionRequest(review: root) }
        #expect(error?.description.contains(place) == true)
    }
}
