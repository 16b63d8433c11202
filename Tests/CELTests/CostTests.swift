import JSON
import Testing

@testable import CEL

/// Source: k8s.io/apiserver pkg/cel/library/cost.go: calls cost what they look through.
@Suite("Costs")
struct CostTests {
    @Test(
        "an expression whose work grows beyond its text is broken off",
        .timeLimit(.minutes(2)),
        arguments: [
            "text.replace('a', text).replace('a', text).size() > 0",
            "items.all(x, text == copy && x == x) && items.all(x, items == other) && items.all(x, items.all(y, items == other))",
            "items.all(x, items.all(y, text.contains(copy + 'b') || true))",
            "items.all(x, items.all(y, text.matches('(a{50}){50}b') || true))",
            "items.all(x, items.all(y, 'a'.matches('(a{50}){50}b') || true))",
            "items.all(x, items.all(y, text.size() >= 0))", "items.all(x, items.all(y, object.text != ''))",
            "items.all(x, items.all(y, 'k' in object.map || object.map['k1'] == 1))",
            "items.map(x, text).join(text).size() > 0",
            // A list that is twice itself, forty times over: small to keep and endless to walk through.
            (0..<40).reduce("[1]") { text, _ in text + ".map(x, [x, x])" } + " == ["
                + (0..<40).reduce("[1]") { text, _ in text + ".map(x, [x, x])" } + "][0]",
        ])
    func bounded(source: String) throws {
        let letters = String(repeating: "a", count: 200_000)
        let members = (0..<2_000).map { ("k\($0)", JSONValue(1)) }
        let object = try JSONValue.object([("text", JSONValue(letters)), ("map", .object(members))]).document().root
        let items = CELValue.list((0..<2_000).map { .int($0) })
        let values: [String: CELValue] = [
            "text": .string(letters), "copy": .string(String(letters)), "items": items, "other": items,
            "object": CELValue(object),
        ]
        let program = try CELProgram(compiling: source)
        let error = #expect(throws: CELError.self) { try program.evaluate(values: values) }
        #expect(error?.message == "operation cancelled: actual cost limit exceeded")
    }

    @Test("evaluations that share a budget take from it what they cost")
    func shared() throws {
        var budget = 10
        let program = try CELProgram(compiling: "1 + 1 == 2")
        _ = try program.evaluate(values: [:], budget: &budget)
        #expect(budget > 0 && budget < 10)
        let error = #expect(throws: CELError.self) {
            for _ in 0..<10 { _ = try program.evaluate(values: [:], budget: &budget) }
        }
        #expect(error != nil)
        #expect(budget <= 0)
    }
}
