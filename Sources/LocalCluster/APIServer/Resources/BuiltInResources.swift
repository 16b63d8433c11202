/// The resources that every Kubernetes 1.36 server has and that this one keeps.
///
/// Pods, services, nodes, namespaces, events and definitions have rules; the rest is stored as it is given.
enum BuiltInResources {
    static let all = core + apps + policy + registration + others + rbac + reviews

    private static let core: [ResourceDefinition] = {
        var pods = ResourceDefinition(
            "v1", "pods", "Pod", shortNames: ["po"], categories: ["all"], hasStatus: true, behavior: PodBehavior())
        pods.subresources += [
            .init("binding", kind: "Binding", verbs: ["create"]),
            .init("eviction", kind: "Eviction", verbs: ["create"], apiVersion: "policy/v1"),
            .init("attach", kind: "PodAttachOptions", verbs: ["create", "get"]),
            .init("exec", kind: "PodExecOptions", verbs: ["create", "get"]),
            .init("log", kind: "Pod", verbs: ["get"]),
        ]
        var namespaces = ResourceDefinition(
            "v1", "namespaces", "Namespace", isNamespaced: false, shortNames: ["ns"], hasStatus: true,
            behavior: NamespaceBehavior())
        var accounts = ResourceDefinition(
            "v1", "serviceaccounts", "ServiceAccount", shortNames: ["sa"], behavior: StoredOnly(table: .serviceAccounts)
        )
        accounts.subresources.append(
            .init("token", kind: "TokenRequest", verbs: ["create"], apiVersion: "authentication.k8s.io/v1"))
        namespaces.verbs.removeAll { $0 == "deletecollection" }
        namespaces.subresources.append(.init("finalize", kind: "Namespace", verbs: ["update"]))
        return [
            namespaces, pods,
            ResourceDefinition(
                "v1", "nodes", "Node", isNamespaced: false, shortNames: ["no"], hasStatus: true,
                behavior: NodeBehavior()),
            ResourceDefinition(
                "v1", "services", "Service", shortNames: ["svc"], categories: ["all"], hasStatus: true,
                behavior: ServiceBehavior()),
            ResourceDefinition(
                "v1", "endpoints", "Endpoints", shortNames: ["ep"], behavior: StoredOnly(table: .endpoints)),
            ResourceDefinition("v1", "configmaps", "ConfigMap", shortNames: ["cm"], behavior: ConfigMapBehavior()),
            ResourceDefinition("v1", "secrets", "Secret", behavior: SecretBehavior()),
            ResourceDefinition("v1", "events", "Event", shortNames: ["ev"], behavior: EventBehavior()),
            accounts,
            ResourceDefinition(
                "v1", "persistentvolumeclaims", "PersistentVolumeClaim", shortNames: ["pvc"], hasStatus: true,
                behavior: ClaimBehavior()),
            ResourceDefinition(
                "v1", "persistentvolumes", "PersistentVolume", isNamespaced: false, shortNames: ["pv"], hasStatus: true,
                behavior: VolumeBehavior()),
            ResourceDefinition(
                "v1", "limitranges", "LimitRange", shortNames: ["limits"], behavior: StoredOnly(table: .createdAt)),
            ResourceDefinition(
                "v1", "resourcequotas", "ResourceQuota", shortNames: ["quota"], hasStatus: true,
                behavior: StoredOnly(table: .resourceQuotas)),
            ResourceDefinition(
                "v1", "replicationcontrollers", "ReplicationController", shortNames: ["rc"], categories: ["all"],
                hasStatus: true, behavior: WorkloadBehavior(table: .replicaSets)),
            ResourceDefinition("v1", "podtemplates", "PodTemplate", behavior: StoredOnly(table: .podTemplates)),
        ]
    }()

    private static let apps: [ResourceDefinition] = [
        ResourceDefinition(
            "apps/v1", "deployments", "Deployment", shortNames: ["deploy"], categories: ["all"], hasStatus: true,
            behavior: WorkloadBehavior(table: .deployments)
        ).scaled(.workload),
        ResourceDefinition(
            "apps/v1", "replicasets", "ReplicaSet", shortNames: ["rs"], categories: ["all"], hasStatus: true,
            behavior: WorkloadBehavior(table: .replicaSets)
        ).scaled(.workload),
        ResourceDefinition(
            "apps/v1", "statefulsets", "StatefulSet", shortNames: ["sts"], categories: ["all"], hasStatus: true,
            behavior: WorkloadBehavior(table: .statefulSets)
        ).scaled(.workload),
        ResourceDefinition(
            "apps/v1", "daemonsets", "DaemonSet", shortNames: ["ds"], categories: ["all"], hasStatus: true,
            behavior: WorkloadBehavior(table: .daemonSets)),
        ResourceDefinition(
            "apps/v1", "controllerrevisions", "ControllerRevision",
            behavior: StoredOnly(table: .controllerRevisions)),
        ResourceDefinition(
            "batch/v1", "jobs", "Job", categories: ["all"], hasStatus: true, behavior: WorkloadBehavior(table: .jobs)),
        ResourceDefinition(
            "batch/v1", "cronjobs", "CronJob", shortNames: ["cj"], categories: ["all"], hasStatus: true,
            behavior: WorkloadBehavior(table: .cronJobs)),
        ResourceDefinition(
            "autoscaling/v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", shortNames: ["hpa"],
            categories: ["all"], hasStatus: true, behavior: StoredOnly(table: .autoscalers)),
    ]

    private static let policy: [ResourceDefinition] = [
        ResourceDefinition(
            "policy/v1", "poddisruptionbudgets", "PodDisruptionBudget", shortNames: ["pdb"], hasStatus: true,
            behavior: DisruptionBudgetBehavior()),
        ResourceDefinition(
            "networking.k8s.io/v1", "networkpolicies", "NetworkPolicy", shortNames: ["netpol"],
            behavior: StoredOnly(countsGeneration: true, table: .networkPolicies)),
        ResourceDefinition(
            "networking.k8s.io/v1", "ingresses", "Ingress", shortNames: ["ing"], hasStatus: true,
            behavior: StoredOnly(countsGeneration: true, table: .ingresses)),
        ResourceDefinition(
            "networking.k8s.io/v1", "ingressclasses", "IngressClass", isNamespaced: false,
            behavior: StoredOnly(countsGeneration: true, table: .ingressClasses)),
        ResourceDefinition(
            "scheduling.k8s.io/v1", "priorityclasses", "PriorityClass", isNamespaced: false, shortNames: ["pc"],
            behavior: PriorityClassBehavior()),
        ResourceDefinition(
            "storage.k8s.io/v1", "storageclasses", "StorageClass", isNamespaced: false, shortNames: ["sc"],
            behavior: StorageClassBehavior()),
        ResourceDefinition(
            "node.k8s.io/v1", "runtimeclasses", "RuntimeClass", isNamespaced: false,
            behavior: StoredOnly(table: .runtimeClasses)),
    ]

    private static let registration: [ResourceDefinition] = [
        ResourceDefinition(
            "apiextensions.k8s.io/v1", "customresourcedefinitions", "CustomResourceDefinition", isNamespaced: false,
            shortNames: ["crd", "crds"], categories: ["api-extensions"], hasStatus: true,
            behavior: CustomResourceDefinitionBehavior()),
        ResourceDefinition(
            "admissionregistration.k8s.io/v1", "mutatingwebhookconfigurations", "MutatingWebhookConfiguration",
            isNamespaced: false, categories: ["api-extensions"],
            behavior: WebhookConfigurationBehavior(isMutating: true)),
        ResourceDefinition(
            "admissionregistration.k8s.io/v1", "validatingwebhookconfigurations", "ValidatingWebhookConfiguration",
            isNamespaced: false, categories: ["api-extensions"],
            behavior: WebhookConfigurationBehavior(isMutating: false)),
        ResourceDefinition(
            "admissionregistration.k8s.io/v1", "validatingadmissionpolicies", "ValidatingAdmissionPolicy",
            isNamespaced: false, categories: ["api-extensions"], hasStatus: true, behavior: AdmissionPolicyBehavior()),
        ResourceDefinition(
            "admissionregistration.k8s.io/v1", "validatingadmissionpolicybindings", "ValidatingAdmissionPolicyBinding",
            isNamespaced: false, categories: ["api-extensions"], behavior: AdmissionPolicyBindingBehavior()),
    ]

    private static let others: [ResourceDefinition] = {
        var events = ResourceDefinition(
            "events.k8s.io/v1", "events", "Event", shortNames: ["ev"], behavior: EventBehavior())
        events.storage = .events
        events.storageAPIVersion = "v1"
        return [
            events,
            ResourceDefinition(
                "coordination.k8s.io/v1", "leases", "Lease", behavior: LeaseBehavior()),
            ResourceDefinition(
                "discovery.k8s.io/v1", "endpointslices", "EndpointSlice",
                behavior: StoredOnly(countsGeneration: true, table: .endpointSlices)),
        ]
    }()

    /// Questions that are answered and not stored. Source: k8s.io/api/{authorization,authentication}/v1.
    private static let reviews: [ResourceDefinition] = [
        ("authorization", "SelfSubjectAccessReview"), ("authorization", "SelfSubjectRulesReview"),
        ("authorization", "SubjectAccessReview"), ("authentication", "SelfSubjectReview"),
    ].map { group, kind in
        var review = ResourceDefinition("\(group).k8s.io/v1", kind.lowercased() + "s", kind, isNamespaced: false)
        review.verbs = ["create"]
        return review
    }

    private static let rbac: [ResourceDefinition] = [
        ("roles", "Role", true), ("rolebindings", "RoleBinding", true), ("clusterroles", "ClusterRole", false),
        ("clusterrolebindings", "ClusterRoleBinding", false),
    ].map { plural, kind, isNamespaced in
        ResourceDefinition(
            "rbac.authorization.k8s.io/v1", plural, kind, isNamespaced: isNamespaced,
            behavior: AccessBehavior(table: plural.hasSuffix("bindings") ? .bindings : .createdAt))
    }
}
