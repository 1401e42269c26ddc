import Bytes

/// The field of an event's description that can be as long as the event: a statement, or a list of GTIDs.
///
/// It is made piece by piece, and takes little memory however long it is. Only a statement that is compressed is in memory
/// as a whole.
struct LongField: ~Copyable, ~Escapable {
  private enum Content {
    case nothing, statement, inflatedStatement, previousGTIDs, gtidList
  }

  /// Bytes of the body that a piece is made of.
  private static let pieceByteCount = 1 << 14

  private let content: Content
  private let text: RawSpan
  private let inflated: OutputBuffer
  private var offset = 0
  private var gtids: PreviousGTIDsText?

  /// The field of an event of `type`, none for most types.
  ///
  /// - Throws: `DecodeError` for a body that cannot be read.
  @_lifetime(copy body)
  init(of type: EventType, _ body: RawSpan, maxEventBytes: Int) throws(DecodeError) {
    let content = Self.content(of: type)
    let text = try Self.text(of: type, body)
    let gtids = content == .previousGTIDs ? try PreviousGTIDsText(body) : nil
    try self.init(content, text, gtids, inflated: Self.inflated(content, body, limit: maxEventBytes))
  }

  @_lifetime(copy text, copy gtids)
  private init(_ content: Content, _ text: RawSpan, _ gtids: PreviousGTIDsText?, inflated: consuming OutputBuffer) {
    self.content = content
    self.text = text
    self.gtids = gtids
    self.inflated = inflated
  }

  private static func inflated(
    _ content: Content, _ body: RawSpan, limit: Int
  ) throws(DecodeError) -> OutputBuffer {
    guard content == .inflatedStatement else { return OutputBuffer(capacity: 0) }
    return try QueryEvent(body).inflatedStatement(in: body, limit: limit)
  }

  private static func content(of type: EventType) -> Content {
    switch type {
    case .query, .executeLoadQuery, .rowsQuery, .annotateRows: .statement
    case .queryCompressed: .inflatedStatement
    case .previousGTIDs: .previousGTIDs
    case .mariadbGTIDList: .gtidList
    default: .nothing
    }
  }

  /// The bytes of the body that the value is made of, where they stand in it as a whole.
  @_lifetime(copy body)
  private static func text(of type: EventType, _ body: RawSpan) throws(DecodeError) -> RawSpan {
    switch type {
    case .query: return try QueryEvent(body).statement
    case .executeLoadQuery: return try QueryEvent(executeLoadQuery: body).statement
    case .rowsQuery: return try LoggedRowsStatement.text(ofRowsQuery: body)
    case .mariadbGTIDList: return try MariaDBGTIDListEvent.entries(in: body)
    default: return body
    }
  }

  /// The field's name; nil where the event has no such field.
  var name: String? {
    switch content {
    case .nothing: nil
    case .statement, .inflatedStatement: "Query"
    case .previousGTIDs, .gtidList: "GTIDs"
    }
  }

  /// True if the value is a JSON string with its quotes, so that it stays on one line.
  var isJSONString: Bool { content == .statement || content == .inflatedStatement }

  /// Appends the value's next piece; returns false behind the last one.
  @_lifetime(self: copy self)
  mutating func appendPiece(to out: inout OutputBuffer) -> Bool {
    switch content {
    case .nothing: return false
    case .statement: return advance(to: Self.append(statement: text, from: offset, to: &out))
    case .inflatedStatement: return advance(to: Self.append(statement: inflated.bytes, from: offset, to: &out))
    case .previousGTIDs: return gtids?.append(upTo: Self.pieceByteCount / 16, to: &out) ?? false
    case .gtidList:
      let end = min(offset + Self.pieceByteCount, text.byteCount)
      let entries = text.extracting(offset..<end)
      return advance(to: MariaDBGTIDListEvent.append(entries, isFirst: offset == 0, to: &out) ? end : nil)
    }
  }

  @_lifetime(self: copy self)
  private mutating func advance(to end: Int?) -> Bool {
    if let end { offset = end }
    return end != nil
  }

  /// Appends a piece of `text` as a part of a JSON string, with its quotes at the beginning and the end. Returns where the
  /// next piece begins; nil behind the last one.
  private static func append(statement text: RawSpan, from offset: Int, to out: inout OutputBuffer) -> Int? {
    guard offset < text.byteCount || offset == 0 else { return nil }
    if offset == 0 { out.append(UInt8(ascii: "\"")) }
    let end = pieceEnd(in: text, from: offset)
    append(statementPiece: text.extracting(offset..<end), to: &out)
    if end == text.byteCount { out.append(UInt8(ascii: "\"")) }
    return max(end, 1)
  }

  private static func append(statementPiece piece: RawSpan, to out: inout OutputBuffer) {
    guard !piece.holdsOnlyLetters else { return _ = out.append(jsonStringContent: piece) }
    var escaped = OutputBuffer(capacity: piece.byteCount + 16)
    escaped.append(jsonStringContent: piece)
    out.append(EventField.onOneLine(escaped.bytes.utf8String))
  }

  /// The end of the piece that begins at `offset`: not within a character. Its bytes behind the first are 0x80 to 0xBF, three
  /// at most, so that a fourth belongs to no character that began before.
  private static func pieceEnd(in text: RawSpan, from offset: Int) -> Int {
    let end = offset + pieceByteCount
    guard end < text.byteCount else { return text.byteCount }
    return (end - 3...end).last { text[byteAt: $0] & 0xC0 != 0x80 } ?? end
  }
}

extension RawSpan {
  /// True if every character is ASCII below DEL, or of a block that holds no controls: Latin with accents to Hebrew, and CJK.
  /// These need no escapes but JSON's.
  fileprivate var holdsOnlyLetters: Bool {
    for offset in 0..<byteCount {
      switch self[byteAt: offset] {
      case ..<0x7F, 0x80...0xBF, 0xC3...0xD7, 0xE3...0xED: continue
      default: return false
      }
    }
    return true
  }
}
