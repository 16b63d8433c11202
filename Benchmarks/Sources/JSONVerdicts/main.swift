import Foundation
import JSON

// Reads batches of texts from standard input and writes for each text `1` if JSON accepts it and `0` if not.
//
// A batch is a 4-byte little-endian count, then for each text a 4-byte little-endian length and its bytes. The answer
// has one byte a text. Accepted texts are also read in every way and written again, so that a crash there shows too.

func readExactly(_ count: Int) -> [UInt8]? {
    var bytes: [UInt8] = []
    while bytes.count < count {
        guard let more = try? FileHandle.standardInput.read(upToCount: count - bytes.count), !more.isEmpty else {
            return nil
        }
        bytes += more
    }
    return bytes
}

func readLength() -> Int? {
    readExactly(4).map { $0.reversed().reduce(0) { $0 << 8 | Int($1) } }
}

/// Whether an accepted text survives being read in every way and written again.
func survives(_ document: JSONDocument) -> Bool {
    var pending = [document.root]
    while let view = pending.popLast() {
        _ = (view.string, view.int, view.double, view.bool, view.numberText, view.raw.count, view.hashValue)
        pending += view.elements
        pending += view.members.map(\.value)
    }
    let value = JSONValue(document)
    guard let canonical = try? JSONValue(parsing: value.canonicalBytes, limits: limits) else { return false }
    let patch = JSONPatch.diff(from: ["a": 1], to: value)
    guard let patched = try? patch.apply(to: ["a": 1], limits: .init(depth: 2048)) else { return false }
    return canonical == value && patched == value && document.root.detached().bytes == Array(document.root.raw)
}

let limits = JSONLimits(maximumDepth: CommandLine.arguments.dropFirst().first.flatMap(Int.init) ?? 512)
while let count = readLength() {
    var verdicts: [UInt8] = []
    for _ in 0..<count {
        guard let length = readLength(), let text = readExactly(length) else { exit(2) }
        guard let document = try? JSONDocument(parsing: text, limits: limits) else {
            verdicts.append(UInt8(ascii: "0"))
            continue
        }
        verdicts.append(UInt8(ascii: survives(document) ? "1" : "!"))
    }
    FileHandle.standardOutput.write(Data(verdicts))
}
