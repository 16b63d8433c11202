internal import JSON
internal import KubernetesClient
internal import KubernetesModel
internal import Logging
internal import NIOPosix

extension PodWorker {
    /// Writes the status if it has changed; false if that must be tried again.
    func report(_ state: inout PodWorkerState) async -> Bool {
        let text = PodStatusText(
            recipe: state.recipe, runtime: state.runtime, hostAddress: node.address,
            address: state.address ?? node.address,
            now: Timestamp.now().wholeSeconds,
            before: state.conditions)
        let status = text.value
        if status == state.written { return true }
        let patch = JSONValue.object([
            ("metadata", .object([("uid", JSONValue(state.recipe.uid))])), ("status", status),
        ])
        do {
            _ = try await shared.client.patch(.pods, state.recipe.key, .strategic(patch), subresource: "status")
            state.written = status
            state.conditions = text.conditions
            return true
        } catch {
            if error.isNotFound || Task.isCancelled { return true }
            shared.logger.warning(
                "A pod's status cannot be written; it is tried again",
                metadata: ["pod": "\(state.recipe.key)", "error": "\(error)"])
            return false
        }
    }

    /// Reports the last status of a pod that is to go, and has it removed.
    func remove(_ state: inout PodWorkerState) async {
        _ = await report(&state)
        let options = DeleteOptions(uid: state.recipe.uid, gracePeriodSeconds: 0)
        do {
            _ = try await shared.client.delete(.pods, state.recipe.key, options: options)
        } catch {
            // Gone, or another pod of the name by now.
            if !error.isNotFound, !error.isConflict, !Task.isCancelled {
                shared.logger.warning(
                    "A stopped pod cannot be removed; it is tried again",
                    metadata: ["pod": "\(state.recipe.key)", "error": "\(error)"])
                try? await Task.sleep(for: .seconds(1))
                return
            }
        }
        await forget(&state)
    }

    /// Removes what is left of the pod on this host.
    func forget(_ state: inout PodWorkerState) async {
        leaveNetwork(&state)
        shared.names.remove(uid: state.recipe.uid)
        shared.logs.remove(podUID: state.recipe.uid)
        let folder = folder
        try? await NIOThreadPool.singleton.runIfActive { VolumeFolders.remove(folder) }
        state.isRemoved = true
    }

    /// What a container says about its end: the file at its `terminationMessagePath`, else the end of its log where the
    /// policy says so. At most 4096 bytes.
    func terminationMessage(of name: String, exitCode: Int, _ state: PodWorkerState) async -> String {
        guard let container = state.recipe.containers.first(where: { $0.name == name })?.container else { return "" }
        let usesLog = container.json["terminationMessagePolicy"]?.string == "FallbackToLogsOnError" && exitCode != 0
        let path = terminationPath(of: name)
        let log = usesLog ? shared.logs.current(podUID: state.recipe.uid, container: name) : nil
        let text = try? await NIOThreadPool.singleton.runIfActive { () -> String in
            let said = FileBytes.read(path, limit: 4096) ?? []
            if said.isEmpty, let log { return log.lastText() }
            return String(decoding: said, as: UTF8.self)
        }
        return text ?? ""
    }

    /// Where a container's termination message is on this host.
    func terminationPath(of name: String) -> String { "\(folder)/containers/\(name)/termination-log" }
}
