/// What happens to a replica that ends.
package enum RestartPolicy: String, Sendable, CaseIterable {
    /// The kubelet starts the container again, whatever its exit code.
    case always = "Always"
    /// The kubelet starts the container again when it failed.
    case onFailure = "OnFailure"
    /// A failed replica fails the job.
    case never = "Never"
    /// The controller replaces the pod when its exit code or reason says that the machine, not the program, failed.
    case exitCode = "ExitCode"

    /// What the pod itself carries: the kubelet knows nothing of `ExitCode`.
    package var podRestartPolicy: String { self == .exitCode ? RestartPolicy.never.rawValue : rawValue }

    /// Whether the kubelet restarts failed containers in place.
    package var isKubeletRestarting: Bool { self == .always || self == .onFailure }
}

/// What is deleted when a job has ended.
package enum CleanPodPolicy: String, Sendable, CaseIterable {
    /// Every pod and service.
    case all = "All"
    /// Pods that have not ended, and services.
    case running = "Running"
    /// Nothing.
    case none = "None"

    /// Reads the field; the empty text means `All`, as it always did in KubeDL.
    package init?(parsing text: String) {
        self.init(rawValue: text.isEmpty ? CleanPodPolicy.all.rawValue : text)
    }
}
