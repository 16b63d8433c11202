/// Measures how long the webhook configurations have been as wanted, without a gap. Pure.
struct PublicationClock: Sendable, Hashable {
    private var versions: [String] = []
    private var bundle: [UInt8] = []
    private var since = Duration.zero

    /// Takes an observation and gives how long this state has lasted; zero when the bundles are not as wanted. Any write
    /// to a configuration begins anew: what was wrong and mended in between has reached no API server for certain.
    mutating func observe(
        versions: [String], bundles: [[UInt8]], wanted: [UInt8], now: Duration
    ) -> Duration {
        let isPublished = bundles.allSatisfy { $0 == wanted }
        if !isPublished || versions != self.versions || wanted != bundle { since = now }
        (self.versions, bundle) = (versions, wanted)
        return isPublished ? now - since : .zero
    }
}
