import Foundation

/// What one side did.
struct Measured: Codable {
    var listSeconds = 0.0
    var listCPU = 0.0
    /// Growth of VmRSS from before the first request to after the list, over the number of pods.
    var bytesPerPod = 0.0
    var eventsPerSecond = 0.0
    var eventsPerCPUSecond = 0.0
}

/// Time, processor time and memory of this process.
struct Usage {
    var time = ContinuousClock.now
    /// User and system seconds of all threads.
    var cpu: Double
    /// VmRSS.
    var bytes: Double

    init() throws {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let (user, system) = (usage.ru_utime, usage.ru_stime)
        cpu = Double(user.tv_sec + system.tv_sec) + Double(user.tv_usec + system.tv_usec) * 1e-6
        let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")[1]
        bytes = (Double(pages) ?? 0) * Double(getpagesize())
    }

    /// Wall-clock and processor seconds since another moment.
    func since(_ start: Usage) -> (seconds: Double, cpu: Double) {
        let spent = (time - start.time).components
        return (Double(spent.seconds) + Double(spent.attoseconds) * 1e-18, cpu - start.cpu)
    }
}

extension Measured {
    mutating func noteList(from start: Usage, _ pods: Int) throws {
        let end = try Usage()
        (listSeconds, listCPU) = end.since(start)
        bytesPerPod = (end.bytes - start.bytes) / Double(pods)
    }

    mutating func noteEvents(from start: Usage, _ events: Int) throws {
        let (seconds, cpu) = try Usage().since(start)
        eventsPerSecond = Double(events) / seconds
        eventsPerCPUSecond = Double(events) / cpu
    }
}
