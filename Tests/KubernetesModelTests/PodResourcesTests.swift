import JSON
import KubernetesModel
import Testing

@Suite("Resource requests of a pod")
struct PodResourcesTests {
    static func spec(_ text: String) throws -> PodSpec { PodSpec(try JSONDocument(parsing: text)) }

    @Test(
        "are counted as Kubernetes does",
        arguments: [
            ("no containers", "{}", ""),
            (
                "containers are summed",
                #"{"containers":[{"resources":{"requests":{"cpu":"100m","memory":"1Gi"}}},{"resources":{"requests":{"cpu":1}}}]}"#,
                "cpu=1100m,memory=1Gi"
            ),
            ("limits alone are no requests", #"{"containers":[{"resources":{"limits":{"cpu":"1"}}}]}"#, ""),
            (
                "the largest init container counts when it is larger than the containers",
                #"{"containers":[{"resources":{"requests":{"cpu":"1","memory":"1Gi"}}}],"initContainers":[{"resources":{"requests":{"cpu":"3"}}},{"resources":{"requests":{"cpu":"2","memory":"512Mi"}}}]}"#,
                "cpu=3,memory=1Gi"
            ),
            (
                "a sidecar counts beside the containers",
                #"{"containers":[{"resources":{"requests":{"cpu":"1"}}}],"initContainers":[{"restartPolicy":"Always","resources":{"requests":{"cpu":"2"}}}]}"#,
                "cpu=3"
            ),
            (
                "a sidecar counts for later init containers only",
                #"{"containers":[{"resources":{"requests":{"cpu":"1"}}}],"initContainers":[{"resources":{"requests":{"cpu":"5"}}},{"restartPolicy":"Always","resources":{"requests":{"cpu":"2"}}},{"resources":{"requests":{"cpu":"4"}}}]}"#,
                "cpu=6"
            ),
            (
                "sidecars add up",
                #"{"containers":[{"resources":{"requests":{"cpu":"1"}}}],"initContainers":[{"restartPolicy":"Always","resources":{"requests":{"cpu":"2"}}},{"restartPolicy":"Always","resources":{"requests":{"cpu":"3"}}}]}"#,
                "cpu=6"
            ),
            (
                "overhead is added last",
                #"{"containers":[{"resources":{"requests":{"cpu":"1"}}}],"overhead":{"cpu":"250m","memory":"120Mi"}}"#,
                "cpu=1250m,memory=120Mi"
            ),
            (
                "requests of the whole pod replace sums of CPU and memory only",
                #"{"resources":{"requests":{"cpu":"4","nvidia.com/gpu":"9"}},"containers":[{"resources":{"requests":{"cpu":"1","memory":"1Gi","nvidia.com/gpu":"2"}}}],"overhead":{"cpu":"1"}}"#,
                "cpu=5,memory=1Gi,nvidia.com/gpu=2"
            ),
        ])
    func requests(name: String, spec: String, expected: String) throws {
        #expect(try Self.spec(spec).resourceRequests().description == expected, "\(name)")
    }

    @Test("limits take overhead only where there is a limit")
    func limits() throws {
        let spec = try Self.spec(
            #"{"containers":[{"resources":{"limits":{"cpu":"1"}}}],"overhead":{"cpu":"1","memory":"1Mi"}}"#)
        #expect(spec.resourceLimits().description == "cpu=2")
    }

    @Test("a list fits when each amount does, and an absent amount is zero")
    func fits() {
        let room = ResourceList(["cpu": Quantity(2), "nvidia.com/gpu": Quantity(1)])
        #expect(ResourceList(["cpu": Quantity(2)]).fits(in: room))
        #expect(ResourceList(["memory": .zero]).fits(in: room))
        #expect(!ResourceList(["memory": Quantity(1)]).fits(in: room))
        #expect(!(ResourceList(["nvidia.com/gpu": Quantity(1)]) * 2).fits(in: room))
        #expect((room - room).pairs.allSatisfy { $0.amount.isZero })
    }
}
