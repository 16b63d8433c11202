import JSON
import Testing

/// RFC 7386.
struct MergePatchTests {
    /// The table of RFC 7386, appendix A.
    static let table: [(target: String, patch: String, result: String)] = [
        (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
        (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
        (#"{"a":"b"}"#, #"{"a":null}"#, #"{}"#),
        (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
        (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
        (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
        (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
        (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#),
        (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#),
        (#"{"a":"b"}"#, #"["c"]"#, #"["c"]"#),
        (#"{"a":"foo"}"#, #"null"#, #"null"#),
        (#"{"a":"foo"}"#, #""bar""#, #""bar""#),
        (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#),
        (#"[1,2]"#, #"{"a":"b","c":null}"#, #"{"a":"b"}"#),
        (#"{}"#, #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
    ]

    @Test("the table of the RFC", arguments: table)
    func applies(target: String, patch: String, result: String) throws {
        let made = JSONMergePatch.apply(try JSONValue(parsing: patch), to: try JSONValue(parsing: target))
        #expect(made.text == result)
    }

    @Test("the example of the RFC's introduction")
    func example() throws {
        let target = try JSONValue(
            parsing:
                #"{"title":"Goodbye!","author":{"givenName":"John","familyName":"Doe"},"tags":["example"],"content":"x"}"#
        )
        let patch = try JSONValue(
            parsing: #"{"title":"Hello!","phoneNumber":"+01","author":{"familyName":null},"tags":["a"]}"#)
        let expected =
            #"{"title":"Hello!","author":{"givenName":"John"},"tags":["a"],"content":"x","phoneNumber":"+01"}"#
        #expect(JSONMergePatch.apply(patch, to: target).text == expected)
    }

    @Test("equal values give an empty patch, whatever their order")
    func emptyDiff() throws {
        let one = try JSONValue(parsing: #"{"a":1,"b":[1.0]}"#)
        let other = try JSONValue(parsing: #"{"b":[1e0],"a":1}"#)
        #expect(JSONMergePatch.diff(from: one, to: other).text == "{}")
    }

    @Test("a patch with many members, some removed")
    func manyMembers() throws {
        let target = JSONValue.object((0..<100).map { ("m\($0)", JSONValue($0)) })
        let patch = JSONValue.object((50..<150).map { ("m\($0)", $0 % 2 == 0 ? .null : JSONValue(-$0)) })
        let made = JSONMergePatch.apply(patch, to: target)
        #expect(made.count == 50 + 50)
        #expect(made["m10"]?.int == 10)
        #expect(made["m50"] == nil)
        #expect(made["m51"]?.int == -51)
        #expect(made["m149"]?.int == -149)
        #expect(made["m148"] == nil)
    }
}
