import NIOCore

/// One deadline that moves often and fires rarely: moving it later costs a store, not a timer.
struct DeadlineTimer {
    private(set) var deadline: NIODeadline?
    private var scheduled: (at: NIODeadline, task: Scheduled<Void>)?

    /// Sets the deadline `duration` from now; `nil` means none. `fire` is called on the loop no earlier than that, and
    /// must call ``hasExpired()`` first.
    mutating func set(_ duration: Duration?, on loop: any EventLoop, fire: @escaping @Sendable () -> Void) {
        guard let duration else {
            deadline = nil
            return
        }
        let deadline = NIODeadline.now() + TimeAmount(duration)
        self.deadline = deadline
        if let scheduled {
            if scheduled.at <= deadline { return }
            scheduled.task.cancel()
        }
        scheduled = (deadline, loop.scheduleTask(deadline: deadline, fire))
    }

    /// Called by `fire`: whether the deadline has really come. If it was moved, schedules `fire` again.
    mutating func hasExpired(on loop: any EventLoop, fire: @escaping @Sendable () -> Void) -> Bool {
        scheduled = nil
        guard let deadline else { return false }
        if deadline <= .now() {
            self.deadline = nil
            return true
        }
        scheduled = (deadline, loop.scheduleTask(deadline: deadline, fire))
        return false
    }

    mutating func cancel() {
        deadline = nil
        scheduled?.task.cancel()
        scheduled = nil
    }
}
