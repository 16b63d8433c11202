import JSON
import KubernetesModel
import Testing
import Workloads

@Suite("Conditions of a job")
struct JobStatusTests {
    private let start = Timestamp(seconds: 1_000_000)
    private func types(_ status: JobStatus) -> [String] { status.conditions.map { "\($0.type)=\($0.status)" } }

    @Test("the latest condition is last, and an end makes Running false")
    func followsALife() {
        var status = JobStatus(json: nil)
        status.set(.created, message: "c", now: start)
        status.set(.running, message: "r", now: start)
        #expect(types(status) == ["Created=True", "Running=True"])
        status.set(.restarting, message: "x", now: start)
        #expect(types(status) == ["Created=True", "Restarting=True"])
        status.set(.running, message: "r", now: start)
        status.set(.succeeded, message: "s", now: start + .seconds(5))
        #expect(types(status) == ["Created=True", "Running=False", "Succeeded=True"])
        #expect(status.conditions[1].lastTransitionTime == start + .seconds(5))
        let isChanged = status.set(.failed, message: "f", now: start)
        #expect(!isChanged)
        #expect(status.isFinished)
    }

    @Test("a condition that still holds is not written again")
    func isQuiet() throws {
        var status = JobStatus(json: nil)
        let first = status.set(.running, message: "r", now: start)
        let second = status.set(.running, message: "other", now: start + .seconds(9))
        #expect(first && !second)
        #expect(status.conditions.first?.message == "r")
        let stored = try status.json.document().root
        var read = JobStatus(json: stored)
        #expect(read.change == nil)
        read.set(.running, message: "r", now: start + .seconds(60))
        #expect(read.change == nil)
    }

    @Test("fields that we do not know stay in the status")
    func keepsUnknownFields() throws {
        let stored = try JSONDocument(parsing: #"{"cacheBackendName": "c", "conditions": [], "future": {"a": 1}}"#).root
        var status = JobStatus(json: stored)
        status.set(.created, message: "c", now: start)
        let change = try #require(status.change)
        #expect(change["cacheBackendName"] == "c" && change["future"] == ["a": 1])
        #expect(change["replicaStatuses"] == .object([]))
    }
}
