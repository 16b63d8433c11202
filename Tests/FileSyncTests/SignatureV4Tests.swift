import FileSync
import Testing

@Suite("Signatures of requests to object stores")
struct SignatureV4Tests {
    /// Source: AWS, "Signature Calculations for the Authorization Header: Transferring Payload in a Single Chunk",
    /// examples "GET Object", "GET Bucket Lifecycle" and "Get Bucket (List Objects)".
    @Test(
        "the examples that AWS publishes come out byte for byte",
        arguments: [
            (
                "/test.txt", [("range", "bytes=0-9")],
                "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
            ),
            ("/?lifecycle=", [], "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
            ("/?max-keys=2&prefix=J", [], "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
        ] as [(String, [(String, String)], String)])
    func examples(_ target: String, _ more: [(String, String)], _ signature: String) throws {
        let signer = SignatureV4(region: "us-east-1") { 1_369_353_600 }
        let headers = try signer.headers(
            for: "https://examplebucket.s3.amazonaws.com" + target, id: "AKIAIOSFODNN7EXAMPLE",
            key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", more: more)
        #expect(headers.first { $0.0 == "x-amz-date" }?.1 == "20130524T000000Z")
        #expect(headers.last?.1.hasSuffix("Signature=" + signature) ?? false, "\(headers.last?.1 ?? "")")
    }
}
