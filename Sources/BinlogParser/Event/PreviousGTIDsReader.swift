import Bytes

/// Walks over the body of a PREVIOUS_GTIDS, whose layout stands at `PreviousGTIDsEvent`, interval by interval.
struct PreviousGTIDsReader: ~Escapable {
  /// A part of the body.
  enum Part {
    /// A source under one tag, empty for none; its intervals follow.
    case source(UUIDBytes, tag: String)
    /// Transaction numbers of the last source; the upper bound is not in the range.
    case interval(Range<UInt64>)
  }

  private let body: RawSpan
  private var offset: Int
  private let isTagged: Bool
  private var sourcesLeft: UInt64
  private var intervalsLeft: UInt64 = 0

  /// Begins at the first source of `body`.
  ///
  /// - Throws: `DecodeError` for a cut body.
  @_lifetime(copy body)
  init(_ body: RawSpan) throws(DecodeError) {
    var cursor = ByteCursor(body)
    let head = try cursor.uint64("number of sources")
    isTagged = head >> 56 == 1
    sourcesLeft = isTagged ? (head << 8) >> 16 : head
    self.body = body
    offset = cursor.offset
  }

  /// The next part; nil at the body's end.
  ///
  /// - Throws: `DecodeError` for a cut body, an interval without numbers, or a number or tag that no transaction can have.
  @_lifetime(self: copy self)
  mutating func next() throws(DecodeError) -> Part? {
    var cursor = ByteCursor(body, at: offset)
    let part = try next(&cursor)
    offset = cursor.offset
    return part
  }

  @_lifetime(self: copy self) @_lifetime(cursor: copy cursor)
  private mutating func next(_ cursor: inout ByteCursor) throws(DecodeError) -> Part? {
    if intervalsLeft > 0 {
      intervalsLeft -= 1
      return .interval(try Self.interval(&cursor))
    }
    guard sourcesLeft > 0 else {
      try cursor.expectEnd("GTID sets")
      return nil
    }
    sourcesLeft -= 1
    let id = UUIDBytes(try cursor.bytes(16, "SID"))
    let tag = isTagged ? try Self.tag(&cursor) : ""
    intervalsLeft = try cursor.uint64("number of intervals")
    return .source(id, tag: tag)
  }

  @_lifetime(cursor: copy cursor)
  private static func tag(_ cursor: inout ByteCursor) throws(DecodeError) -> String {
    let offset = cursor.offset
    let length = try cursor.uint8("tag length")
    let tag = try cursor.bytes(Int(length >> 1), "tag").utf8String
    guard length == 0 || length & 1 == 0 && GTIDTag.isValid(tag) else {
      throw DecodeError(.invalid, at: offset, "tag")
    }
    return tag
  }

  @_lifetime(cursor: copy cursor)
  private static func interval(_ cursor: inout ByteCursor) throws(DecodeError) -> Range<UInt64> {
    let offset = cursor.offset
    let first = try cursor.uint64("interval")
    let end = try cursor.uint64("interval")
    guard first < end, MySQLGTIDSet.numbers.contains(first), MySQLGTIDSet.numbers.contains(end - 1) else {
      throw DecodeError(.invalid, at: offset, "interval")
    }
    return first..<end
  }
}
