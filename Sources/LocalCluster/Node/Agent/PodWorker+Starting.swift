internal import JSON
internal import KubernetesClient
internal import KubernetesModel
internal import Logging
internal import NIOPosix

extension PodWorker {
    /// Makes the pod's folders and volumes; a failure is reported and tried again, later each time.
    func prepare(_ state: inout PodWorkerState) async {
        do {
            let sources = try await sources(of: state.recipe, tokens: state.sources.tokens)
            try await joinNetwork(&state)
            let facts = facts(state)
            let (spec, folder) = (state.recipe.pod.spec, folder)
            let volumes = try await NIOThreadPool.singleton.runIfActive {
                try FileBytes.makeDirectory(folder + "/hosts")
                return try VolumeFolders(spec, folder: folder + "/volumes", facts: facts, sources: sources)
            }
            state.volumes = volumes
            state.sources = sources
            state.runtime.isPrepared = true
            state.runtime.problem = nil
            await addNames(state)
        } catch {
            state.failures += 1
            let wait = min(Duration.milliseconds(500) * (1 << min(state.failures, 8)), .seconds(122))
            state.runtime.problem = "\(error)"
            state.runtime.prepareAfter = .now() + wait
            if error is PodNetworkProblem {
                await record(state, .warning, "FailedCreatePodSandBox", "Failed to create pod sandbox: \(error)")
            } else {
                await record(state, .warning, "FailedMount", "MountVolume.SetUp failed: \(error)")
            }
        }
    }

    /// Brings the files of volumes to what they come from now; if that cannot be read, they stay as they are.
    func refreshVolumes(_ state: inout PodWorkerState) async {
        guard let present = state.volumes, !PodMachine.isOver(state.recipe, state.runtime) else { return }
        do {
            state.sources = try await sources(of: state.recipe, tokens: state.sources.tokens)
            let (spec, facts, sources) = (state.recipe.pod.spec, facts(state), state.sources)
            state.volumes = try await NIOThreadPool.singleton.runIfActive {
                var volumes = present
                try volumes.update(spec, facts: facts, sources: sources)
                return volumes
            }
        } catch {
            if Task.isCancelled { return }
            await record(state, .warning, "FailedMount", "MountVolume.SetUp failed: \(error)")
        }
    }

    /// Gives the pod an address of its own, where there is a network for it. Throws ``PodNetworkProblem``.
    private func joinNetwork(_ state: inout PodWorkerState) async throws {
        guard let network = shared.network, state.place == nil, !state.recipe.pod.spec.hostNetwork else {
            return
        }
        let place = try await network.join(shared.machine.processes, node: node.name)
        state.place = place
        state.address = place.address
    }

    /// Gives the address back.
    func leaveNetwork(_ state: inout PodWorkerState) {
        guard let place = state.place else { return }
        shared.network?.leave(place)
        state.place = nil
    }

    /// Starts a container, or says why it cannot be made.
    func start(_ name: String, _ state: inout PodWorkerState) async {
        guard let recipe = state.recipe.containers.first(where: { $0.name == name }) else { return }
        let retry = Timestamp.now() + .seconds(10)
        var launch: ContainerLaunch
        do {
            // Config maps and secrets may have come since the pod was prepared.
            if !state.sources.covers(state.recipe.pod.spec) {
                state.sources = try await sources(of: state.recipe, tokens: state.sources.tokens)
            }
            launch = try await self.launch(recipe.container, state)
        } catch let problem as SourceProblem {
            state.runtime.cannotStart(
                name, reason: "CreateContainerConfigError", message: problem.description, until: retry)
            return await record(state, .warning, "Failed", "Error: \(problem)", container: name)
        } catch {
            state.runtime.cannotStart(name, reason: "CreateContainerError", message: "\(error)", until: retry)
            return await record(state, .warning, "Failed", "Error: \(error)", container: name)
        }
        let uid = state.recipe.uid
        let run = state.runtime[name].wasStarted ? state.runtime[name].restartCount + 1 : 0
        let containerID = "\(uid)-\(name)-\(run)"
        do {
            let own = "\(folder)/containers/\(name)"
            if let memory = shared.memory, let limit = recipe.container.limits["memory"], !limit.isZero {
                let group = try memory.make(containerID, limit: limit.roundedUpValue)
                state.groups[name] = group
                launch.memoryGroup = group.folder
            }
            let log = try await NIOThreadPool.singleton.runIfActive {
                try FileBytes.makeDirectory(own)
                return try ContainerLog(path: "\(own)/\(run).log")
            }
            shared.logs.add(log, of: LogRegistry.Owner(podUID: uid, container: name))
            state.runtime.starting(name, containerID: containerID)
            state.launches[name] = launch
            let sink = sink
            state.processes[name] = shared.machine.processes.start(
                launch.process(shared.isolation, shared.tools), output: log
            ) { sink.yield(.process(container: name, containerID: containerID, $0)) }
        } catch {
            state.runtime.cannotStart(name, reason: "CreateContainerError", message: "\(error)", until: retry)
        }
    }

    private func launch(_ container: Container, _ state: PodWorkerState) async throws -> ContainerLaunch {
        let spec = state.recipe.pod.spec
        let hostname = hostname(spec, state.recipe.key.name)
        let defaults = [
            ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"), ("HOSTNAME", hostname),
            ("HOME", security(container, spec, "runAsUser").map { $0 == 0 } ?? true ? "/root" : "/"),
        ]
        var environment = ContainerEnvironment(defaults: defaults + shared.apiVariables)
        try environment.add(container, facts: facts(state), sources: state.sources)
        let command = environment.command(of: container)
        if command.isEmpty {
            throw SourceProblem("no command specified: images of a local cluster have no command of their own")
        }
        var mounts = try state.volumes?.mounts(of: container, values: environment.values) ?? []
        if shared.isolation.problem != nil {
            // Every pod has this mount; few read it.
            mounts.removeAll { $0.target == "/var/run/secrets/kubernetes.io/serviceaccount" }
        }
        if let reason = shared.isolation.problem, !mounts.isEmpty {
            throw ContainerProblem(
                description: "volumes cannot be mounted, because this machine forbids namespaces (\(reason)); "
                    + "run kubedl-local as root or allow user namespaces")
        }
        let name = container.name
        mounts += [
            ContainerMount(kind: .directory, source: folder + "/hosts", target: "/run/kubedl-hosts", isReadOnly: true),
            ContainerMount(kind: .link, source: "/run/kubedl-hosts/hosts", target: "/etc/hosts"),
            ContainerMount(
                kind: .file, source: terminationPath(of: name),
                target: container.json["terminationMessagePath"]?.string ?? "/dev/termination-log"),
        ]
        let resolver = folder + "/hosts/resolv.conf"
        if shared.network != nil {
            mounts.append(
                ContainerMount(kind: .link, source: "/run/kubedl-hosts/resolv.conf", target: "/etc/resolv.conf"))
        }
        let scratch = "\(folder)/containers/\(name)/root"
        let termination = terminationPath(of: name)
        try await NIOThreadPool.singleton.runIfActive {
            try FileBytes.makeDirectory(scratch)
            try FileBytes.write(termination, [], mode: 0o666)
            try FileBytes.write(resolver, Array(Self.resolverText.utf8), mode: 0o644)
        }
        return ContainerLaunch(
            command: command, environment: environment.variables, workingDirectory: container.workingDirectory,
            hostname: hostname, imageFolder: shared.configuration.imageFolder(container.image), mounts: mounts,
            user: security(container, spec, "runAsUser"), group: security(container, spec, "runAsGroup"),
            supplementalGroups: supplementalGroups(spec),
            networkHolder: (state.place ?? shared.places[node.name])?.holder.processID,
            input: ContainerInput(
                isOpen: container.json["stdin"]?.bool ?? false,
                isForOneClient: container.json["stdinOnce"]?.bool ?? false,
                isTerminal: container.json["tty"]?.bool ?? false),
            scratch: scratch, script: shared.script)
    }

    /// In a network without a way out a name that the hosts file lacks must fail at once: glibc asks itself, where nobody
    /// listens, instead of waiting for the machine's DNS server.
    private static let resolverText = "# kubedl-local: names come from /etc/hosts\noptions timeout:1 attempts:1\n"

    private func security(_ container: Container, _ spec: PodSpec, _ key: String) -> Int? {
        container.json["securityContext"]?[key]?.int ?? spec.json["securityContext"]?[key]?.int
    }

    private func supplementalGroups(_ spec: PodSpec) -> [Int] {
        let context = spec.json["securityContext"]
        let groups = context?["supplementalGroups"].map { $0.elements.compactMap(\.int) } ?? []
        return groups + (context?["fsGroup"]?.int.map { [$0] } ?? [])
    }

    /// The node's name for pods of the host's network, else the pod's own.
    private func hostname(_ spec: PodSpec, _ podName: String) -> String {
        if spec.hostNetwork { return node.name }
        return String((spec.hostname.isEmpty ? podName : spec.hostname).prefix(63))
    }

    private func addNames(_ state: PodWorkerState) async {
        let recipe = state.recipe
        let spec = recipe.pod.spec
        let aliases = spec.json["hostAliases"].map { Array($0.elements) } ?? []
        let resident = ClusterNames.Resident(
            namespace: recipe.key.namespace ?? "", hostname: hostname(spec, recipe.key.name),
            address: state.address ?? node.address, folder: folder + "/hosts",
            aliases: aliases.map { .init(address: $0["ip"]?.string ?? "", names: $0["hostnames"]?.strings ?? []) })
        await shared.names.add(resident, uid: recipe.uid)
    }

    private func facts(_ state: PodWorkerState) -> PodFacts {
        PodFacts(
            pod: state.recipe.pod, nodeName: node.name, hostIP: node.address, podIP: state.address ?? node.address,
            allocatable: node.capacity)
    }

    /// Reads the config maps and secrets that a pod refers to; those that are not there are left out.
    private func sources(
        of recipe: PodRecipe, tokens: [String: PodSources.Token]
    ) async throws(APIError) -> PodSources {
        let namespace = recipe.key.namespace
        var sources = PodSources(namespace: namespace ?? "")
        let names = PodSources.names(in: recipe.pod.spec)
        for name in names.configMaps {
            guard let object = try await find(.configMaps, ObjectKey(namespace: namespace, name: name)) else {
                continue
            }
            let map = ConfigMap(json: object.root)
            sources.configMaps[name] = map.data.dictionary.mapValues { Array($0.utf8) }
                .merging(map.binaryData.dictionary.compactMapValues { [UInt8](base64: $0) }) { first, _ in first }
        }
        for name in names.secrets {
            guard let object = try await find(.secrets, ObjectKey(namespace: namespace, name: name)) else { continue }
            sources.secrets[name] = Secret(json: object.root).data.dictionary.compactMapValues { [UInt8](base64: $0) }
        }
        for name in recipe.pod.spec.volumes.compactMap(\.claimName) {
            let claim = try await find(.persistentVolumeClaims, ObjectKey(namespace: namespace, name: name))?.root
            guard claim?["status"]?["phase"]?.string == "Bound", let volume = claim?["spec"]?["volumeName"]?.string,
                let found = try await find(.persistentVolumes, ObjectKey(namespace: nil, name: volume))
            else { continue }
            sources.claims[name] = found.root["spec"]?.detached()
        }
        for (audience, seconds) in PodSources.tokenRequests(in: recipe.pod.spec) {
            let known = tokens[audience].flatMap { $0.renewal > .now() ? $0 : nil }
            sources.tokens[audience] =
                if let known { known } else { try await token(of: recipe, audience: audience, seconds: seconds) }
        }
        return sources
    }

    /// Asks for a token of the pod's service account.
    private func token(
        of recipe: PodRecipe, audience: String, seconds: Int
    ) async throws(APIError) -> PodSources.Token {
        let account = recipe.pod.spec.json["serviceAccountName"]?.string ?? "default"
        let request: JSONValue = [
            "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
            "spec": [
                "audiences": audience.isEmpty ? .array([]) : [JSONValue(audience)],
                "expirationSeconds": JSONValue(seconds),
                "boundObjectRef": [
                    "apiVersion": "v1", "kind": "Pod", "name": JSONValue(recipe.key.name), "uid": JSONValue(recipe.uid),
                ],
            ],
        ]
        let answer = try await shared.client.createSubresource(
            .serviceAccounts, ObjectKey(namespace: recipe.key.namespace, name: account), "token", request)
        return PodSources.Token(
            text: answer.root[path: "status", "token"]?.string ?? "", renewal: .now() + .seconds(seconds * 4 / 5))
    }

    private func find(_ type: ResourceType, _ key: ObjectKey) async throws(APIError) -> JSONDocument? {
        do { return try await shared.client.get(type, key) } catch {
            if error.isNotFound { return nil }
            throw error
        }
    }
}

/// Why a container cannot be made on this machine.
struct ContainerProblem: Error, CustomStringConvertible {
    var description: String
}
