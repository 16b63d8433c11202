internal import JSON
internal import KubernetesModel
internal import Placement

/// The configuration through which kube-scheduler calls this extender, as YAML.
///
/// `url` is the extender's address with the path `/scheduler`. `caFile` is a path on the scheduler's machine; without
/// it the scheduler's system trust store counts. `serverName` is the name in the serving certificate if it is another
/// than the URL's host. The scheduler presents `certFile` and `keyFile` if given.
/// Source: kubescheduler.config.k8s.io/v1 KubeSchedulerConfiguration.
package func schedulerConfiguration(
    url: String, caFile: String? = nil, serverName: String? = nil, certFile: String? = nil, keyFile: String? = nil
) -> String {
    func quoted(_ text: String) -> String { JSONValue(text).text }
    let tls = [("caFile", caFile), ("serverName", serverName), ("certFile", certFile), ("keyFile", keyFile)]
        .compactMap { name, value in value.map { "      \(name): \(quoted($0))\n" } }.joined()
    return """
        apiVersion: kubescheduler.config.k8s.io/v1
        kind: KubeSchedulerConfiguration
        extenders:
          - urlPrefix: \(quoted(url))
            filterVerb: filter
            prioritizeVerb: prioritize
            bindVerb: bind
            weight: 1
            enableHTTPS: \(url.hasPrefix("https:"))
        \(tls.isEmpty ? "" : "    tlsConfig:\n" + tls)\
            httpTimeout: 5s
            nodeCacheCapable: true
            managedResources:
              - name: \(ResourceAmounts.gpuResource)
                ignoredByScheduler: false
              - name: \(WellKnownNames.gangResource)
                ignoredByScheduler: true
            ignorable: false

        """
}
