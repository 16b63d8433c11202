internal import JSON
internal import KubernetesModel

/// What a probe or a lifecycle hook does. Source: core/v1 ProbeHandler and LifecycleHandler.
enum ContainerHandler: Sendable, Hashable {
    /// Runs a command in the container; exit code 0 is success.
    case exec([String])
    /// Sends a GET request; statuses 200...399 are success.
    case http(Request)
    /// Opens a connection; `host` is the pod's own if empty.
    case tcp(host: String, port: Int)
    /// Waits.
    case sleep(seconds: Int)
    /// Cannot be done here; always fails with this text.
    case impossible(String)

    /// A GET request.
    struct Request: Sendable, Hashable {
        /// `http` or `https`; certificates are not checked.
        var scheme: String
        /// The pod's own if empty.
        var host: String
        var port: Int
        /// Path and query, starting with `/`.
        var path: String
        var headers: [Header]
    }

    /// A header field.
    struct Header: Sendable, Hashable {
        var name: String
        var value: String
    }

    /// Reads a handler; nil if there is none.
    init?(_ json: JSONView?, of container: Container) {
        guard let json, !json.isNull else { return nil }
        if let exec = json["exec"] {
            self = .exec(exec["command"]?.strings ?? [])
        } else if let get = json["httpGet"] {
            guard let port = Self.port(get["port"], of: container) else {
                self = Self.noPort(get["port"])
                return
            }
            let path = get["path"]?.string ?? "/"
            let headers = get["httpHeaders"].map { Array($0.elements) } ?? []
            self = .http(
                Request(
                    scheme: (get["scheme"]?.string ?? "HTTP").lowercased(), host: get["host"]?.string ?? "", port: port,
                    path: path.hasPrefix("/") ? path : "/" + path,
                    headers: headers.map {
                        Header(name: $0["name"]?.string ?? "", value: $0["value"]?.string ?? "")
                    }))
        } else if let socket = json["tcpSocket"] {
            guard let port = Self.port(socket["port"], of: container) else {
                self = Self.noPort(socket["port"])
                return
            }
            self = .tcp(host: socket["host"]?.string ?? "", port: port)
        } else if let sleep = json["sleep"] {
            self = .sleep(seconds: sleep["seconds"]?.int ?? 0)
        } else if json["grpc"] != nil {
            self = .impossible("a local cluster has no grpc probes; use httpGet, tcpSocket or exec")
        } else {
            return nil
        }
    }

    /// A number, a number as text, or the name of one of the container's ports. Source: kubelet `ResolveContainerPort`.
    private static func port(_ json: JSONView?, of container: Container) -> Int? {
        let number = json?.int ?? json?.string.flatMap { Int($0) ?? container.port(named: $0)?.containerPort }
        return number.flatMap { (1...65535).contains($0) ? $0 : nil }
    }

    private static func noPort(_ json: JSONView?) -> ContainerHandler {
        .impossible("couldn't find port: \(json?.text ?? "none") in the container")
    }
}

/// What came of a handler.
enum HandlerOutcome: Sendable, Hashable {
    /// It did what it should.
    case success
    /// It did not, and why.
    case failure(String)

    /// Why it failed; nil if it did not.
    var problem: String? {
        guard case .failure(let problem) = self else { return nil }
        return problem
    }
}
