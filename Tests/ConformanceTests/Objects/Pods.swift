/// Pods that no scheduler of a cluster takes and no node runs.
enum Pods {
    /// A pod of one container.
    static func plain(_ name: String, labels: String = "{}") -> String {
        """
        {metadata: {name: '\(name)', labels: \(labels)},
         spec: {schedulerName: conformance.example.com, containers: [{name: main, image: 'example.com/none:1'}]}}
        """
    }

    /// A pod with these members of its spec beside one container.
    static func with(_ spec: String, container: String = "", name: String = "a") -> String {
        """
        {metadata: {name: '\(name)'}, spec: {schedulerName: conformance.example.com,
         containers: [{name: main, image: 'example.com/none:1'\(container.isEmpty ? "" : ", " + container)}]\
        \(spec.isEmpty ? "" : ", " + spec)}}
        """
    }
}
