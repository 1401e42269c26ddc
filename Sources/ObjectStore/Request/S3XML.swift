/// Content of the XML documents in which S3 answers: the root's name, and the texts of the elements up to two levels below it.
///
/// It knows elements, attributes (which it passes over), text, the predefined and numeric entities, comments and the
/// declaration at the beginning. Anything else, and a document that is not complete, is none. See
/// <https://www.w3.org/TR/xml/>.
package struct S3XML: Equatable {
  /// The name of the root element.
  package let root: String
  /// Names and texts of the elements below it that hold nothing but text; the first of each name.
  package private(set) var texts: [String: String] = [:]
  /// Texts of the elements in those, by the names of both, "Contents/Key"; all of each name, in the document's order.
  package private(set) var innerTexts: [String: [String]] = [:]

  /// Deeper nesting is no answer of S3.
  private static let depthLimit = 16

  /// Reads a whole document; nil where it is none.
  package init?(_ bytes: [UInt8]) {
    guard let document = String(validating: bytes, as: UTF8.self) else { return nil }
    var rest = Substring(document)
    var open: [String] = []
    var root: String?
    var text = ""
    var hasChildren = false
    while let mark = rest.firstIndex(of: "<") {
      if open.isEmpty, !rest[..<mark].allSatisfy({ $0.isWhitespace || $0 == "\u{FEFF}" }) { return nil }
      guard let piece = Self.decoded(rest[..<mark]) else { return nil }
      text += piece
      rest = rest[mark...].dropFirst()
      if rest.hasPrefix("!--") {
        guard let end = rest.firstRange(of: "-->") else { return nil }
        rest = rest[end.upperBound...]
        continue
      }
      guard let end = rest.firstIndex(of: ">") else { return nil }
      let tag = rest[..<end]
      rest = rest[end...].dropFirst()
      if tag.hasPrefix("?") {
        guard root == nil, tag.hasSuffix("?") else { return nil }
      } else if tag.hasPrefix("/") {
        guard let name = open.popLast(), Self.name(tag.dropFirst()) == name else { return nil }
        if open.count == 1, !hasChildren, texts[name] == nil { texts[name] = text }
        if open.count == 2, !hasChildren { innerTexts["\(open[1])/\(name)", default: []].append(text) }
        hasChildren = true
        text = ""
      } else {
        guard let name = Self.name(tag), open.count < Self.depthLimit, root == nil || !open.isEmpty else { return nil }
        if root == nil { root = name }
        let isEmpty = tag.hasSuffix("/")
        if isEmpty, open.count == 1, texts[name] == nil { texts[name] = "" }
        if !isEmpty { open.append(name) }
        hasChildren = isEmpty
        text = ""
      }
    }
    guard let root, open.isEmpty, rest.allSatisfy(\.isWhitespace) else { return nil }
    self.root = root
  }

  /// The name at the beginning of a tag, without its namespace prefix.
  private static func name(_ tag: Substring) -> String? {
    let name = tag.prefix { !$0.isWhitespace && $0 != "/" }
    let local = name.split(separator: ":", omittingEmptySubsequences: false).last ?? ""
    guard let first = local.first, first.isLetter || first == "_" else { return nil }
    return String(local)
  }

  /// The text with characters in place of entities; nil for an entity that XML does not know by itself.
  private static func decoded(_ text: Substring) -> String? {
    guard text.contains("&") else { return String(text) }
    var decoded = ""
    var rest = text
    while let start = rest.firstIndex(of: "&") {
      decoded += rest[..<start]
      guard let end = rest[start...].firstIndex(of: ";"),
        let character = character(of: rest[rest.index(after: start)..<end])
      else { return nil }
      decoded.append(character)
      rest = rest[end...].dropFirst()
    }
    return decoded + rest
  }

  private static func character(of entity: Substring) -> Character? {
    switch entity {
    case "amp": return "&"
    case "lt": return "<"
    case "gt": return ">"
    case "quot": return "\""
    case "apos": return "'"
    default:
      guard entity.hasPrefix("#") else { return nil }
      let isHexadecimal = entity.hasPrefix("#x")
      let digits = entity.dropFirst(isHexadecimal ? 2 : 1)
      return UInt32(digits, radix: isHexadecimal ? 16 : 10).flatMap(Unicode.Scalar.init).map(Character.init)
    }
  }
}
