import Admission
import Foundation
import JSON
import KubernetesModel
import TestSupport
import Testing

@Suite("What the chart says of the configuration")
struct ChartTests {
    private static let chart = Fixture.checkout.appending(path: "charts/kubedl")

    /// Names of all members of `schema`, by path.
    private static func fields(_ schema: JSONValue, _ path: [String] = []) -> [(path: [String], names: [String])] {
        let members = schema["properties"]?.members ?? []
        let inner = members.filter { $0.value["properties"] != nil }.flatMap { fields($0.value, path + [$0.key]) }
        return [(path, members.map(\.key))] + inner
    }

    @Test("its schema has the fields that are read, and no others")
    func schemaMatches() throws {
        let text = try Data(contentsOf: Self.chart.appending(path: "values.schema.json"))
        let schema = try JSONValue(parsing: [UInt8](text))
        let fields = Self.fields(try #require(schema[path: ["definitions", "configuration"]]))
        #expect(fields.count == 7)
        for (path, names) in fields {
            var json: JSONValue = ["apiVersion": "config.kubedl.io/v1alpha1", "kind": "SuiteConfiguration"]
            json[path: ["defaults"] + path + ["nobodyKnows"]] = 1
            let document = try json.document()
            let error = #expect(throws: InvalidSettings.self) { _ = try AdmissionSettings(document.root) }
            let known = error?.problems.first?.detail.split(separator: "known fields: ").last?.split(separator: ", ")
            #expect(Set(known?.map(String.init) ?? []) == Set(names), "\(path)")
        }
    }

    @Test("its match conditions list every mark")
    func marksMatch() throws {
        let text = try String(contentsOf: Self.chart.appending(path: "templates/_helpers.tpl"), encoding: .utf8)
        let start = try #require(text.firstRange(of: #"define "kubedl.podMarks""#)).lowerBound
        let quoted = text[start...].matches(of: /"([a-z0-9.-]+(\.io|\.sh)\/[a-z-]+)"/).map { String($0.1) }
        let marks = PodMarks.annotations + PodMarks.labels + PodMarks.podGroupAnnotations + PodMarks.podGroupLabels
        #expect(quoted.sorted() == marks.sorted())
    }
}
