import JSON
import KubernetesModel

extension FileSyncList {
    mutating func archive(_ entry: JSONView, at path: FieldPath) -> ArchiveFormat? {
        guard let text = problems.text("archive", of: entry, at: path), !text.isEmpty else { return nil }
        let format = ArchiveFormat(rawValue: text)
        if format == nil {
            problems.append(
                .notSupported(path.child("archive"), text, supported: ArchiveFormat.allCases.map(\.rawValue)))
        }
        return format
    }

    mutating func contentCheck(_ entry: JSONView, at path: FieldPath) -> ContentCheck {
        var check = ContentCheck()
        if let digest = problems.text("sha256", of: entry, at: path), !digest.isEmpty {
            if digest.utf8.count != 64 || !digest.allSatisfy({ $0.isASCII && $0.isHexDigit }) {
                problems.append(.invalid(path.child("sha256"), digest, "must be 64 hexadecimal digits"))
            }
            check.sha256 = digest.lowercased()
        }
        if let json = problems.object("signature", of: entry, at: path) {
            check.signature = signature(json, at: path.child("signature"))
        }
        return check
    }

    private mutating func signature(_ json: JSONView, at path: FieldPath) -> ContentCheck.Signature? {
        problems.refuseUnknown(in: json, at: path, known: ["value", "url", "publicKey", "publicKeyFrom"])
        let value = problems.text("value", of: json, at: path)
        let url = problems.text("url", of: json, at: path)
        if (value == nil) == (url == nil) {
            problems.append(.required(path.child("value"), "either value (Base64 of 64 bytes) or url"))
        }
        if let url, let problem = Self.addressProblem(url, schemes: ["https", "http"]) ?? policy.problem(of: url) {
            problems.append(.invalid(path.child("url"), GitSource.withoutPassword(url), problem))
        }
        guard let key = publicKey(json, at: path) else { return nil }
        return ContentCheck.Signature(value: value, url: url, key: key)
    }

    private mutating func publicKey(_ json: JSONView, at path: FieldPath) -> ContentCheck.Key? {
        let text = problems.text("publicKey", of: json, at: path)
        let reference = problems.object("publicKeyFrom", of: json, at: path)
        if let text, !text.isEmpty, reference == nil { return .text(text) }
        let place = path.child("publicKeyFrom")
        let kinds = ["configMapKeyRef", "secretKeyRef"]
        guard text == nil, let reference else {
            problems.append(.required(path.child("publicKey"), "either publicKey or publicKeyFrom, and only one"))
            return nil
        }
        problems.refuseUnknown(in: reference, at: place, known: kinds)
        guard let kind = kinds.first(where: { reference[$0]?.kind == .object }), reference.count == 1,
            let target = reference[kind]
        else {
            problems.append(.required(place, "one of configMapKeyRef and secretKeyRef, each with name and key"))
            return nil
        }
        problems.refuseUnknown(in: target, at: place.child(kind), known: ["name", "key"])
        let name = problems.text("name", of: target, at: place.child(kind)) ?? ""
        if let problem = NameValidation.dns1123SubdomainProblem(name) {
            problems.append(.invalid(place.child(kind, "name"), name, problem))
        }
        let key = problems.text("key", of: target, at: place.child(kind)) ?? ""
        let isKey = key.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || [45, 46, 95].contains($0)
        }
        if key.isEmpty || key == "." || key.hasPrefix("..") || !isKey {
            problems.append(.invalid(place.child(kind, "key"), key, "must be letters, digits, '-', '_' and '.'"))
        }
        return .reference(isSecret: kind == "secretKeyRef", name: name, key: key)
    }
}
