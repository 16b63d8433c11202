/// Values of the annotation `kubedl.io/defaults`.
package enum PodDefaultsWish: String, Sendable, CaseIterable {
    /// The pod is to get the defaults of pods.
    case enabled
    /// The pod asks for something else, but not for the defaults.
    case disabled
}
