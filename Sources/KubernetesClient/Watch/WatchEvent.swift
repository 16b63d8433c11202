package import JSON

/// One event of a watch. Source: metav1.WatchEvent.
package struct WatchEvent: Sendable {
    /// What happened.
    package enum Kind: String, Sendable, Hashable {
        /// The object is new, or was there when the watch began.
        case added = "ADDED"
        /// The object changed.
        case modified = "MODIFIED"
        /// The object is gone; this is its last state.
        case deleted = "DELETED"
        /// Nothing: the object carries only the version up to which all has been sent.
        case bookmark = "BOOKMARK"
        /// The watch failed; the object is a Status.
        case error = "ERROR"
    }

    /// What happened.
    package var type: Kind
    /// The object, the bookmark or the Status.
    package var object: JSONDocument

    /// An event from its parts.
    package init(type: Kind, object: JSONDocument) {
        self.type = type
        self.object = object
    }
}
