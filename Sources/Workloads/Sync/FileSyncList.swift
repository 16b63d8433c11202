import JSON
import KubernetesModel

/// One file that a pod gets before it starts.
package struct SyncedFile: Sendable, Hashable {
    /// An https address.
    package var url: String
    /// Its SHA-256 as 64 lower-case hexadecimal digits.
    package var sha256: String
    /// Where it goes below the sync folder.
    package var destination: String
}

/// The annotation `kubedl.io/file-sync`: a list of files by https, each with its digest.
package enum FileSyncList {
    /// Reads the annotation's text. Nil when there are problems; they are added to `problems` with paths below `path`.
    package static func parse(_ text: String, at path: FieldPath, problems: inout [FieldError]) -> [SyncedFile]? {
        guard let json = AnnotationJSON.parse(text, as: .array, at: path, problems: &problems) else { return nil }
        let before = problems.count
        if json.count > SyncPlan.maximumSources - 1 {
            problems.append(.invalid(path, json.count, "must have at most \(SyncPlan.maximumSources - 1) entries"))
            return nil
        }
        var files: [SyncedFile] = []
        for (index, entry) in json.elements.enumerated() {
            let place = path.index(index)
            guard entry.kind == .object else {
                problems.append(.invalid(place, json: entry.shortened, "must be an object"))
                continue
            }
            let file = self.file(entry, at: place, problems: &problems)
            if let earlier = files.first(where: { overlaps($0.destination, file.destination) }) {
                problems.append(
                    .invalid(
                        place.child("destPath"), file.destination, "must not lie at or inside \(earlier.destination)"))
            }
            files.append(file)
        }
        return problems.count > before ? nil : files
    }

    private static func overlaps(_ first: String, _ second: String) -> Bool {
        SyncDestination.contains(first, second) || SyncDestination.contains(second, first)
    }

    private static func file(_ entry: JSONView, at path: FieldPath, problems: inout [FieldError]) -> SyncedFile {
        problems.refuseUnknown(in: entry, at: path, known: ["url", "sha256", "destPath"])
        let url = problems.text("url", of: entry, at: path) ?? ""
        if url.isEmpty {
            problems.append(.required(path.child("url")))
        } else if !isPlainHTTPS(url) {
            problems.append(.invalid(path.child("url"), url, "must be an https URL without user and password"))
        }
        let digest = problems.text("sha256", of: entry, at: path) ?? ""
        if digest.isEmpty {
            problems.append(.required(path.child("sha256"), "the file's SHA-256, for example from sha256sum"))
        } else if digest.utf8.count != 64 || !digest.allSatisfy({ $0.isASCII && $0.isHexDigit }) {
            problems.append(.invalid(path.child("sha256"), digest, "must be 64 hexadecimal digits"))
        }
        var destination = problems.text("destPath", of: entry, at: path) ?? ""
        if destination.isEmpty { destination = baseName(of: url) }
        if let problem = SyncDestination.problem(destination) {
            problems.append(.invalid(path.child("destPath"), destination, problem))
        }
        return SyncedFile(url: url, sha256: digest.lowercased(), destination: destination)
    }

    private static func isPlainHTTPS(_ url: String) -> Bool {
        guard url.hasPrefix("https://"), url.utf8.count <= 4096 else { return false }
        let authority = url.dropFirst("https://".count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        return !authority.isEmpty && !authority.contains("@") && !url.utf8.contains { $0 <= 0x20 || $0 == 0x7F }
    }

    private static func baseName(of url: String) -> String {
        let path = url.prefix { $0 != "?" && $0 != "#" }
        return path.split(separator: "/").last.map(String.init) ?? ""
    }
}
