/// The variables that tell containers where a service is. Source: kubelet envvars `FromServices`.
enum ServiceVariables {
    /// Those of a service with one named TCP port.
    static func variables(_ service: String, address: String, portName: String, port: Int) -> [(String, String)] {
        let name = constant(service)
        let link = "tcp://\(address):\(port)"
        let prefix = "\(name)_PORT_\(port)_TCP"
        return [
            ("\(name)_SERVICE_HOST", address), ("\(name)_SERVICE_PORT", String(port)),
            ("\(name)_SERVICE_PORT_\(constant(portName))", String(port)), ("\(name)_PORT", link), (prefix, link),
            ("\(prefix)_PROTO", "tcp"), ("\(prefix)_PORT", String(port)), ("\(prefix)_ADDR", address),
        ]
    }

    private static func constant(_ name: String) -> String {
        name.uppercased().split(separator: "-", omittingEmptySubsequences: false).joined(separator: "_")
    }
}
