internal import KubernetesModel
internal import Logging
internal import NIOPosix
internal import Synchronization

/// Keeps the hosts file of every pod current with services and nodes.
final class ClusterNames: Sendable {
    /// A pod and where its file is.
    struct Resident: Sendable, Hashable {
        var namespace: String
        var hostname: String
        var address: String
        /// The folder with the file `hosts`.
        var folder: String
        var aliases: [Alias] = []
    }

    /// An entry of the pod's own `hostAliases`.
    struct Alias: Sendable, Hashable {
        var address: String
        var names: [String]
    }

    private struct State {
        var services: [HostsFile.ServiceName] = []
        var residents: [String: Resident] = [:]
    }

    private let nodes: [NodeOptions]
    private let logger: Logger
    private let state = Mutex(State())

    /// Names of these nodes and no services yet.
    init(nodes: [NodeOptions], logger: Logger) {
        self.nodes = nodes
        self.logger = logger
    }

    /// Takes note of all services there are, and writes the files that change.
    func update(_ services: [HostsFile.ServiceName]) async {
        let residents = state.withLock { state -> [Resident] in
            if state.services == services { return [] }
            state.services = services
            return Array(state.residents.values)
        }
        if !residents.isEmpty { await write(residents) }
    }

    /// Writes the file of a pod and keeps it current until ``remove(uid:)``.
    func add(_ resident: Resident, uid: String) async {
        state.withLock { $0.residents[uid] = resident }
        await write([resident])
    }

    /// Forgets a pod.
    func remove(uid: String) { state.withLock { $0.residents[uid] = nil } }

    private func write(_ residents: [Resident]) async {
        let problem: String? = try? await NIOThreadPool.singleton.runIfActive {
            // The services are read under the lock of the write, so that an older text never replaces a newer one.
            self.state.withLock { state -> String? in
                for resident in residents {
                    let text = HostsFile.text(
                        namespace: resident.namespace, hostname: resident.hostname, address: resident.address,
                        services: state.services, nodes: self.nodes.map { ($0.name, $0.address) },
                        aliases: resident.aliases.map { ($0.address, $0.names) })
                    do { try FileBytes.replace(resident.folder + "/hosts", with: Array(text.utf8)) } catch {
                        return "\(error)"
                    }
                }
                return nil
            }
        }
        if let problem {
            logger.warning("A pod's hosts file cannot be written", metadata: ["error": "\(problem)"])
        }
    }
}
