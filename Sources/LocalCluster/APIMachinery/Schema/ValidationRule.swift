package import JSON

/// A rule of `x-kubernetes-validations`. Source: apiextensions/v1 ValidationRule.
package struct ValidationRule: Sendable, Hashable {
    /// The expression in the Common Expression Language; it sees `self` and, on updates, `oldSelf`.
    package var rule: String
    /// What to say when it fails; nil for the rule's text.
    package var message: String?
    /// An expression that makes the message; it comes before ``message``.
    package var messageExpression: String?
    /// The reason in a word; `FieldValueInvalid` by default.
    package var reason: String?
    /// The member that is at fault, such as `.spec.x`.
    package var fieldPath: String?
    /// Whether `oldSelf` is optional, so that the rule also runs on creation.
    package var optionalOldSelf: Bool

    /// Reads a rule; absent fields are empty.
    package init(json: JSONView) {
        rule = json["rule"]?.string ?? ""
        message = json["message"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        messageExpression = json["messageExpression"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        reason = json["reason"]?.string
        fieldPath = json["fieldPath"]?.string
        optionalOldSelf = json["optionalOldSelf"]?.bool ?? false
    }
}

/// What became of a rule.
package enum RuleOutcome: Sendable, Hashable {
    /// The value is right, or the rule does not concern it.
    case holds
    /// The value is wrong; nil for the rule's own message.
    case fails(message: String?)
    /// It cost more than it may, or than the rules of the object may together: no rule runs any more.
    case exhausted(String)
    /// The rule itself could not be evaluated.
    case error(String)
}
