package import JSON

/// The outcome of a request, as the server writes it and clients read it. Source: metav1.Status.
package struct StatusBody: Error, Sendable, Hashable, CustomStringConvertible {
    /// One of several problems.
    package struct Cause: Sendable, Hashable {
        /// The field; empty if none.
        package var field: String
        /// The reason in a word, such as `FieldValueInvalid`.
        package var reason: String
        /// The problem for people.
        package var message: String

        /// A cause from its parts.
        package init(field: String, reason: String, message: String) {
            self.field = field
            self.reason = reason
            self.message = message
        }
    }

    /// What the outcome is about.
    package struct Details: Sendable, Hashable {
        /// The object's name; empty if none.
        package var name: String
        /// The API group; empty for the core group.
        package var group: String
        /// The resource's plural or the object's kind; empty if none.
        package var kind: String
        /// The object's unique id; empty if none.
        package var uid: String
        /// The problems.
        package var causes: [Cause]
        /// Seconds after which the request may be tried again; 0 if not said.
        package var retryAfterSeconds: Int

        /// Details from their parts.
        package init(
            name: String = "", group: String = "", kind: String = "", uid: String = "", causes: [Cause] = [],
            retryAfterSeconds: Int = 0
        ) {
            self.name = name
            self.group = group
            self.kind = kind
            self.uid = uid
            self.causes = causes
            self.retryAfterSeconds = retryAfterSeconds
        }
    }

    /// The HTTP status code.
    package var code: Int
    /// The reason in a word, such as `NotFound`; empty for success.
    package var reason: String
    /// What happened, for people.
    package var message: String
    /// What it is about.
    package var details: Details?

    /// An outcome from its parts.
    package init(code: Int, reason: String, message: String, details: Details? = nil) {
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details
    }

    /// Reads an outcome; nil if `json` is no object of the kind `Status`.
    package init?(json: JSONView) {
        guard json["kind"]?.stringEquals("Status") ?? false else { return nil }
        self.init(
            code: json["code"]?.int ?? 0, reason: json["reason"]?.string ?? "", message: json["message"]?.string ?? "")
        guard let found = json["details"], found.kind == .object else { return }
        let causes = found["causes"]?.elements.map {
            Cause(
                field: $0["field"]?.string ?? "", reason: $0["reason"]?.string ?? "",
                message: $0["message"]?.string ?? "")
        }
        details = Details(
            name: found["name"]?.string ?? "", group: found["group"]?.string ?? "", kind: found["kind"]?.string ?? "",
            uid: found["uid"]?.string ?? "", causes: causes ?? [],
            retryAfterSeconds: found["retryAfterSeconds"]?.int ?? 0)
    }

    /// Whether the request succeeded.
    package var isSuccess: Bool { (200..<300).contains(code) }

    /// The outcome as the server sends it.
    package var value: JSONValue {
        var value: JSONValue = [
            "kind": "Status", "apiVersion": "v1", "metadata": [:],
            "status": isSuccess ? "Success" : "Failure",
        ]
        if !message.isEmpty { value["message"] = JSONValue(message) }
        if !reason.isEmpty { value["reason"] = JSONValue(reason) }
        if let details { value["details"] = details.value }
        value["code"] = JSONValue(code)
        return value
    }

    package var description: String { reason.isEmpty ? message : "\(message) (\(reason), \(code))" }
}

extension StatusBody.Details {
    fileprivate var value: JSONValue {
        let texts = [("name", name), ("group", group), ("kind", kind), ("uid", uid)]
        var fields = texts.filter { !$0.1.isEmpty }.map { ($0.0, JSONValue($0.1)) }
        if !causes.isEmpty {
            let list = causes.map { cause in
                let parts = [("reason", cause.reason), ("message", cause.message), ("field", cause.field)]
                return JSONValue.object(parts.filter { !$0.1.isEmpty }.map { ($0.0, JSONValue($0.1)) })
            }
            fields.append(("causes", JSONValue(list)))
        }
        if retryAfterSeconds > 0 { fields.append(("retryAfterSeconds", JSONValue(retryAfterSeconds))) }
        return .object(fields)
    }
}
