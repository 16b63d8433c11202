/// Which texts can be names. Source: apimachinery pkg/util/validation and pkg/api/validation.
package enum NameValidation {
    /// RFC 1123 label: lower-case letters, digits and `-`, not at the ends; 1...63 characters.
    package static func isDNS1123Label(_ text: String) -> Bool { dns1123LabelProblem(text) == nil }
    /// RFC 1123 subdomain: labels joined by dots, 1...253 characters in all.
    package static func isDNS1123Subdomain(_ text: String) -> Bool { dns1123SubdomainProblem(text) == nil }
    /// RFC 1035 label: as an RFC 1123 label but with a letter first. Names of services.
    package static func isDNS1035Label(_ text: String) -> Bool { dns1035LabelProblem(text) == nil }
    /// A name of up to 63 letters, digits, `-`, `_` and `.`, after an optional subdomain and `/`. Names of labels.
    package static func isQualifiedName(_ text: String) -> Bool { qualifiedNameProblem(text) == nil }
    /// Empty or up to 63 letters, digits, `-`, `_` and `.`, not at the ends.
    package static func isLabelValue(_ text: String) -> Bool { labelValueProblem(text) == nil }

    /// What is wrong with an RFC 1123 label, in Kubernetes' words; nil if nothing is.
    package static func dns1123LabelProblem(_ text: String) -> String? {
        if text.utf8.count > 63 { return tooLong(63) }
        guard isLabel(Array(text.utf8), first: isLowerAlphanumeric) else {
            return
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start "
                + "and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
                + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
        }
        return nil
    }

    /// What is wrong with an RFC 1123 subdomain, in Kubernetes' words; nil if nothing is.
    package static func dns1123SubdomainProblem(_ text: String) -> String? {
        if text.utf8.count > 253 { return tooLong(253) }
        let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.allSatisfy({ isLabel(Array($0), first: isLowerAlphanumeric) }) else {
            return "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and "
                + "must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
                + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
        }
        return nil
    }

    /// What is wrong with an RFC 1035 label, in Kubernetes' words; nil if nothing is.
    package static func dns1035LabelProblem(_ text: String) -> String? {
        if text.utf8.count > 63 { return tooLong(63) }
        guard isLabel(Array(text.utf8), first: { isLowerAlphanumeric($0) && !isDigit($0) }) else {
            return
                "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
                + "character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for "
                + "validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
        }
        return nil
    }

    /// What is wrong with a qualified name, in Kubernetes' words; nil if nothing is.
    package static func qualifiedNameProblem(_ text: String) -> String? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count == 2 {
            if parts[0].isEmpty { return "prefix part must be non-empty" }
            if let problem = dns1123SubdomainProblem(String(parts[0])) { return "prefix part " + problem }
        }
        let name = parts.last.map { Array($0.utf8) } ?? []
        if name.isEmpty { return "name part must be non-empty" }
        if name.count > 63 { return "name part " + tooLong(63) }
        guard parts.count <= 2, isTokenName(name) else {
            return "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
                + "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
                + "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
        }
        return nil
    }

    /// What is wrong with a label's value, in Kubernetes' words; nil if nothing is.
    package static func labelValueProblem(_ text: String) -> String? {
        if text.utf8.count > 63 { return tooLong(63) }
        guard text.isEmpty || isTokenName(Array(text.utf8)) else {
            return
                "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must "
                + "start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used "
                + "for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
        }
        return nil
    }

    private static func tooLong(_ limit: Int) -> String { "must be no more than \(limit) characters" }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    private static func isLowerAlphanumeric(_ byte: UInt8) -> Bool { isDigit(byte) || (byte >= 0x61 && byte <= 0x7A) }
    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isLowerAlphanumeric(byte) || (byte >= 0x41 && byte <= 0x5A)
    }

    private static func isLabel(_ bytes: [UInt8], first isFirst: (UInt8) -> Bool) -> Bool {
        guard let first = bytes.first, let last = bytes.last, isFirst(first), isLowerAlphanumeric(last) else {
            return false
        }
        return bytes.allSatisfy { isLowerAlphanumeric($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isTokenName(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.first, let last = bytes.last, isAlphanumeric(first), isAlphanumeric(last) else {
            return false
        }
        return bytes.allSatisfy {
            isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
        }
    }
}
