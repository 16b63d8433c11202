import JSON
import Testing

/// What must hold for any value; each seed makes a few hundred.
struct JSONPropertyTests {
    static let seeds = Array(UInt64(1)...20)

    @Test("text that is read and written again is the same text, whatever its spaces and escapes", arguments: seeds)
    func textComesBack(seed: UInt64) throws {
        var generator = JSONGenerator(seed: seed)
        for _ in 0..<50 {
            let value = generator.value()
            let text = generator.text(of: value)
            let read = try JSONValue(parsing: text)
            #expect(read.text == text)
            #expect(read == value)
            #expect(read.hashValue == value.hashValue)
            #expect(read.canonicalBytes == value.canonicalBytes)
            #expect(try JSONValue(parsing: value.text) == value)
            #expect(try JSONValue(parsing: value.prettyText(indent: 4)) == value)
            #expect(try JSONDocument(parsing: text).root.detached().text == text)
        }
    }

    @Test("a patch made from two values makes the one into the other", arguments: seeds)
    func patchesLead(seed: UInt64) throws {
        var generator = JSONGenerator(seed: seed)
        for _ in 0..<50 {
            let from = try JSONValue(parsing: generator.text(of: generator.value()))
            let to = generator.changed(from)
            let patch = JSONPatch.diff(from: from, to: to)
            #expect(try patch.apply(to: from) == to)
            #expect(patch.isEmpty == (from == to))
            let read = try JSONPatch(try patch.json.document().root)
            #expect(try read.apply(to: from) == to)
        }
    }

    @Test("a merge patch made from two values makes the one into the other, but for nulls", arguments: seeds)
    func mergePatchesLead(seed: UInt64) throws {
        var generator = JSONGenerator(seed: seed)
        for _ in 0..<50 {
            let from = withoutNulls(generator.value())
            let to = withoutNulls(generator.changed(from))
            #expect(JSONMergePatch.apply(JSONMergePatch.diff(from: from, to: to), to: from) == to)
        }
    }

    private func withoutNulls(_ value: JSONValue) -> JSONValue {
        guard let members = value.members else { return value }
        return .object(members.filter { !$0.value.isNull }.map { ($0.key, withoutNulls($0.value)) })
    }

    @Test("a change leaves the bytes of everything else alone", arguments: seeds)
    func untouchedPartsStay(seed: UInt64) throws {
        var generator = JSONGenerator(seed: seed)
        for _ in 0..<50 {
            let parts = (0..<5).map { _ in
                let value = generator.value()
                return generator.text(of: value)
            }
            func whole(_ third: String) -> String {
                "{\"one\":\(parts[0]),\"t\\u0077o\":{\"x\":\(parts[1]),\"y\":\(third)},\"three\":[\(parts[3]),\(parts[4])]}"
            }
            let from = try JSONValue(parsing: whole(parts[2]))
            var edited = from
            edited[path: "two", "y"] = "new"
            #expect(edited.text == whole("\"new\""))
            let patch = JSONPatch([.replace(["two", "y"], "new")])
            #expect(try patch.apply(to: from).text == whole("\"new\""))
            #expect(JSONMergePatch.apply(["two": ["y": "new"]], to: from).text == whole("\"new\""))
            #expect(from.text == whole(parts[2]))
        }
    }

    @Test("every value is found again at its pointer", arguments: seeds)
    func pointersLeadBack(seed: UInt64) throws {
        var generator = JSONGenerator(seed: seed)
        for _ in 0..<20 {
            let value = generator.value()
            let root = try JSONDocument(parsing: generator.text(of: value)).root
            var pending = [root]
            while let view = pending.popLast() {
                let found = try #require(root[pointer: view.pointer])
                #expect(found.range == view.range)
                #expect(value[pointer: view.pointer] == JSONValue(view))
                pending += view.elements
                pending += view.members.map(\.value)
            }
        }
    }
}
