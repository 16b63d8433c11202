/// Values of the annotation `kubedl.io/network-mode`.
package enum NetworkMode: String, Sendable, CaseIterable {
    /// Pods use their node's network; the webhook gives each named port a free-standing number.
    case host
}
