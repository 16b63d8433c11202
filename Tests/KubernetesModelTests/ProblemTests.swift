import JSON
import KubernetesModel
import Testing

@Suite("Problems and names")
struct ProblemTests {
    @Test(
        "field errors read as Kubernetes writes them",
        arguments: [
            (FieldError.required(FieldPath("spec", "x"), "must be set"), "spec.x: Required value: must be set"),
            (.required(FieldPath("spec")), "spec: Required value"),
            (.invalid(FieldPath("spec").child("x"), "a\"b", "wrong"), #"spec.x: Invalid value: "a\"b": wrong"#),
            (
                .invalid(FieldPath("a").index(2).key("k").child("n"), -1, "must be ≥ 0"),
                "a[2][k].n: Invalid value: -1: must be ≥ 0"
            ),
            (
                .notSupported(FieldPath("p"), "x", supported: ["a", "b"]),
                #"p: Unsupported value: "x": supported values: "a", "b""#
            ),
            (.duplicate(FieldPath("p"), "x"), #"p: Duplicate value: "x""#),
            (.forbidden(FieldPath("p"), "not here"), "p: Forbidden: not here"),
            (.immutable(FieldPath("p"), 3), "p: Invalid value: 3: field is immutable"),
            (.tooLong(FieldPath("p"), limit: 63), "p: Too long: may not be more than 63 bytes"),
        ])
    func fieldErrors(error: FieldError, text: String) {
        #expect(error.description == text)
    }

    @Test("an invalid object's status lists every problem and reads back")
    func invalidStatus() throws {
        let status = StatusBody.invalid(
            .pyTorchJobs, "a", [.required(FieldPath("spec", "x")), .invalid(FieldPath("spec", "y"), 1, "no")])
        #expect(
            status.message
                == #"PyTorchJob.training.kubedl.io "a" is invalid: [spec.x: Required value, spec.y: Invalid value: 1: no]"#
        )
        #expect(status.details?.causes.map(\.field) == ["spec.x", "spec.y"])
        #expect(StatusBody(json: try status.value.document().root) == status)
        #expect(status.value["status"]?.string == "Failure")
    }

    @Test("usual outcomes carry the server's words")
    func usualOutcomes() throws {
        #expect(StatusBody.notFound(.pods, "a").message == #"pods "a" not found"#)
        #expect(StatusBody.alreadyExists(.deployments, "a").message == #"deployments.apps "a" already exists"#)
        #expect(
            StatusBody.conflict(.pods, "a").message.hasPrefix(
                #"Operation cannot be fulfilled on pods "a": the object has"#))
        #expect(
            StatusBody.tooManyRequests("later", retryAfterSeconds: 3).value[path: ["details", "retryAfterSeconds"]]?.int
                == 3)
        #expect(StatusBody(json: try JSONDocument(parsing: #"{"kind":"Pod"}"#).root) == nil)
    }

    @Test(
        "names are checked as Kubernetes does",
        arguments: [
            ("a", true, true, true, true), ("a-1", true, true, true, true), ("1a", true, true, false, true),
            ("a.b", false, true, false, true), ("A", false, false, false, true), ("", false, false, false, false),
            ("-a", false, false, false, false), ("a-", false, false, false, false), ("a..b", false, false, false, true),
            ("a_b", false, false, false, true), ("é", false, false, false, false), ("x/y", false, false, false, true),
            ("x/", false, false, false, false), ("/y", false, false, false, false),
            ("x/y/z", false, false, false, false),
            (String(repeating: "a", count: 63), true, true, true, true),
            (String(repeating: "a", count: 64), false, true, false, false),
        ])
    func names(text: String, label: Bool, subdomain: Bool, label1035: Bool, qualified: Bool) {
        #expect(NameValidation.isDNS1123Label(text) == label)
        #expect(NameValidation.isDNS1123Subdomain(text) == subdomain)
        #expect(NameValidation.isDNS1035Label(text) == label1035)
        #expect(NameValidation.isQualifiedName(text) == qualified)
    }

    @Test(
        "label values may be empty but not odd",
        arguments: [("", true), ("A.b_c-1", true), ("a b", false), ("-", false), ("a/b", false)])
    func labelValues(text: String, isValid: Bool) {
        #expect(NameValidation.isLabelValue(text) == isValid)
    }
}
