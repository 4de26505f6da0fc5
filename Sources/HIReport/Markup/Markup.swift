/// A piece of a page or a drawing: an element with attributes and children, or text.
///
/// It is written as XML that is HTML too, so one parser checks pages and drawings alike. Text and
/// attribute values are escaped when they are written, and only then.
struct Markup: Sendable, Equatable {
  private enum Node: Sendable, Equatable {
    case element(name: String, attributes: [Attribute], children: [Markup])
    case text(String)
    case stylesheet(String)
  }

  private struct Attribute: Sendable, Equatable {
    let name: String
    let value: String
  }

  private let node: Node

  /// An element; attributes whose value is nil are left out.
  init(
    _ name: String, _ attributes: KeyValuePairs<String, String?> = [:], _ children: [Markup] = []
  ) {
    node = .element(
      name: name,
      attributes: attributes.compactMap { name, value in
        value.map { Attribute(name: name, value: $0) }
      },
      children: children)
  }

  /// An element that holds only text.
  init(_ name: String, _ attributes: KeyValuePairs<String, String?> = [:], text: String) {
    self.init(name, attributes, [.text(text)])
  }

  private init(node: Node) { self.node = node }

  /// Text.
  static func text(_ text: String) -> Markup { Markup(node: .text(text)) }

  /// The content of a `style` element, which HTML does not unescape: this program's own, without `<`
  /// and `&`.
  static func stylesheet(_ text: String) -> Markup { Markup(node: .stylesheet(text)) }

  /// The text of it all.
  var xml: String {
    var text = ""
    write(into: &text)
    return text
  }

  private func write(into output: inout String) {
    switch node {
    case .text(let text): output += XMLText.escaped(text)
    case .stylesheet(let text): output += text
    case .element(let name, let attributes, let children):
      output += "<\(name)"
      for attribute in attributes {
        output += " \(attribute.name)=\"\(XMLText.escaped(attribute.value))\""
      }
      if children.isEmpty, Self.voidElements.contains(name) {
        output += "/>"
        return
      }
      output += ">"
      for child in children { child.write(into: &output) }
      output += "</\(name)>"
      if Self.blocks.contains(name) { output += "\n" }
    }
  }

  /// HTML's elements that never have an end tag; all others always have one.
  private static let voidElements: Set<String> = ["meta", "img", "br", "link"]
  /// What ends a line, for people who read the source.
  private static let blocks: Set<String> = [
    "svg", "g", "figure", "section", "tr", "p", "h1", "h2", "h3", "style", "div", "title", "desc",
  ]
}
