import JSON

/// The roles that every cluster has, as far as charts and people refer to them.
///
/// Source: plugin/pkg/auth/authorizer/rbac/bootstrappolicy.
enum BootstrapRoles {
    /// Names and rules of cluster roles.
    static let roles: [(name: String, rules: JSONValue)] = [
        (
            "cluster-admin",
            [
                ["apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]],
                ["nonResourceURLs": ["*"], "verbs": ["*"]],
            ]
        ),
        (
            "admin",
            [
                namespaced(["*"]),
                [
                    "apiGroups": ["rbac.authorization.k8s.io"], "resources": ["roles", "rolebindings"],
                    "verbs": ["*"],
                ],
            ]
        ),
        ("edit", [namespaced(["*"])]),
        ("view", [namespaced(["get", "list", "watch"], isIntrusive: false)]),
        (
            "system:discovery",
            [
                [
                    "nonResourceURLs": [
                        "/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz",
                        "/version", "/version/",
                    ], "verbs": ["get"],
                ]
            ]
        ),
        (
            "system:basic-user",
            [
                [
                    "apiGroups": ["authorization.k8s.io"],
                    "resources": ["selfsubjectaccessreviews", "selfsubjectrulesreviews"], "verbs": ["create"],
                ],
                ["apiGroups": ["authentication.k8s.io"], "resources": ["selfsubjectreviews"], "verbs": ["create"]],
            ]
        ),
    ]

    /// Cluster roles and the groups that have them everywhere.
    static let bindings = [
        ("cluster-admin", "system:masters"), ("system:discovery", "system:authenticated"),
        ("system:basic-user", "system:authenticated"),
    ]

    /// What only those who may edit can see or do.
    private static let intrusive = ["secrets", "pods/attach", "pods/exec", "pods/portforward"]

    private static func namespaced(_ verbs: [String], isIntrusive: Bool = true) -> JSONValue {
        let core = [
            "configmaps", "endpoints", "events", "persistentvolumeclaims", "pods", "pods/eviction", "pods/log",
            "pods/status", "replicationcontrollers", "serviceaccounts", "services", "services/status",
        ]
        let others = [
            "cronjobs", "daemonsets", "deployments", "deployments/scale", "endpointslices", "horizontalpodautoscalers",
            "ingresses", "jobs", "networkpolicies", "poddisruptionbudgets", "replicasets", "replicasets/scale",
            "statefulsets", "statefulsets/scale",
        ]
        return [
            "apiGroups": ["", "apps", "autoscaling", "batch", "discovery.k8s.io", "networking.k8s.io", "policy"],
            "resources": JSONValue(core + others + (isIntrusive ? intrusive : [])), "verbs": JSONValue(verbs),
        ]
    }
}
