internal import FoundationEssentials
internal import Glibc

/// Processes and all that they have started.
enum ProcessTree {
    /// Sends `signal` to `roots` and their descendants, in namespaces of any depth, until none is left out. Calls block.
    static func send(_ signal: Int32, to roots: [Int32]) {
        var reached: Set<Int32> = []
        // A process that is not stopped yet may start more while we look.
        for _ in 0..<10 {
            let new = descendants(of: roots, parents: parents()).subtracting(reached)
            if new.isEmpty { return }
            for process in new { kill(process, signal) }
            reached.formUnion(new)
        }
    }

    /// `roots` and what has them as ancestors.
    static func descendants(of roots: [Int32], parents: [Int32: Int32]) -> Set<Int32> {
        let children = Dictionary(grouping: parents.keys) { parents[$0] ?? 0 }
        var found = Set<Int32>()
        var pending = roots
        while let process = pending.popLast() {
            if found.insert(process).inserted { pending += children[process] ?? [] }
        }
        return found
    }

    /// The parent of each process of this machine. Source: proc_pid_stat(5).
    private static func parents() -> [Int32: Int32] {
        var parents: [Int32: Int32] = [:]
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
            guard let process = Int32(name), let data = FileManager.default.contents(atPath: "/proc/\(name)/stat")
            else {
                continue
            }
            // The name, in parentheses, may hold anything.
            let rest = String(decoding: data, as: UTF8.self).split(separator: ")").last ?? ""
            let fields = rest.split(separator: " ")
            if fields.count > 1 { parents[process] = Int32(fields[1]) }
        }
        return parents
    }
}
