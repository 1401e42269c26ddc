/// One word or sign of a statement.
enum SQLToken: Equatable, Sendable {
  /// A keyword, a name without quotes, or a number.
  case word([UInt8])
  /// A name in backquotes or double quotes, without them.
  case quotedName([UInt8])
  /// A string in single quotes, without them.
  case string([UInt8])
  /// Any other byte.
  case sign(UInt8)

  /// A word in capital letters; nil for anything else.
  var keyword: String? {
    guard case .word(let bytes) = self else { return nil }
    return String(decoding: bytes, as: UTF8.self).uppercased()
  }

  /// What the token is called where a name is due.
  var name: [UInt8]? {
    switch self {
    case .word(let bytes), .quotedName(let bytes): bytes
    case .string, .sign: nil
    }
  }

  /// True if the token is this sign.
  func isSign(_ sign: Unicode.Scalar) -> Bool { self == .sign(UInt8(ascii: sign)) }
}

/// Splits a statement into tokens; passes over blanks and comments, and reads what stands in `/*! … */`.
///
/// See <https://dev.mysql.com/doc/refman/en/language-structure.html>. It knows nothing of character sets in which a
/// byte below 0x80 can be the second half of a character. Any bytes can be split; a quote that is not closed reaches to the
/// end.
struct SQLLexer: IteratorProtocol, Sendable {
  private let text: [UInt8]
  private let mode: SQLMode
  /// The place behind the last token.
  private(set) var index = 0

  /// A lexer of `text`, which was run in `mode`.
  init(_ text: [UInt8], mode: SQLMode = []) {
    self.text = text
    self.mode = mode
  }

  /// The next token, or nil at the end.
  mutating func next() -> SQLToken? {
    skipBlanks()
    guard let byte = peek() else { return nil }
    switch byte {
    case UInt8(ascii: "`"): return .quotedName(quoted(byte, escapes: false))
    case UInt8(ascii: "\""): return .quotedName(quoted(byte, escapes: hasEscapes && !mode.contains(.ansiQuotes)))
    case UInt8(ascii: "'"): return .string(quoted(byte, escapes: hasEscapes))
    case let byte where Self.isWordByte(byte):
      let start = index
      while let byte = peek(), Self.isWordByte(byte) { index += 1 }
      return .word(Array(text[start..<index]))
    default:
      index += 1
      return .sign(byte)
    }
  }

  private var hasEscapes: Bool { !mode.contains(.noBackslashEscapes) }

  private func peek(_ distance: Int = 0) -> UInt8? {
    index + distance < text.count ? text[index + distance] : nil
  }

  /// Says whether the two signs come next.
  private func isNext(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Bool {
    peek() == UInt8(ascii: first) && peek(1) == UInt8(ascii: second)
  }

  /// Letters, digits, `_`, `$` and everything beyond ASCII.
  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...:
      true
    default: false
    }
  }

  /// What stands between the quote at `index` and the next one; a doubled quote stands for itself.
  private mutating func quoted(_ quote: UInt8, escapes: Bool) -> [UInt8] {
    index += 1
    var content: [UInt8] = []
    while let byte = peek() {
      index += 1
      if byte == quote {
        guard peek() == quote else { return content }
        index += 1
      } else if escapes, byte == UInt8(ascii: "\\"), let escaped = peek() {
        index += 1
        content.append(Self.unescaped(escaped))
        continue
      }
      content.append(byte)
    }
    return content
  }

  /// The byte that `letter` behind a backslash stands for.
  private static func unescaped(_ letter: UInt8) -> UInt8 {
    switch letter {
    case UInt8(ascii: "0"): 0
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "t"): 0x09
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "Z"): 0x1A
    default: letter
    }
  }

  private mutating func skipBlanks() {
    while let byte = peek() {
      if byte <= UInt8(ascii: " ") {
        index += 1
      } else if isNext("/", "*") {
        skipComment()
      } else if isNext("*", "/") {
        index += 2  // The end of /*! … */.
      } else if byte == UInt8(ascii: "#") || isDashComment {
        while let byte = peek(), byte != UInt8(ascii: "\n") { index += 1 }
      } else {
        return
      }
    }
  }

  /// Two dashes begin a comment only before a blank or the end.
  private var isDashComment: Bool { isNext("-", "-") && (peek(2) ?? 0) <= UInt8(ascii: " ") }

  /// Passes over a comment, or only over the opening of one whose content the server executes.
  private mutating func skipComment() {
    let isOfMariaDB = peek(2) == UInt8(ascii: "M") && peek(3) == UInt8(ascii: "!")
    let mark = isOfMariaDB ? 4 : peek(2) == UInt8(ascii: "!") ? 3 : 0
    if mark > 0 {
      index += mark
      while let byte = peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
      return
    }
    index += 2
    while index < text.count, !isNext("*", "/") { index += 1 }
    index = min(index + 2, text.count)
  }
}
