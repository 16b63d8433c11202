import JSON
import Testing

/// Changing values.
struct ValueTests {
    @Test("literals are written as they read")
    func literals() {
        let value: JSONValue = [
            "null": nil, "yes": true, "n": -12, "d": 1.5, "s": "a\"b\\\n\u{1}é", "list": [1, "two", []], "o": [:],
        ]
        let expected = #"{"null":null,"yes":true,"n":-12,"d":1.5,"s":"a\"b\\\n\u0001é","list":[1,"two",[]],"o":{}}"#
        #expect(value.text == expected)
        #expect(JSONValue(Double.infinity).isNull)
        #expect(JSONValue(1e300).text == "1e+300")
        #expect(JSONValue(["b": "2", "a": "1"]).text == #"{"a":"1","b":"2"}"#)
        #expect(JSONValue.object([("a", 1), ("b", 2), ("a", 3)]).text == #"{"a":3,"b":2}"#)
    }

    @Test("members are set, added and removed, the rest keeps its place")
    func members() throws {
        var value = try JSONValue(parsing: #"{"a":1, "b":{"c": [1, 2]}, "d":null}"#)
        #expect(value.text == #"{"a":1, "b":{"c": [1, 2]}, "d":null}"#)
        value["a"] = "x"
        value["new"] = .null
        value["d"] = nil
        value.remove("nothing")
        #expect(value.text == #"{"a":"x","b":{"c": [1, 2]},"new":null}"#)
        value["b"]?["c"]?[1] = 3
        value["b"]?["c"]?.append(4)
        #expect(value.text == #"{"a":"x","b":{"c":[1,3,4]},"new":null}"#)
        value["b"]?["c"]?[0] = nil
        value["b"]?["c"]?[9] = 9
        value["b"]?["c"]?[2] = 5
        #expect(value[path: "b", "c"]?.text == "[3,4,5]")
        value["list", default: []].append(1)
        value["list", default: []].append(2)
        #expect(value["list"]?.array == [1, 2])
        #expect(value.keys == ["a", "b", "new", "list"])
    }

    @Test("paths make the objects that are missing")
    func paths() throws {
        var value: JSONValue = [:]
        value[path: "metadata", "annotations", "a/b"] = "c"
        #expect(value.text == #"{"metadata":{"annotations":{"a/b":"c"}}}"#)
        value[path: "spec", "nothing", "here"] = nil
        #expect(value.text == #"{"metadata":{"annotations":{"a/b":"c"}}}"#)
        value[path: "metadata", "annotations", "a/b"] = nil
        #expect(value.text == #"{"metadata":{"annotations":{}}}"#)
        value["list"] = [["x": 1], ["x": 2]]
        value[path: "list", "1", "x"] = 3
        #expect(value["list"]?.text == #"[{"x":1},{"x":3}]"#)
        var empty = JSONValue.null
        empty["a"] = 1
        #expect(empty.text == #"{"a":1}"#)
    }

    @Test(
        "equality looks at what values mean",
        arguments: [
            ("1", "1.0", true), ("1", "10e-1", true), ("100", "1E2", true), ("0", "-0.000", true), ("0e5", "0", true),
            ("1", "2", false), ("1", "-1", false), ("1", "\"1\"", false), ("0.1", "0.10", true), ("0.1", "0.01", false),
            ("12345678901234567890123", "12345678901234567890124", false),
            ("9007199254740992", "9007199254740993.0", false),
            ("1e999999999999999999999", "1e999999999999999999999", true), ("1e400", "1e401", false),
            ("\"\\u00e9\"", "\"é\"", true), ("[1,2]", "[2,1]", false), ("[1,2]", "[1, 2.0]", true),
            (#"{"a":1,"b":2}"#, #"{"b":2,"a":1}"#, true), (#"{"a":1}"#, #"{"a":1,"b":null}"#, false),
            (#"{"a":1}"#, #"{"b":1}"#, false), ("[]", "{}", false), ("null", "false", false),
        ])
    func equality(left: String, right: String, isEqual: Bool) throws {
        let left = try JSONValue(parsing: left)
        let right = try JSONValue(parsing: right)
        #expect((left == right) == isEqual)
        #expect((right == left) == isEqual)
        if isEqual { #expect(left.hashValue == right.hashValue) }
    }

    @Test("objects with many members are compared and searched by name")
    func manyMembers() {
        let names = (0..<1000).map { "name-\($0)" }
        let one = JSONValue.object(names.map { ($0, JSONValue($0)) })
        let other = JSONValue.object(names.reversed().map { ($0, JSONValue($0)) } + [("name-7", "name-7")])
        #expect(one == other)
        #expect(one.count == 1000)
        #expect(other["name-999"] == "name-999")
    }

    @Test("pretty and canonical text")
    func layouts() throws {
        let value = try JSONValue(parsing: #"{"b":[1,{"y":[],"x":{}}],"a":"\u0041"}"#)
        #expect(String(decoding: value.canonicalBytes, as: UTF8.self) == #"{"a":"A","b":[1,{"x":{},"y":[]}]}"#)
        let pretty = """
            {
              "b": [
                1,
                {
                  "y": [],
                  "x": {}
                }
              ],
              "a": "A"
            }
            """
        #expect(value.prettyText() == pretty)
    }

    @Test("a number keeps the text it is given, and nothing else is a number")
    func numberText() throws {
        #expect(try JSONValue(numberText: "1.50").text == "1.50")
        #expect(throws: JSONError.self) { try JSONValue(numberText: "NaN") }
        #expect(throws: JSONError.self) { try JSONValue(numberText: "\"1\"") }
    }

    @Test("the writer sets commas and splices parts of other documents in")
    func writer() throws {
        let document = try JSONDocument(parsing: #"{"spec":{ "x" : 1.0 }}"#)
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("a\n")
        writer.beginArray()
        writer.int(Int.min)
        writer.bool(true)
        writer.null()
        writer.double(0.5)
        writer.beginObject()
        writer.endObject()
        writer.string("x")
        writer.endArray()
        writer.key("spec")
        writer.value(try document.root.require("spec"))
        writer.key("changed")
        writer.value(["deep": JSONValue(document)])
        writer.key("raw")
        writer.raw(Array("[0]".utf8))
        writer.endObject()
        let expected =
            #"{"a\n":[-9223372036854775808,true,null,0.5,{},"x"],"spec":{ "x" : 1.0 },"#
            + #""changed":{"deep":{"spec":{ "x" : 1.0 }}},"raw":[0]}"#
        #expect(writer.text == expected)
        #expect(throws: Never.self) { try JSONDocument(parsing: writer.bytes) }
    }
}
