import JSON

/// One fixture of `Tests/Fixtures/admission`: an object that is sent, and what is to become of it.
///
/// The README beside the fixtures says what each field means.
package struct AdmissionCase: Sendable, CustomStringConvertible {
    /// What must hold after admission.
    package enum Verdict: Sendable {
        /// The stored object is this.
        case object(JSONValue)
        /// The stored object is the sent one with these changes, see ``JSONValue/changed(by:)``.
        case changes(JSONValue)
        /// Nothing is stored, for exactly these reasons.
        case refused([Refusal])
    }

    /// One reason of a refusal.
    package struct Refusal: Sendable {
        /// The field, as Kubernetes writes paths.
        package var path: String
        /// The rule: `Required`, `Invalid`, `NotSupported`, `Forbidden`, `Duplicate`, `TooLong`, `TooMany`.
        package var rule: String
        /// The value as the message has it; nil when it is not shown.
        package var value: JSONValue?
        /// Pieces that the text must have.
        package var says: [String]
    }

    /// Topic and file name.
    package var name: String
    /// What happens, in one sentence.
    package var title: String
    /// Where the expectation is from.
    package var source: String
    /// `defaults` and `namespaces` of a SuiteConfiguration; an empty object when nothing is configured.
    package var configuration: JSONValue
    /// `CREATE`, `UPDATE` or `DELETE`.
    package var operation: String
    /// The namespace it happens in.
    package var namespace: String
    /// The object as it is sent; nil on deletion.
    package var object: JSONValue?
    /// The object as it was stored before.
    package var oldObject: JSONValue?
    /// What must hold.
    package var verdict: Verdict
    /// Names for host ports, with the range that their numbers lie in.
    package var ports: [String: ClosedRange<Int>]
    /// A piece of each line of `kubedl.io/mutations`.
    package var mutations: [String]
    /// A piece of each warning.
    package var warnings: [String]

    package var description: String { "\(name): \(title)" }

    /// Reads a case. Throws ``Malformed`` on fields that are missing, unknown or of another type.
    package init(name: String, _ json: JSONValue) throws {
        let fields = Fields(json, of: name)
        let known = [
            "title", "source", "configuration", "operation", "namespace", "object", "oldObject", "expect",
        ]
        try fields.refuseOthers(than: known)
        self.name = name
        title = try fields.text("title")
        source = try fields.text("source")
        configuration = json["configuration"] ?? [:]
        operation = json["operation"]?.string ?? "CREATE"
        namespace = json["namespace"]?.string ?? "ml"
        object = json["object"]
        oldObject = json["oldObject"]
        let expect = Fields(json["expect"] ?? nil, of: name + " expect")
        try expect.refuseOthers(than: ["object", "changes", "refused", "ports", "mutations", "warnings"])
        verdict = try Self.verdict(expect)
        ports = [:]
        for member in expect.json["ports"]?.members ?? [] {
            let bounds = (member.value.string ?? "").split(separator: "-").compactMap { Int($0) }
            guard bounds.count == 2 else { throw Malformed("\(name): ports.\(member.key) must be first-last") }
            ports[member.key] = bounds[0]...bounds[1]
        }
        mutations = try expect.texts("mutations")
        warnings = try expect.texts("warnings")
    }

    private static func verdict(_ expect: Fields) throws -> Verdict {
        switch (expect.json["object"], expect.json["changes"], expect.json["refused"]) {
        case (let object?, nil, nil): return .object(object)
        case (nil, let changes?, nil): return .changes(changes)
        case (nil, nil, let refused?):
            return .refused(
                try (refused.array ?? []).map { json in
                    let refusal = Fields(json, of: expect.place + ".refused")
                    try refusal.refuseOthers(than: ["path", "rule", "value", "says"])
                    return Refusal(
                        path: try refusal.text("path"), rule: try refusal.text("rule"), value: json["value"],
                        says: try refusal.texts("says"))
                })
        default: throw Malformed("\(expect.place) must have one of object, changes and refused")
        }
    }

    /// A fixture that cannot be used.
    package struct Malformed: Error, CustomStringConvertible {
        package var description: String
        init(_ description: String) { self.description = description }
    }

    /// Reads members of one object.
    private struct Fields {
        var json: JSONValue
        var place: String

        init(_ json: JSONValue, of place: String) {
            self.json = json
            self.place = place
        }

        func refuseOthers(than known: [String]) throws {
            guard let members = json.members else { throw Malformed("\(place) must be a mapping") }
            for member in members where !known.contains(member.key) {
                throw Malformed("\(place) has the unknown field \(member.key)")
            }
        }

        func text(_ key: String) throws -> String {
            guard let text = json[key]?.string, !text.isEmpty else { throw Malformed("\(place) needs the text \(key)") }
            return text
        }

        func texts(_ key: String) throws -> [String] {
            guard let value = json[key] else { return [] }
            guard let list = value.array else { throw Malformed("\(place).\(key) must be a list") }
            return try list.map { element in
                guard let text = element.string else { throw Malformed("\(place).\(key) must be texts") }
                return text
            }
        }
    }
}
