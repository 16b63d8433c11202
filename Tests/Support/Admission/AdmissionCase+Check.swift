import JSON

/// What was made of a case's object, whoever asked: a function or an API server.
package struct AdmissionOutcome: Sendable {
    /// One reason of a refusal.
    package struct Problem: Sendable {
        package var path: String
        /// `Required`, `Invalid`, …
        package var rule: String
        /// Everything after the path.
        package var text: String

        /// A reason from its parts.
        package init(path: String, rule: String, text: String) {
            self.path = path
            self.rule = rule
            self.text = text
        }
    }

    /// The object that is stored; nil when refused or deleted.
    package var object: JSONValue?
    /// Why it was refused; empty when it was not.
    package var problems: [Problem]
    package var warnings: [String]

    /// An outcome from its parts.
    package init(object: JSONValue?, problems: [Problem] = [], warnings: [String] = []) {
        self.object = object
        self.problems = problems
        self.warnings = warnings
    }
}

extension AdmissionCase {
    /// The object that must be stored, without the annotation `kubedl.io/mutations`; nil when nothing is.
    package var expectedObject: JSONValue? {
        switch verdict {
        case .object(let object): object
        case .changes(let changes): object?.changed(by: changes)
        case .refused: nil
        }
    }

    /// How `outcome` differs from what must hold, in words; empty when it does not.
    package func differences(of outcome: AdmissionOutcome) -> [String] {
        var differences = Self.unmatched(warnings, outcome.warnings, "warning")
        if case .refused(let refusals) = verdict {
            return differences + self.differences(of: outcome, from: refusals)
        }
        differences += outcome.problems.map { "refused: \($0.path): \($0.text)" }
        guard outcome.problems.isEmpty, var actual = outcome.object, let expected = expectedObject else {
            return differences
        }
        let text = actual[path: "metadata", "annotations", "kubedl.io/mutations"]?.string ?? ""
        let lines = text.split(whereSeparator: \.isNewline).map(String.init)
        differences += Self.unmatched(mutations, lines, "line of kubedl.io/mutations", allowsMore: true)
        if expected != object { actual.withoutMutations(unlessSentIn: object) }
        var names = PortNames(ports)
        let (wanted, problems) = names.resolve(expected, in: actual)
        return differences + problems + actual.differences(from: wanted)
    }

    private func differences(of outcome: AdmissionOutcome, from refusals: [Refusal]) -> [String] {
        var left = outcome.problems
        var differences: [String] = []
        if left.isEmpty { differences.append("admitted") }
        for refusal in refusals {
            let place = left.firstIndex { problem in
                problem.path == refusal.path && problem.rule == refusal.rule
                    && (refusal.value.map { problem.text.contains($0.text) } ?? true)
                    && refusal.says.allSatisfy { problem.text.contains($0) }
            }
            if let place {
                left.remove(at: place)
            } else {
                differences.append("no problem \(refusal.rule) at \(refusal.path) that says \(refusal.says)")
            }
        }
        return differences + left.map { "not expected: \($0.rule) at \($0.path): \($0.text)" }
    }

    /// Each piece needs a line of its own and each line a piece, unless there may be more lines.
    private static func unmatched(
        _ pieces: [String], _ lines: [String], _ what: String, allowsMore: Bool = false
    ) -> [String] {
        var left = lines
        var missing: [String] = []
        for piece in pieces {
            if let place = left.firstIndex(where: { $0.contains(piece) }) {
                left.remove(at: place)
            } else {
                missing.append("no \(what) says \"\(piece)\"")
            }
        }
        return missing + (allowsMore ? [] : left).map { "not expected: \(what) \"\($0)\"" }
    }
}

extension JSONValue {
    /// Without the annotation `kubedl.io/mutations`, and without the maps that it brought.
    fileprivate mutating func withoutMutations(unlessSentIn sent: JSONValue?) {
        self[path: "metadata", "annotations", "kubedl.io/mutations"] =
            sent?[path: "metadata", "annotations", "kubedl.io/mutations"]
        if self[path: "metadata", "annotations"]?.isEmpty == true, sent?[path: "metadata", "annotations"] == nil {
            self[path: "metadata", "annotations"] = Optional<JSONValue>.none
        }
    }
}
