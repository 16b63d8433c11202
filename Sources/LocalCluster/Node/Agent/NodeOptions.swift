package import KubernetesModel

/// One simulated node.
package struct NodeOptions: Sendable {
    /// The node's name, also its host name.
    package var name: String
    /// Its address, which is also that of its host-network pods.
    package var address: String
    /// What it has: `cpu`, `memory`, `pods` and extended resources such as `nvidia.com/gpu`.
    package var capacity: ResourceList

    /// A node with these properties.
    package init(name: String, address: String, capacity: ResourceList) {
        self.name = name
        self.address = address
        self.capacity = capacity
    }

    /// `node-<number>` with the address `127.0.1.<number>`; `number` is 1...250.
    package init(number: Int, capacity: ResourceList) {
        self.init(name: "node-\(number)", address: "127.0.1.\(number)", capacity: capacity)
    }
}

/// The nodes of a local cluster and where they keep their files.
package struct NodeFleetConfiguration: Sendable {
    /// The folder for scripts, volumes and logs, absolute. It is emptied at the start.
    package var folder: String
    /// The nodes.
    package var nodes: [NodeOptions]
    /// Folders of images, absolute, by the image's name without tag and digest.
    package var images: [String: String]
    /// Where the API server listens; pods reach it as the service `kubernetes`.
    package var apiServer: ServerAddress?

    /// The network of pods; nil if they all use the host's.
    package var network: PodNetwork?

    /// Seconds that a node's lease holds, at least 1; it is renewed and the node's status looked at four times as often.
    /// Source: kubelet `nodeLeaseDurationSeconds`.
    package var leaseSeconds = 40

    /// Where a server listens.
    package struct ServerAddress: Sendable, Hashable {
        /// An IP address.
        package var address: String
        /// 1...65535.
        package var port: Int

        /// The server at this address and port.
        package init(address: String, port: Int) {
            self.address = address
            self.port = port
        }
    }

    /// Nodes that keep their files in `folder`.
    package init(
        folder: String, nodes: [NodeOptions], images: [String: String] = [:], apiServer: ServerAddress? = nil,
        network: PodNetwork? = nil
    ) {
        self.network = network
        self.apiServer = apiServer
        self.folder = folder
        self.nodes = nodes
        self.images = images
    }

    /// The folder of an image: by its whole name, or without digest and tag.
    func imageFolder(_ image: String) -> String? {
        if let folder = images[image] { return folder }
        var name = Substring(image)
        if let at = name.firstIndex(of: "@") { name = name[..<at] }
        if let folder = images[String(name)] { return folder }
        if let colon = name.lastIndex(of: ":"), !name[colon...].contains("/") { name = name[..<colon] }
        return images[String(name)]
    }
}
