package import JSON

/// A type that labels and annotations can hold as text.
package protocol KeyText: Sendable {
    /// Reads the text; nil if it is not of the type.
    init?(keyText: String)
    /// The text as it is stored.
    var keyText: String { get }
}

extension String: KeyText {
    /// Reads the text; nil if it is not of the type.
    package init?(keyText: String) { self = keyText }
    /// The text as it is stored.
    package var keyText: String { self }
}

extension Int: KeyText {
    /// Reads the text; nil if it is not of the type.
    package init?(keyText: String) { self.init(keyText) }
    /// The text as it is stored.
    package var keyText: String { String(self) }
}

extension Bool: KeyText {
    /// Reads the text; nil if it is not of the type.
    package init?(keyText: String) { self.init(keyText) }
    /// The text as it is stored.
    package var keyText: String { self ? "true" : "false" }
}

/// A list that is stored with commas between its elements; spaces around elements are dropped.
package struct CommaList<Element: KeyText>: KeyText {
    /// The elements.
    package var elements: [Element]

    /// A list of `elements`.
    package init(_ elements: [Element]) { self.elements = elements }

    /// Reads the text; nil if an element is not of the type. An empty text is an empty list.
    package init?(keyText: String) {
        var elements: [Element] = []
        for part in keyText.split(separator: ",") {
            let trimmed = part.drop { $0 == " " }
            let end = trimmed.lastIndex { $0 != " " }.map { trimmed.index(after: $0) } ?? trimmed.startIndex
            guard let element = Element(keyText: String(trimmed[..<end])) else { return nil }
            elements.append(element)
        }
        self.elements = elements
    }

    /// The text as it is stored.
    package var keyText: String { elements.map(\.keyText).joined(separator: ",") }
}

/// The name of a label with the type of its value.
package struct LabelKey<Value: KeyText>: Sendable, Hashable {
    /// The qualified name.
    package let name: String
    /// A key of the given name.
    package init(_ name: String) { self.name = name }
}

/// The name of an annotation with the type of its value.
package struct AnnotationKey<Value: KeyText>: Sendable, Hashable {
    /// The qualified name.
    package let name: String
    /// A key of the given name.
    package init(_ name: String) { self.name = name }
}

/// Editing the metadata of an object that is being built.
extension JSONValue {
    /// Sets the label of the object, or removes it when `value` is nil.
    package mutating func setLabel<Value>(_ key: LabelKey<Value>, _ value: Value?) {
        self[path: ["metadata", "labels", key.name]] = value.map { JSONValue($0.keyText) }
    }

    /// Sets the annotation of the object, or removes it when `value` is nil.
    package mutating func setAnnotation<Value>(_ key: AnnotationKey<Value>, _ value: Value?) {
        self[path: ["metadata", "annotations", key.name]] = value.map { JSONValue($0.keyText) }
    }
}
