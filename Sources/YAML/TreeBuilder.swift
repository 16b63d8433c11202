internal import JSON

/// Builds JSON values from events, without recursion: the text decides how deep it nests.
struct TreeBuilder {
    private(set) var documents: [JSONValue] = []
    private let limits: YAMLLimits
    private var frames: [Frame] = []
    private var anchors: [String: Anchor] = [:]
    /// Size of everything so far, aliases expanded.
    private var size = 0

    init(limits: YAMLLimits) { self.limits = limits }

    /// A value with what it takes to put it elsewhere.
    private struct Anchor {
        var value: JSONValue
        var size: Int
        var height: Int
    }

    private enum Key {
        case name(String)
        case merge
    }

    /// A sequence or mapping that is still open.
    private struct Frame {
        var isMapping: Bool
        var anchor: String?
        var mark: Mark
        var sizeBefore: Int
        /// The levels of the deepest value inside.
        var height = 0
        var elements: [JSONValue] = []
        var members: [(String, JSONValue)] = []
        var names = Set<String>()
        var key: Key?
        var merged: [JSONValue] = []
    }

    /// Whether the innermost value is a mapping whose next key is to come. Reads in place: a copy of the frame would let
    /// each new key copy all names before it.
    private var awaitsKey: Bool {
        guard let last = frames.indices.last else { return false }
        return frames[last].isMapping && frames[last].key == nil
    }

    mutating func add(_ event: Event) throws(YAMLError) {
        switch event.content {
        case .documentStart:
            anchors = [:]
        case .documentEnd:
            break
        case .sequenceStart:
            try open(event, isMapping: false)
        case .mappingStart:
            try open(event, isMapping: true)
        case .sequenceEnd, .mappingEnd:
            try close()
        case .alias(let name):
            try addAlias(name, at: event.mark)
        case .scalar(let scalar):
            try addScalar(scalar, event)
        }
    }

    private mutating func open(_ event: Event, isMapping: Bool) throws(YAMLError) {
        if awaitsKey {
            throw event.mark.error("a mapping key must be a scalar; JSON has no other keys")
        }
        guard frames.count < limits.maximumDepth else {
            throw event.mark.error("more than \(limits.maximumDepth) levels of nesting")
        }
        try grow(by: 1, at: event.mark)
        frames.append(
            Frame(isMapping: isMapping, anchor: event.anchor, mark: event.mark, sizeBefore: size - 1))
    }

    private mutating func close() throws(YAMLError) {
        guard let frame = frames.popLast() else { return }
        let value = frame.isMapping ? Self.mapping(frame) : JSONValue(frame.elements)
        let made = Anchor(value: value, size: size - frame.sizeBefore, height: frame.height + 1)
        if let name = frame.anchor { anchors[name] = made }
        try add(made, at: frame.mark)
    }

    /// Explicit members first in their order, then those of merged mappings that are not there yet.
    private static func mapping(_ frame: Frame) -> JSONValue {
        var members = frame.members
        var names = frame.names
        for source in frame.merged {
            for (name, value) in source.members ?? [] where names.insert(name).inserted {
                members.append((name, value))
            }
        }
        return .object(members)
    }

    private mutating func addAlias(_ name: String, at mark: Mark) throws(YAMLError) {
        guard let anchor = anchors[name] else { throw mark.error("unknown anchor '\(name)' referenced") }
        if awaitsKey {
            try addKey(try Self.keyText(anchor.value, at: mark), at: mark)
            return
        }
        guard frames.count + anchor.height <= limits.maximumDepth else {
            throw mark.error("more than \(limits.maximumDepth) levels of nesting")
        }
        try grow(by: anchor.size, at: mark)
        try add(anchor, at: mark)
    }

    private mutating func addScalar(_ scalar: Event.Scalar, _ event: Event) throws(YAMLError) {
        try grow(by: 1 + scalar.text.utf8.count, at: event.mark)
        if awaitsKey {
            if scalar.isPlain, scalar.tag == nil, scalar.text == "<<" {
                frames[frames.count - 1].key = .merge
                return
            }
            let value = try ScalarResolver.resolve(scalar, at: event.mark)
            if let name = event.anchor { anchors[name] = Anchor(value: value, size: 1, height: 0) }
            try addKey(try Self.keyText(value, at: event.mark), at: event.mark)
            return
        }
        let isEmptyDocument = frames.isEmpty && scalar.isPlain && scalar.text.isEmpty && scalar.tag == nil
        if isEmptyDocument, event.anchor == nil { return }
        let value = try ScalarResolver.resolve(scalar, at: event.mark)
        let made = Anchor(value: value, size: 1 + scalar.text.utf8.count, height: 0)
        if let name = event.anchor { anchors[name] = made }
        try add(made, at: event.mark)
    }

    private static func keyText(_ value: JSONValue, at mark: Mark) throws(YAMLError) -> String {
        switch value.kind {
        case .string: return value.string ?? ""
        case .number: return value.numberText ?? ""
        case .bool: return value.bool == true ? "true" : "false"
        case .null, .array, .object:
            throw mark.error("a mapping key must be a string, a number or a boolean, not \(value.kind)")
        }
    }

    private mutating func addKey(_ name: String, at mark: Mark) throws(YAMLError) {
        guard frames[frames.count - 1].names.insert(name).inserted else {
            throw mark.error("key \"\(name)\" already set in map")
        }
        frames[frames.count - 1].key = .name(name)
    }

    private mutating func grow(by amount: Int, at mark: Mark) throws(YAMLError) {
        size += amount
        guard size <= limits.maximumExpandedSize else {
            throw mark.error("the value is larger than \(limits.maximumExpandedSize) bytes once aliases are expanded")
        }
    }

    /// Puts a finished value where it belongs.
    private mutating func add(_ made: Anchor, at mark: Mark) throws(YAMLError) {
        guard let last = frames.indices.last else {
            documents.append(made.value)
            return
        }
        frames[last].height = max(frames[last].height, made.height)
        guard frames[last].isMapping else {
            frames[last].elements.append(made.value)
            return
        }
        switch frames[last].key {
        case .name(let name): frames[last].members.append((name, made.value))
        case .merge: frames[last].merged += try Self.mergeSources(made.value, at: mark)
        case nil: break
        }
        frames[last].key = nil
    }

    private static func mergeSources(_ value: JSONValue, at mark: Mark) throws(YAMLError) -> [JSONValue] {
        let sources = value.array ?? [value]
        guard sources.allSatisfy({ $0.kind == .object }) else {
            throw mark.error("map merge requires map or sequence of maps as the value")
        }
        return sources
    }
}
