/// Where a container's output goes. Called by the thread of its process only, and may block it.
protocol ContainerOutput: Sendable {
    /// Takes a piece of output.
    func write(_ bytes: [UInt8], stream: OutputStreamName)
    /// Nothing more will come.
    func finish()
    /// False while the program is to be held back; ``ContainerProcess/wake()`` is called when that changes.
    var takesMore: Bool { get }
}

extension ContainerOutput {
    var takesMore: Bool { true }
}

/// The two streams of a process, by the names of the CRI log format.
enum OutputStreamName: String, Sendable {
    case out = "stdout"
    case error = "stderr"
}
