import KubernetesClient
import Testing

@Suite("string pools") struct StringPoolTests {
    private func address(_ text: String) -> UInt {
        var text = text
        return text.withUTF8 { UInt(bitPattern: $0.baseAddress) }
    }

    @Test("equal texts share their memory until the pool is full and starts anew")
    func sharing() {
        let pool = StringPool(limit: 2)
        func name(_ number: Int) -> String { "gpu-node-\(number).example.com" }
        let first = pool.shared(name(1))
        #expect(first == name(1))
        #expect(address(pool.shared(name(1))) == address(first))
        #expect(pool.shared("short") == "short")
        _ = pool.shared(name(2))
        _ = pool.shared(name(3))
        #expect(address(pool.shared(name(1))) != address(first))
        #expect(first == name(1))
    }
}
