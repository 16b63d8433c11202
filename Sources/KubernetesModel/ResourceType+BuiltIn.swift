extension ResourceType {
    private static func core(_ plural: String, _ kind: String, isNamespaced: Bool = true) -> ResourceType {
        ResourceType(group: "", version: "v1", plural: plural, kind: kind, isNamespaced: isNamespaced)
    }

    private static func v1(_ group: String, _ plural: String, _ kind: String, isNamespaced: Bool = true) -> ResourceType
    {
        ResourceType(group: group, version: "v1", plural: plural, kind: kind, isNamespaced: isNamespaced)
    }

    /// Pods.
    package static let pods = core("pods", "Pod")
    /// Nodes.
    package static let nodes = core("nodes", "Node", isNamespaced: false)
    /// Services.
    package static let services = core("services", "Service")
    /// Endpoints, superseded by ``endpointSlices`` but still served.
    package static let endpoints = core("endpoints", "Endpoints")
    /// Endpoint slices.
    package static let endpointSlices = v1("discovery.k8s.io", "endpointslices", "EndpointSlice")
    /// Config maps.
    package static let configMaps = core("configmaps", "ConfigMap")
    /// Secrets.
    package static let secrets = core("secrets", "Secret")
    /// Namespaces.
    package static let namespaces = core("namespaces", "Namespace", isNamespaced: false)
    /// Events of the core group.
    package static let events = core("events", "Event")
    /// Service accounts.
    package static let serviceAccounts = core("serviceaccounts", "ServiceAccount")
    /// Persistent volume claims.
    package static let persistentVolumeClaims = core("persistentvolumeclaims", "PersistentVolumeClaim")
    /// Persistent volumes.
    package static let persistentVolumes = core("persistentvolumes", "PersistentVolume", isNamespaced: false)
    /// Pod templates.
    package static let podTemplates = core("podtemplates", "PodTemplate")
    /// Replication controllers.
    package static let replicationControllers = core("replicationcontrollers", "ReplicationController")
    /// Resource quotas.
    package static let resourceQuotas = core("resourcequotas", "ResourceQuota")
    /// Limit ranges.
    package static let limitRanges = core("limitranges", "LimitRange")
    /// Leases, for leader election and node heartbeats.
    package static let leases = v1("coordination.k8s.io", "leases", "Lease")
    /// Deployments.
    package static let deployments = v1("apps", "deployments", "Deployment")
    /// Replica sets.
    package static let replicaSets = v1("apps", "replicasets", "ReplicaSet")
    /// Stateful sets.
    package static let statefulSets = v1("apps", "statefulsets", "StatefulSet")
    /// Daemon sets.
    package static let daemonSets = v1("apps", "daemonsets", "DaemonSet")
    /// Controller revisions.
    package static let controllerRevisions = v1("apps", "controllerrevisions", "ControllerRevision")
    /// Jobs of the batch group.
    package static let jobs = v1("batch", "jobs", "Job")
    /// Cron jobs of the batch group.
    package static let cronJobs = v1("batch", "cronjobs", "CronJob")
    /// Pod disruption budgets.
    package static let podDisruptionBudgets = v1("policy", "poddisruptionbudgets", "PodDisruptionBudget")
    /// Priority classes.
    package static let priorityClasses = v1(
        "scheduling.k8s.io", "priorityclasses", "PriorityClass", isNamespaced: false)
    /// Storage classes.
    package static let storageClasses = v1("storage.k8s.io", "storageclasses", "StorageClass", isNamespaced: false)
    /// Roles.
    package static let roles = v1("rbac.authorization.k8s.io", "roles", "Role")
    /// Role bindings.
    package static let roleBindings = v1("rbac.authorization.k8s.io", "rolebindings", "RoleBinding")
    /// Cluster roles.
    package static let clusterRoles = v1(
        "rbac.authorization.k8s.io", "clusterroles", "ClusterRole", isNamespaced: false)
    /// Cluster role bindings.
    package static let clusterRoleBindings = v1(
        "rbac.authorization.k8s.io", "clusterrolebindings", "ClusterRoleBinding", isNamespaced: false)
    /// Custom resource definitions.
    package static let customResourceDefinitions = v1(
        "apiextensions.k8s.io", "customresourcedefinitions", "CustomResourceDefinition", isNamespaced: false)
    /// Mutating webhook configurations.
    package static let mutatingWebhookConfigurations = v1(
        "admissionregistration.k8s.io", "mutatingwebhookconfigurations", "MutatingWebhookConfiguration",
        isNamespaced: false)
    /// Validating webhook configurations.
    package static let validatingWebhookConfigurations = v1(
        "admissionregistration.k8s.io", "validatingwebhookconfigurations", "ValidatingWebhookConfiguration",
        isNamespaced: false)
    /// Our PyTorch jobs.
    package static let pyTorchJobs = ResourceType(
        group: "training.kubedl.io", version: "v1alpha1", plural: "pytorchjobs", kind: "PyTorchJob")

    /// Every resource above that a Kubernetes server has without custom resource definitions.
    package static let builtIn: [ResourceType] = [
        .pods, .nodes, .services, .endpoints, .endpointSlices, .configMaps, .secrets, .namespaces, .events,
        .serviceAccounts, .persistentVolumeClaims, .persistentVolumes, .podTemplates, .replicationControllers,
        .resourceQuotas, .limitRanges, .leases, .deployments, .replicaSets, .statefulSets, .daemonSets,
        .controllerRevisions, .jobs, .cronJobs, .podDisruptionBudgets, .priorityClasses, .storageClasses, .roles,
        .roleBindings,
        .clusterRoles, .clusterRoleBindings, .customResourceDefinitions, .mutatingWebhookConfigurations,
        .validatingWebhookConfigurations,
    ]
}
