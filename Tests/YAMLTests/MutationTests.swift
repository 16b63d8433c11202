import JSON
import Testing
import YAML

@Suite("Mutated YAML")
struct MutationTests {
    static let seed = Array(
        """
        # comment
        apiVersion: v1
        metadata: &m
          name: "a\\u00e9"
          labels: {x: 'y', <<: *m2}
        ---
        list:
        - 1
        - [a, *b, !!str 3]
        - |
          text
        - >-2
           folded
        ? key
        : value
        ...
        """.utf8)

    @Test("no text crashes the reader, and what it reads is written and read back the same")
    func mutations() throws {
        var state: UInt64 = 42
        func below(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        let pieces = [
            "\n", "  ", "- ", ": ", "&a ", "*a", "[", "]", "{", "}", "'", "\"", "|", ">", "#", "---\n", "!!int ", "\t",
            "%", "<<: ",
        ]
        for _ in 0..<5_000 {
            var bytes = Self.seed
            for _ in 0...below(6) {
                let place = below(bytes.count)
                switch below(4) {
                case 0: bytes[place] = UInt8(below(256))
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(contentsOf: Array(pieces[below(pieces.count)].utf8), at: place)
                default: bytes.removeSubrange(place..<min(bytes.count, place + below(20)))
                }
                if bytes.isEmpty { bytes = [0x20] }
            }
            guard let documents = try? YAML.parse(bytes) else { continue }
            for value in documents {
                let text = YAML.emit(value)
                #expect(try YAML.parse(text) == [value])
            }
        }
    }
}
