import Foundation
import JSON

// Says for each text of a batch whether JSON accepts it, and what it reads in it. See scripts/fuzz-json.
//
//     json-verdicts [MAXIMUM-DEPTH]
//
// A batch on standard input is its size in bytes, then for each text its size and its bytes. The answer on standard
// output is its size, then for each text the byte `0`, or the byte `1`, the size of the canonical text, and that. Sizes
// have 4 bytes, the lowest first. A text that is accepted and then does not survive what is done with it stops the
// program with status 3.

struct Batch {
    var bytes: [UInt8]
    var at = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> [UInt8]? {
        guard at + 4 <= bytes.count else { return nil }
        let size = readSize(bytes[at..<at + 4])
        guard at + 4 + size <= bytes.count else { return nil }
        defer { at += 4 + size }
        return Array(bytes[at + 4..<at + 4 + size])
    }
}

func readSize(_ bytes: some Collection<UInt8>) -> Int {
    bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
}

func sizeBytes(_ size: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: size >> ($0 * 8)) }
}

func read(_ count: Int) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count {
        guard let more = try? FileHandle.standardInput.read(upToCount: count - bytes.count), !more.isEmpty else {
            return nil
        }
        bytes += more
    }
    return bytes
}

/// The canonical text, if the document survives being read in every way, written, patched and read again.
func survivor(_ document: JSONDocument, limits: JSONLimits) -> [UInt8]? {
    var pending = [document.root]
    while let view = pending.popLast() {
        _ = (view.string, view.int, view.double, view.bool, view.numberText, view.raw.count)
        pending += view.elements
        pending += view.members.map(\.value)
    }
    let value = JSONValue(document)
    let canonical = value.canonicalBytes
    guard let again = try? JSONValue(parsing: canonical, limits: limits), again == value else { return nil }
    let other: JSONValue = ["a": [1, 2]]
    let patch = JSONPatch.diff(from: other, to: value)
    let patched = try? patch.apply(to: other, limits: JSONPatch.Limits(depth: limits.maximumDepth))
    guard patched == value, again.hashValue == value.hashValue else { return nil }
    return document.root.detached().bytes == Array(document.root.raw) ? canonical : nil
}

let limits = JSONLimits(maximumDepth: CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 512)
while let size = read(4), var batch = read(readSize(size)).map(Batch.init) {
    var answer: [UInt8] = []
    while let text = batch.next() {
        guard let document = try? JSONDocument(parsing: text, limits: limits) else {
            answer.append(UInt8(ascii: "0"))
            continue
        }
        guard let canonical = survivor(document, limits: limits) else {
            FileHandle.standardError.write(Data("accepted, but did not survive: ".utf8) + Data(text) + Data("\n".utf8))
            exit(3)
        }
        answer += [UInt8(ascii: "1")] + sizeBytes(canonical.count) + canonical
    }
    FileHandle.standardOutput.write(Data(sizeBytes(answer.count) + answer))
}
