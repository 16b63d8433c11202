import JSON

/// What has become of one role's pods.
package struct RoleOutcome: Sendable, Hashable {
    /// The role's name.
    package var role: String
    /// Pods that the role is to have.
    package var count: Int
    /// Pods that run or are about to.
    package var active: Int
    /// Indexes of pods that have succeeded.
    package var succeeded: Set<Int>

    /// An outcome from its parts.
    package init(_ role: String, count: Int, active: Int = 0, succeeded: Set<Int> = []) {
        self.role = role
        self.count = count
        self.active = active
        self.succeeded = succeeded
    }

    /// Whether every pod has succeeded, and there is one.
    package var isDone: Bool { count > 0 && succeeded.count >= count }
}

/// When a job counts as running, by the roles that it has.
package enum RunningRule: Sendable, Hashable {
    /// Any of these roles has an active pod.
    case any([String])
    /// The first of these roles that the job has has an active pod.
    case first([String])
    /// Every pod of each of these roles is active.
    case all([String])

    /// Whether the job runs.
    package func holds(_ outcomes: [RoleOutcome]) -> Bool {
        let of = { (names: [String]) in names.compactMap { name in outcomes.first { $0.role == name } } }
        switch self {
        case .any(let names): return of(names).contains { $0.active > 0 }
        case .first(let names): return of(names).first.map { $0.active > 0 } ?? false
        case .all(let names):
            let roles = of(names)
            return !roles.isEmpty && roles.allSatisfy { $0.active > 0 && $0.active >= $0.count }
        }
    }
}

/// When a job has succeeded, by the roles that it has. Source: KubeDL's status rules by framework.
package enum SuccessRule: Sendable, Hashable {
    /// Every pod of all these roles has succeeded.
    case all([String])
    /// Every pod of one of these roles has succeeded.
    case any([String])
    /// The first of `leaders` that the job has decides. Without one the workers do: the first of them, or with
    /// `successPolicy: AllWorkers` all of them, which then must succeed besides a leader too.
    case leader([String], workers: String)
    /// Enough pods of these roles together: `minFinishWorkRate` percent, else `minFinishWorkNum`, else all.
    case share([String])

    /// Whether the job has succeeded; `spec` is its spec.
    package func holds(_ outcomes: [RoleOutcome], spec: JSONView?) -> Bool {
        let of = { (names: [String]) in outcomes.filter { names.contains($0.role) && $0.count > 0 } }
        switch self {
        case .all(let names): return !of(names).isEmpty && of(names).allSatisfy(\.isDone)
        case .any(let names): return of(names).contains(where: \.isDone)
        case .leader(let names, let workers):
            let crew = of([workers]).first
            let needsAll = spec?["successPolicy"]?.string == SuccessPolicy.allWorkers.rawValue
            if let leader = names.lazy.compactMap({ of([$0]).first }).first {
                return leader.isDone && (!needsAll || crew?.isDone ?? true)
            }
            return crew?.isDone == true || (!needsAll && crew?.succeeded.contains(0) == true)
        case .share(let names):
            let total = of(names).reduce(0) { $0 + $1.count }
            let done = of(names).reduce(0) { $0 + $1.succeeded.count }
            return total > 0 && done >= Self.needed(of: total, spec: spec)
        }
    }

    /// Pods of `total` that must succeed, at least one.
    private static func needed(of total: Int, spec: JSONView?) -> Int {
        if let rate = spec?["minFinishWorkRate"]?.int { return max(1, (total * min(max(rate, 0), 100) + 99) / 100) }
        if let number = spec?["minFinishWorkNum"]?.int { return min(max(number, 1), total) }
        return total
    }
}

/// `successPolicy` of frameworks that have it.
package enum SuccessPolicy: String, Sendable, CaseIterable {
    /// The framework's own rule.
    case standard = ""
    /// Every worker must succeed.
    case allWorkers = "AllWorkers"

    /// The member of `spec`.
    package static var field: Schema.Property {
        .optional(
            "successPolicy",
            .string(allCases.map(\.rawValue))
                .described(
                    "Whose success is the job's: empty for the framework's own rule, AllWorkers for every worker."))
    }
}
