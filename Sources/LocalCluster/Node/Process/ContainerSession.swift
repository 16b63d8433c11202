internal import NIOCore
internal import NIOPosix

/// What clients do in one run of a container.
struct ContainerSession: Sendable {
    let exec: ContainerExec
    /// The container's own program.
    let program: ContainerProcess
    let log: ContainerLog
    let isolation: Isolation
    let tools: SystemTools
    let processes: ProcessRegistry

    /// Runs a command to its end. Throws what `send` throws, once the command is killed.
    func run(
        _ command: [String], _ channels: RemoteCommandChannels,
        messages: any AsyncSequence<[UInt8], any Error> & Sendable,
        send: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws -> RemoteCommandEnd {
        let output = SessionOutput()
        let (events, sink) = AsyncStream<ContainerProcess.Event>.makeStream()
        let launch = exec.launch(command, input: input(channels), isolation, tools)
        guard let process = processes.start(launch, output: output, report: { sink.yield($0) }) else {
            return .failed("the node is ending")
        }
        return try await withTaskCancellationHandler {
            for await event in events {
                switch event {
                case .notStarted(let problem): return .failed(problem)
                case .ended(let code): return .exited(code)
                case .started:
                    do {
                        try await relay(process, output, channels, messages: messages, send: send)
                    } catch {
                        process.stop(grace: .zero)
                        throw error
                    }
                }
            }
            throw CancellationError()
        } onCancel: {
            process.stop(grace: .zero)
        }
    }

    /// Speaks with the container's own program to its end. Throws what `send` throws.
    func attach(
        _ channels: RemoteCommandChannels, messages: any AsyncSequence<[UInt8], any Error> & Sendable,
        send: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws -> RemoteCommandEnd {
        let output = SessionOutput()
        log.attach(output)
        defer {
            log.detach(output)
            program.wake()
            if channels.hasInput, exec.container.input.isForOneClient { program.closeInput() }
        }
        try await withTaskCancellationHandler {
            try await relay(program, output, channels, messages: messages, send: send)
        } onCancel: {
            output.finish()
        }
        return .exited(0)
    }

    private func input(_ channels: RemoteCommandChannels) -> ProcessInput {
        guard channels.isTerminal else { return channels.hasInput ? .pipe : .nothing }
        let owner = exec.container.user
        return .terminal(PseudoTerminal(process: isolation.allowsMounts ? exec.process : nil, owner: owner))
    }

    /// Carries input and output until there is no more output.
    private func relay(
        _ process: ContainerProcess, _ output: SessionOutput, _ channels: RemoteCommandChannels,
        messages: any AsyncSequence<[UInt8], any Error> & Sendable,
        send: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws {
        let input = channels.hasInput ? try await openInput(process) : nil
        if process !== program { process.closeInput() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            // A command that takes no more input may still have something to say.
            group.addTask { try? await take(messages, channels, process, input) }
            defer {
                group.cancelAll()
                input?.close(promise: nil)
            }
            while let pieces = await output.next() {
                process.wake()
                for piece in pieces {
                    if let message = channels.output(piece.bytes, piece.stream) { try await send(message) }
                }
            }
        }
    }

    /// The program's input as a channel that tells when it has taken what was written.
    private func openInput(_ process: ContainerProcess) async throws -> (any Channel)? {
        guard let descriptor = process.duplicateInput() else { return nil }
        return try await NIOPipeBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .takingOwnershipOfDescriptor(output: descriptor).get()
    }

    private func take(
        _ messages: any AsyncSequence<[UInt8], any Error> & Sendable, _ channels: RemoteCommandChannels,
        _ process: ContainerProcess, _ input: (any Channel)?
    ) async throws {
        for try await message in messages {
            switch channels.input(message) {
            case .bytes(let bytes): try? await input?.writeAndFlush(ByteBuffer(bytes: bytes))
            case .end where !channels.isTerminal:
                input?.close(promise: nil)
                if exec.container.input.isForOneClient { process.closeInput() }
            case .resize(let columns, let rows): process.resize(columns: columns, rows: rows)
            case .end, nil: break
            }
        }
    }
}
