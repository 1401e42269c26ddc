/// Splits a script, as mysqldump and mariadb-dump write it, into statements; gives out those that may define a table or a database, or choose one.
///
/// Bytes come in pieces of any size. Rows, triggers and all else are passed over as they come, so that a dump with its data takes
/// no more memory than one without. Like the mysql client it knows the command DELIMITER, and takes a semicolon in quotes or in a
/// comment for no end.
package struct SQLScript: Sendable {
  /// A statement without its delimiter.
  package struct Statement: Sendable, Equatable {
    /// Its bytes, from the end of the one before it; of comments only line feeds are left, and `/*! … */` as a whole.
    package let text: [UInt8]
    /// The line in which `text` begins.
    package let line: Int
  }

  /// A script that cannot be read.
  package struct Failure: Error, Equatable {
    /// The line.
    package let line: Int
    /// The fault, and what to do.
    package let reason: String
  }

  private enum Place: Equatable {
    case text
    case quote(UInt8)
    case lineComment
    case comment
    /// The rest of a line with DELIMITER.
    case delimiter
  }

  /// First word of the statement at hand, as far as it is read, or what follows from it.
  private enum Head: Equatable {
    case undecided([UInt8])
    case wanted, unwanted
  }

  /// A longer statement is none of a table: a server takes no columns, labels and comments that come to this.
  private static let longestStatement = 16 << 20
  /// So many bytes are looked at ahead: the opening of a comment, or a delimiter.
  private static let lookahead = 16

  private var bytes: [UInt8] = []
  private var index = 0
  private var line = 1
  private var place = Place.text
  private var head = Head.undecided([])
  private var delimiter = Array(";".utf8)
  private var kept: [UInt8] = []
  private var startLine = 1
  /// Line in which the quote or the comment at hand begins.
  private var openLine = 1
  /// The line comment at hand, or the new delimiter.
  private var word: [UInt8] = []
  /// The database that a dump's comment named, until somebody asks.
  private var dumped: [UInt8]?
  private var hasBegun = false

  /// A script of which nothing is known yet.
  package init() {}

  /// Takes the next piece of the script.
  package mutating func append(_ piece: [UInt8]) {
    bytes.removeFirst(index)
    index = 0
    bytes += piece
  }

  /// The next statement; nil where more bytes are needed, or with `isLast` at the end.
  package mutating func next(isLast: Bool) throws(Failure) -> Statement? {
    let end = isLast ? bytes.count : bytes.count - Self.lookahead
    if !hasBegun, index < end { try begin(file: bytes) }
    while index < end {
      switch place {
      case .text: if let statement = takeText(end) { return statement }
      case .quote(let quote): takeQuote(quote, end)
      case .lineComment: takeLineComment(end)
      case .comment: takeComment(end)
      case .delimiter: takeDelimiter(end)
      }
      guard kept.count <= Self.longestStatement else {
        throw Failure(line: startLine, reason: "the statement is longer than \(Self.longestStatement) bytes")
      }
    }
    guard isLast else { return nil }
    switch place {
    case .comment: throw Failure(line: openLine, reason: "a comment does not end: the file is cut")
    case .quote: throw Failure(line: openLine, reason: "a quote does not end: the file is cut")
    case .lineComment, .delimiter, .text: return finish()
    }
  }

  /// The database that the comment at the top of a dump named, `-- Host: localhost    Database: shop`, if one came since the last call: a
  /// dump of one database has no USE.
  package mutating func takeDumpedDatabase() -> [UInt8]? {
    defer { dumped = nil }
    return dumped
  }

  // MARK: Places

  /// Takes bytes up to the end of the statement, a quote or a comment.
  private mutating func takeText(_ end: Int) -> Statement? {
    while index < end {
      let byte = bytes[index]
      if byte == delimiter[0], isNext(delimiter) {
        index += delimiter.count
        return finish()
      }
      switch byte {
      case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"):
        decide(byte)
        place = .quote(byte)
        openLine = line
        keep(1)
        return nil
      case UInt8(ascii: "#"),
        UInt8(ascii: "-") where byte == UInt8(ascii: "#") || isDashComment:
        decide(byte)
        place = .lineComment
        return nil
      case UInt8(ascii: "/") where isNext("/*") && !isExecuted:
        decide(byte)
        place = .comment
        openLine = line
        index += 2
        return nil
      case UInt8(ascii: "\n"): line += 1
      default: break
      }
      decide(byte)
      if place == .delimiter { return nil }
      keep(1)
    }
    return nil
  }

  /// Quotes hold most of a dump's bytes: they are taken in one go. A doubled quote ends one and begins another.
  private mutating func takeQuote(_ quote: UInt8, _ end: Int) {
    let start = index
    var isOpen = true
    while isOpen, index < end {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\n") { line += 1 }
      if byte == UInt8(ascii: "\\"), quote != UInt8(ascii: "`"), index + 1 < bytes.count {
        index += 1
        if bytes[index] == UInt8(ascii: "\n") { line += 1 }
      }
      isOpen = byte != quote
      index += 1
    }
    if head != .unwanted { kept += bytes[start..<index] }
    if !isOpen { place = .text }
  }

  private mutating func takeLineComment(_ end: Int) {
    while index < end, bytes[index] != UInt8(ascii: "\n") {
      if word.count < 1024 { word.append(bytes[index]) }
      index += 1
    }
    guard index < end else { return }
    noteDatabase()
    word = []
    place = .text
  }

  private mutating func takeComment(_ end: Int) {
    while index < end {
      if bytes[index] == UInt8(ascii: "*"), isNext("*/") {
        index += 2
        place = .text
        return
      }
      if bytes[index] == UInt8(ascii: "\n") {
        line += 1
        keep(1)
      } else {
        index += 1
      }
    }
  }

  /// Takes the word behind DELIMITER, and passes over the rest of its line.
  private mutating func takeDelimiter(_ end: Int) {
    while index < end, bytes[index] != UInt8(ascii: "\n") {
      if word.count < 1024 { word.append(bytes[index]) }
      index += 1
    }
    guard index < end else { return }
    let words = word.split { $0 <= UInt8(ascii: " ") }
    delimiter = words.first.map { Array($0.prefix(Self.lookahead)) } ?? Array(";".utf8)
    word = []
    place = .text
    begin()
  }

  // MARK: Statements

  /// Takes `byte` into the first word of the statement, which says whether the statement is kept.
  private mutating func decide(_ byte: UInt8) {
    guard case .undecided(var word) = head else { return }
    let capital = byte & 0xDF
    if (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(capital) {
      word.append(capital)
      head = word.count > Self.lookahead ? .unwanted : .undecided(word)
    } else if word == [UInt8(ascii: "M")], byte == UInt8(ascii: "!") {
      head = .undecided([])  // /*M!
    } else if word == Array("DELIMITER".utf8), byte <= UInt8(ascii: " ") {
      place = .delimiter
    } else if !word.isEmpty {
      head = Self.verbs.contains(word) ? .wanted : .unwanted
    }
    if head == .unwanted { kept = [] }
  }

  private static let verbs: Set<[UInt8]> = [Array("CREATE".utf8), Array("ALTER".utf8), Array("USE".utf8)]

  private mutating func keep(_ count: Int) {
    if head != .unwanted { kept += bytes[index..<index + count] }
    index += count
  }

  /// The statement that ends here, where it is wanted.
  private mutating func finish() -> Statement? {
    decide(UInt8(ascii: ";"))
    defer { begin() }
    return head == .wanted ? Statement(text: kept, line: startLine) : nil
  }

  private mutating func begin() {
    head = .undecided([])
    kept = []
    startLine = line
  }

  /// Passes over the mark of UTF-8 at the top of a file.
  private mutating func begin(file bytes: [UInt8]) throws(Failure) {
    hasBegun = true
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
    guard !bytes.starts(with: [0xFF, 0xFE]), !bytes.starts(with: [0xFE, 0xFF]) else {
      throw Failure(
        line: 1, reason: "the file is in UTF-16: write it in UTF-8, as the dump's option --result-file does")
    }
  }

  private mutating func noteDatabase() {
    let text = String(decoding: word, as: UTF8.self)
    guard text.hasPrefix("-- Host: "), let mark = text.firstRange(of: "Database: ") else { return }
    let name = text[mark.upperBound...].utf8.reversed().drop { $0 <= UInt8(ascii: " ") }
    dumped = Array(name.reversed())
  }

  // MARK: Signs

  /// Two dashes begin a comment only before a blank or the end.
  private var isDashComment: Bool {
    isNext("--") && (index + 2 >= bytes.count || bytes[index + 2] <= UInt8(ascii: " "))
  }

  /// True if a server executes what stands in the comment that begins here; no server has the version of mariadb-dump's first line.
  private var isExecuted: Bool { (isNext("/*!") || isNext("/*M!")) && !isNext("/*M!999999") }

  private func isNext(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard index + count <= bytes.count else { return false }
    return unsafe bytes[index..<index + count].elementsEqual(
      UnsafeBufferPointer(start: text.utf8Start, count: count))
  }

  private func isNext(_ text: [UInt8]) -> Bool {
    index + text.count <= bytes.count && bytes[index..<index + text.count] == text[...]
  }
}
