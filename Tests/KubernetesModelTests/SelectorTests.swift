import JSON
import KubernetesModel
import Testing

@Suite("Selectors")
struct SelectorTests {
    static let labels = ["app": "web", "tier": "front", "n": "5", "empty": ""]

    @Test(
        "a label query is read, matched and written",
        arguments: [
            ("", true, ""), ("app=web", true, "app=web"), ("app==web", true, "app=web"),
            ("app!=web", false, "app!=web"),
            ("missing!=x", true, "missing!=x"), ("app", true, "app"), ("missing", false, "missing"),
            ("!app", false, "!app"), ("!missing", true, "!missing"), (" ! missing ", true, "!missing"),
            ("app in (web, db),tier=front", true, "app in (db,web),tier=front"),
            ("app notin (web,db)", false, "app notin (db,web)"), ("app in (web)", true, "app=web"),
            ("missing notin (x)", true, "missing!=x"), ("n>4", true, "n>4"), ("n<5", false, "n<5"),
            ("app>4", false, "app>4"), ("empty=", true, "empty="), ("empty in (,x)", true, "empty in (,x)"),
            ("in in (in)", false, "in=in"), ("kubedl.io/gang-name=a", false, "kubedl.io/gang-name=a"),
        ])
    func query(text: String, matches: Bool, written: String) throws {
        let query = try SelectorQuery(parsing: text)
        #expect(query.matches(Self.labels) == matches)
        #expect(query.description == written)
        #expect(try SelectorQuery(parsing: written).description == written)
    }

    @Test(
        "a malformed label query is refused",
        arguments: [
            ",", "app=web,", "=web", "app=(web)", "app in", "app in web", "app in (web", "app foo (web)", "app!web",
            "!",
            "-app=x", "app=-x", "a/b/c=d", "app=a b", "n>x", "x==y==z",
        ])
    func malformedQuery(text: String) {
        #expect(throws: SelectorError.self) { try SelectorQuery(parsing: text) }
    }

    @Test(
        "matchLabels and matchExpressions must all hold",
        arguments: [
            ("{}", true), (#"{"matchLabels":{"app":"web"}}"#, true), (#"{"matchLabels":{"app":"db"}}"#, false),
            (#"{"matchExpressions":[{"key":"app","operator":"In","values":["db","web"]}]}"#, true),
            (#"{"matchExpressions":[{"key":"x","operator":"NotIn","values":["db"]}]}"#, true),
            (#"{"matchExpressions":[{"key":"app","operator":"Exists"},{"key":"x","operator":"DoesNotExist"}]}"#, true),
            (#"{"matchLabels":{"app":"web"},"matchExpressions":[{"key":"tier","operator":"DoesNotExist"}]}"#, false),
        ])
    func selector(text: String, matches: Bool) throws {
        let selector = try LabelSelector(json: try JSONDocument(parsing: text).root)
        #expect(selector.matches(Self.labels) == matches)
        #expect(try LabelSelector(json: try selector.value.document().root) == selector)
    }

    @Test(
        "a malformed selector is refused",
        arguments: [
            #"{"matchExpressions":[{"key":"app","operator":"Is"}]}"#,
            #"{"matchExpressions":[{"key":"app","operator":"In"}]}"#,
            #"{"matchExpressions":[{"key":"app","operator":"Exists","values":["x"]}]}"#,
            #"{"matchLabels":{"a b":"c"}}"#,
        ])
    func malformedSelector(text: String) throws {
        let json = try JSONDocument(parsing: text).root
        #expect(throws: SelectorError.self) { try LabelSelector(json: json) }
    }

    @Test(
        "a field selector reads fields by path, absent ones as empty",
        arguments: [
            ("", true), ("metadata.name=a", true), ("metadata.name==a", true), ("metadata.name!=a", false),
            ("spec.nodeName=", true), ("spec.nodeName!=", false), ("metadata.name=a,status.phase=Running", true),
            ("status.phase!=Running", false), (#"metadata.odd=x\,y\=z"#, true), ("spec.on=true", true),
            ("spec.n=3", true),
        ])
    func fields(text: String, matches: Bool) throws {
        let object = try JSONDocument(
            parsing: #"{"metadata":{"name":"a","odd":"x,y=z"},"spec":{"on":true,"n":3},"status":{"phase":"Running"}}"#)
        let selector = try FieldSelector(parsing: text)
        #expect(selector.matches(object.root) == matches)
        #expect(try FieldSelector(parsing: selector.description) == selector)
    }

    @Test("a malformed field selector is refused", arguments: ["a", "=b", "a=b=c"])
    func malformedFields(text: String) {
        #expect(throws: SelectorError.self) { try FieldSelector(parsing: text) }
    }
}
