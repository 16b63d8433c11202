package import KubernetesModel

/// Names through which the planner, the webhook and the scheduler agree about gangs.
package enum GangNames {
    /// The extended resource that the pod webhook adds to the pods of a gang. No node offers it and the scheduler is
    /// told to ignore it: it only makes the scheduler call the extender for them.
    package static let callingResource = "kubedl.io/gang"
    /// The node that the planner reserved for the pod, written when it took the gate away.
    package static let reservedNode = AnnotationKey<String>("kubedl.io/reserved-node")
    /// The pod condition that says whether the gang has room, and if not, what is missing.
    package static let condition = "kubedl.io/GangScheduled"
}
