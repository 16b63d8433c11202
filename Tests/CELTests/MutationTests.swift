import CEL
import JSON
import Testing

@Suite("Mutated expressions")
struct MutationTests {
    static let seeds = [
        #"has(object.metadata.labels) && 'a' in object.metadata.labels || object.spec.list.all(x, x > -1 && [1, 2u, 3.5].exists(y, y == x))"#,
        #"{"a": [1, 2], 'b': "x".startsWith("y") ? int("3") : size(object.spec.list)}["a"].map(i, i % 2 == 0, i * i).filter(i, i != 4)"#,
        #"r'\d+' + "\u00e9\x41" + 'abc'.substring(1, 2).replace("b", "c") + string(1.5) + ['x'].join(',') == dyn(null)"#,
    ]

    @Test("no expression crashes the interpreter")
    func mutations() throws {
        let object = try JSONDocument(parsing: #"{"metadata":{"labels":{"a":"b"}},"spec":{"list":[1,2,3]}}"#).root
        var state: UInt64 = 7
        func below(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        let pieces = [
            "(", ")", "[", "]", "{", "}", ".", ",", "'", "\"", "!", "-", " in ", "&&", "||", "?", ":", "0", "x", "\\",
            "1e9", "`", ".all(x,", "u",
        ]
        var evaluated = 0
        for round in 0..<20_000 {
            var scalars = Array(Self.seeds[round % Self.seeds.count])
            for _ in 0...below(3) {
                let place = below(scalars.count)
                switch below(3) {
                case 0: scalars.remove(at: place)
                case 1: scalars.insert(contentsOf: pieces[below(pieces.count)], at: place)
                default: scalars.swapAt(place, below(scalars.count))
                }
            }
            guard let program = try? CELProgram(compiling: String(scalars)) else { continue }
            evaluated += 1
            _ = try? program.evaluate(bindings: ["object": object], costLimit: 10_000)
        }
        #expect(evaluated > 500)
    }
}
