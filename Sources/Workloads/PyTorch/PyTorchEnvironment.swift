/// What a PyTorch replica must know of the others.
package enum PyTorchEnvironment {
    /// Variables for `torch.distributed` (`env://`), and with the prefix `PET_` the same as arguments for torchrun, so
    /// that both `python train.py` and `torchrun train.py` work unchanged.
    ///
    /// The master listens on its own port, so it meets itself at `localhost`. With host network that port is known only
    /// once the webhook has chosen it; the reference is resolved by the kubelet. Workers go through the master's
    /// service, whose port never changes.
    ///
    /// Source: KubeDL PyTorchJob; PyTorch documentation, "torchrun" (every option can come as `PET_<OPTION>`).
    package static func variables(for replica: ReplicaContext) -> [ReplicaVariable] {
        let address: String
        let port: String
        if replica.role.isMaster {
            address = "localhost"
            port = replica.ownPort
        } else {
            let master = replica.replicas.first { $0.role.isMaster }?.role ?? replica.role
            address = replica.name(of: master, 0)
            port = String(replica.job.port.number)
        }
        return [
            ReplicaVariable("MASTER_ADDR", address),
            ReplicaVariable("MASTER_PORT", port),
            ReplicaVariable("RANK", String(replica.rank)),
            ReplicaVariable("WORLD_SIZE", String(replica.total)),
            // Any text that is not empty means unbuffered; "0" is what KubeDL writes.
            ReplicaVariable("PYTHONUNBUFFERED", "0", yieldsToUser: true),
            ReplicaVariable("PET_NNODES", String(replica.total)),
            ReplicaVariable("PET_NODE_RANK", String(replica.rank)),
            ReplicaVariable("PET_NPROC_PER_NODE", String(max(1, replica.gpusPerReplica)), yieldsToUser: true),
            ReplicaVariable("PET_MASTER_ADDR", address),
            ReplicaVariable("PET_MASTER_PORT", port),
        ]
    }
}

/// Names of the variables with which the webhook tells a pod its ports on the node's network.
package enum HostPortVariable {
    /// The pod's first named port.
    package static let first = "KUBEDL_HOST_PORT"

    /// The variable of one port: upper case, `-` as `_`.
    package static func name(of port: String) -> String {
        first + "_" + String(port.uppercased().map { $0 == "-" ? "_" : $0 })
    }
}
