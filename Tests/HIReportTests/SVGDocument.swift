import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// A drawing or page as an XML parser reads it, which knows nothing of the code that wrote it.
final class SVGDocument: NSObject, XMLParserDelegate {
  struct Element {
    let name: String
    let attributes: [String: String]
    var text = ""
  }

  private(set) var elements: [Element] = []
  private var open: [Int] = []

  init(_ xml: String) throws {
    super.init()
    let parser = XMLParser(data: Data(xml.utf8))
    parser.delegate = self
    guard parser.parse() else { throw parser.parserError ?? CocoaError(.fileReadCorruptFile) }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    open.append(elements.count)
    elements.append(Element(name: name, attributes: attributes))
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    if let element = open.last { elements[element].text += string }
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    open.removeLast()
  }

  func all(_ name: String) -> [Element] { elements.filter { $0.name == name } }

  /// Elements whose attributes have these values.
  func matching(_ wanted: [String: String]) -> [Element] {
    elements.filter { element in wanted.allSatisfy { element.attributes[$0.key] == $0.value } }
  }

  /// The values along the x axis by position, from the axis's own labels: what a reader sees.
  func xAxis() throws -> (Double) -> Double {
    let ticks = all("text").filter { $0.attributes["class"] == "tick middle" }.compactMap {
      tick -> (Double, Double)? in
      guard let place = Double(tick.attributes["x"] ?? ""), let value = Double(tick.text) else {
        return nil
      }
      return (place, value)
    }
    guard ticks.count >= 3 else { throw CocoaError(.fileReadCorruptFile) }
    // The first and last labels are moved inwards where they would be cut off.
    let (a, b) = (
      ticks[1], ticks[ticks.count - 2].0 > ticks[1].0 ? ticks[ticks.count - 2] : ticks[2]
    )
    return { a.1 + ($0 - a.0) / (b.0 - a.0) * (b.1 - a.1) }
  }
}

extension SVGDocument.Element {
  /// Where `transform="translate(x y)"` puts it.
  var place: (x: Double, y: Double)? {
    guard let transform = attributes["transform"], transform.hasPrefix("translate(") else {
      return nil
    }
    let numbers = transform.dropFirst(10).dropLast().split(separator: " ").compactMap {
      Double($0)
    }
    return numbers.count == 2 ? (numbers[0], numbers[1]) : nil
  }

  func number(_ attribute: String) -> Double? { attributes[attribute].flatMap { Double($0) } }
}
