import Testing

@testable import Serving

@Suite("Request targets")
struct RequestTargetTests {
    @Test(
        "are split into a raw path and decoded arguments",
        arguments: [
            ("/", "/", []),
            ("/a/b%2Fc?x=1&y=%41+b&z", "/a/b%2Fc", ["x=1", "y=A b", "z="]),
            ("/p?&&a==b&", "/p", ["a==b"]),
            ("http://host:80/p?q=1", "/p", ["q=1"]),
            ("http://host", "/", []),
            ("http://host?q=1", "/", ["q=1"]),
            ("*", "*", []),
            ("/%?a=%4&b=%zz&c=%", "/%", ["a=%4", "b=%zz", "c=%"]),
            ("/watch?labelSelector=a%3Db%2Cc%20in%20(x)", "/watch", ["labelSelector=a=b,c in (x)"]),
        ])
    func parts(target: String, path: String, arguments: [String]) {
        let parsed = RequestTarget(target)
        #expect(parsed.path == path)
        #expect(parsed.query.map { "\($0.0)=\($0.1)" } == arguments)
    }
}
