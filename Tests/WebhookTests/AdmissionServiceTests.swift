import Admission
import Cryptography
import JSON
import Logging
import Serving
import Testing

@testable import Webhook

@Suite("Admission service")
struct AdmissionServiceTests {
    private let registry = MetricsRegistry()

    private func service(needsPeer: Bool = false) -> AdmissionService {
        AdmissionService(
            settings: { AdmissionSettings() }, needsPeer: needsPeer, metrics: registry, logger: .silent)
    }

    private func ask(
        _ path: String, _ body: String, method: String = "POST", contentType: String? = "application/json"
    ) async throws -> (status: Int, text: String) {
        var headers = HeaderFields()
        headers["Content-Type"] = contentType
        let response = await service().respond(
            to: ServerRequest(method: method, path: path, headers: headers, body: Array(body.utf8)))
        guard case .bytes(let bytes) = response.body else { throw Streamed() }
        return (response.status, String(decoding: bytes, as: UTF8.self))
    }

    private struct Streamed: Error {}

    @Test("a pod that asks for nothing passes unchanged")
    func untouched() async throws {
        let (status, text) = try await ask("/mutate-pods", Review.pod().text)
        #expect(status == 200)
        let expected =
            #"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"u-1","allowed":true}}"#
        #expect(text == expected)
        #expect(registry.text(contains: #"kubedl_admission_requests_total{path="/mutate-pods",verdict="allowed"} 1"#))
    }

    @Test("a pod that asks is changed by a base 64 JSON patch that applies to it")
    func changed() async throws {
        let review = try Review.pod(labels: ["kubedl.io/gang-name": "a"])
        let (status, text) = try await ask("/mutate-pods", review.text)
        #expect(status == 200)
        let response = try #require(try JSONDocument(parsing: text).root["response"])
        #expect(response["allowed"]?.bool == true)
        #expect(response["patchType"]?.string == "JSONPatch")
        let patch = try #require(Base64.decode(response["patch"]?.string ?? "?"))
        let pod = try #require(review["request"]?["object"])
        let after = try JSONPatch(JSONDocument(parsing: patch).root).apply(to: pod)
        #expect(after[path: ["spec", "schedulingGates"]]?.text.contains("kubedl.io/gang") == true)
        #expect(registry.text(contains: #"verdict="changed"} 1"#))
    }

    @Test("an invalid job is refused with every problem")
    func refused() async throws {
        let job = try Review.job(#"{"pytorchReplicaSpecs":{"Worker":{"replicas":-1}}}"#)
        let (status, text) = try await ask("/validate-jobs", job.text)
        #expect(status == 200)
        let response = try #require(try JSONDocument(parsing: text).root["response"])
        #expect(response["allowed"]?.bool == false)
        #expect(response["status"]?["code"]?.int == 422)
        #expect(response["status"]?["reason"]?.string == "Invalid")
        #expect((response["status"]?[path: "details", "causes"]?.count ?? 0) >= 2, "\(text)")
        #expect(response["patch"] == nil)
        #expect(registry.text(contains: #"kubedl_admission_requests_total{path="/validate-jobs",verdict="refused"} 1"#))
        #expect(registry.text(contains: #"kubedl_admission_seconds_count{path="/validate-jobs"} 1"#))
    }

    @Test(
        "what is no review is refused by HTTP with a reason",
        arguments: [
            ("", 400, "the body is not JSON"),
            ("{", 400, "the body is not JSON"),
            ("{\"a\":\u{1}}", 400, "the body is not JSON"),
            (String(repeating: "[", count: 100_000), 400, "the body is not JSON"),
            ("null", 400, "the whole text"),
            ("[]", 400, "the whole text"),
            ("{}", 400, "/apiVersion"),
            (
                #"{"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview","request":{"uid":"x"}}"#, 400,
                "v1beta1"
            ),
            (#"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}"#, 400, "/request"),
            (#"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":[]}"#, 400, "/request"),
            (#"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{}}"#, 400, "/request/uid"),
            (
                #"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":7}}"#, 400,
                "/request/uid"
            ),
            (
                #"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":""}}"#, 400,
                "/request/uid"
            ),
        ])
    func malformed(body: String, status: Int, reason: String) async throws {
        for endpoint in AdmissionEndpoint.allCases {
            let answer = try await ask(endpoint.rawValue, body)
            #expect(answer.status == status)
            #expect(answer.text.contains(reason), "\(answer.text)")
        }
    }

    @Test(
        "a review that can be answered but not understood is answered with a refusal that names the place",
        arguments: [
            (#"{"uid":"u-1"}"#, "/request/operation"),
            (#"{"uid":"u-1","operation":"PATCH"}"#, "/request/operation"),
            (#"{"uid":"u-1","operation":"CREATE"}"#, "/request/resource"),
            (#"{"uid":"u-1","operation":"CREATE","resource":{}}"#, "/request/object"),
            (#"{"uid":"u-1","operation":"CREATE","resource":{},"object":null}"#, "/request/object"),
            (#"{"uid":"u-1","operation":"CREATE","resource":{},"object":[1]}"#, "/request/object"),
            (#"{"uid":"u-1","operation":"UPDATE","resource":{},"object":{},"oldObject":"x"}"#, "/request/oldObject"),
        ])
    func answeredRefusals(request: String, place: String) async throws {
        let body = #"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":\#(request)}"#
        let (status, text) = try await ask("/mutate-pods", body)
        #expect(status == 200)
        let response = try #require(try JSONDocument(parsing: text).root["response"])
        #expect(response["uid"]?.string == "u-1")
        #expect(response["allowed"]?.bool == false)
        #expect(response["status"]?["code"]?.int == 400)
        #expect(response["status"]?["message"]?.string?.contains(place) == true, "\(text)")
    }

    @Test("the outside of a request is checked first")
    func outside() async throws {
        let good = try Review.pod().text
        #expect(try await ask("/mutate-pods", good, method: "GET").status == 405)
        #expect(try await ask("/mutate-pods", good, method: "PUT").status == 405)
        #expect(try await ask("/mutate-pods", good, contentType: nil).status == 415)
        #expect(try await ask("/mutate-pods", good, contentType: "application/yaml").text.contains("application/yaml"))
        #expect(try await ask("/mutate-pods", good, contentType: "application/json; charset=utf-8").status == 200)
        let elsewhere = try await ask("/mutate", good)
        #expect(elsewhere.status == 404)
        #expect(elsewhere.text.contains("/mutate-pods, /mutate-jobs, /validate-jobs"))
        #expect(try await ask("/healthz", "", method: "GET").status == 200)
        #expect(try await ask("/readyz", "", method: "GET").status == 200)
        #expect(try await ask("/metrics", "", method: "GET").text.contains("kubedl_admission_seconds_bucket"))
    }

    @Test("with a client authority, only its clients may ask for admission; probes stay open")
    func peers() async throws {
        let service = service(needsPeer: true)
        var request = ServerRequest(
            method: "POST", path: "/mutate-pods", headers: ["Content-Type": "application/json"],
            body: Array(try Review.pod().text.utf8))
        #expect(await service.respond(to: request).status == 403)
        request.peer = PeerIdentity(commonName: "kube-apiserver", organizations: [])
        #expect(await service.respond(to: request).status == 200)
        #expect(await service.respond(to: ServerRequest(method: "GET", path: "/healthz")).status == 200)
    }

    @Test("hostile objects are decided about, whatever stands where Kubernetes expects something else")
    func hostile() async throws {
        let values = ["null", "true", "1e400", "\"\"", "\"x\"", "[]", "[null]", "{}", #"{"a":1}"#, #"[{"name":7}]"#]
        let places = ["metadata", "spec", "status"]
        let inner = [
            "annotations", "labels", "name", "containers", "initContainers", "volumes", "schedulingGates",
            "hostNetwork",
            "pytorchReplicaSpecs", "runPolicy", "schedulingPolicy", "replicas",
        ]
        for value in values {
            var objects = places.map { #"{"\#($0)":\#(value)}"# }
            for place in places { objects += inner.map { #"{"\#(place)":{"\#($0)":\#(value)}}"# } }
            objects.append(
                #"{"metadata":{"labels":{"kubedl.io/gang-name":\#(value)},"annotations":{"kubedl.io/network-mode":"host","kubedl.io/git-sync-config":\#(value)}},"spec":{"containers":\#(value)}}"#
            )
            objects.append(#"{"spec":{"pytorchReplicaSpecs":{"Master":\#(value),"Worker":{"template":\#(value)}}}}"#)
            for object in objects {
                for endpoint in AdmissionEndpoint.allCases {
                    let resource = endpoint == .mutatePods ? Review.pods : Review.jobs
                    let (status, text) = try await ask(endpoint.rawValue, Review.make(resource, object).text)
                    #expect(status == 200, "\(endpoint) \(object): \(text)")
                    #expect(try JSONDocument(parsing: text).root["response"]?["uid"]?.string == "u-1")
                }
            }
        }
    }

    @Test("any one byte changed or cut off leaves an answer")
    func mutatedBytes() async throws {
        let good = Array(try Review.pod(labels: ["kubedl.io/gang-name": "a"]).text.utf8)
        for index in good.indices {
            for replacement in [UInt8(0), UInt8(ascii: "\""), UInt8(ascii: "}"), 0xff] {
                var bytes = good
                bytes[index] = replacement
                let response = await service().respond(
                    to: ServerRequest(
                        method: "POST", path: "/mutate-pods", headers: ["Content-Type": "application/json"], body: bytes
                    ))
                #expect([200, 400].contains(response.status))
            }
            let response = await service().respond(
                to: ServerRequest(
                    method: "POST", path: "/mutate-pods", headers: ["Content-Type": "application/json"],
                    body: Array(good[..<index])))
            #expect(response.status == 400)
        }
    }
}

extension MetricsRegistry {
    fileprivate func text(contains line: String) -> Bool { String(decoding: text(), as: UTF8.self).contains(line) }
}

extension Logger {
    /// Logs nothing.
    static var silent: Logger { Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }) }
}
