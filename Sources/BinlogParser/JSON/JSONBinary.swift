import Bytes

/// MySQL's binary JSON, as JSON columns carry it, written as JSON text.
///
/// Wire: `int<1>` type, then the value. Objects and arrays are tables of entries that say where their values lie; the
/// small form has offsets and counts of two bytes, the large form of four:
///
///     element count · byte count · (key offset · int<2> key length)* for objects · (int<1> type · offset or value)* ·
///     keys · values
///
/// Offsets count from the element count. Values that fit into the offset's place lie there: literals and 16-bit
/// integers, in the large form 32-bit integers too.
///
/// The text is compact, `{"a":1,"b":[2,3]}`, with keys in stored order. Offsets are followed wherever they point, but
/// no byte of a document is accounted to two values: so the text is never larger than a small multiple of the document,
/// whatever its offsets say.
///
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/json__binary_8h.html>.
public enum JSONBinary {
  /// How deep arrays and objects may nest: the server's own limit.
  public static var maxDepth: Int { 100 }

  /// Appends `document` as JSON text; a document of no bytes is `null`, as the server reads it.
  ///
  /// Throws `truncated` or `invalid` where a value lies outside of the document or exists in no type, `tooLarge` for
  /// more than `maxDepth` levels; then nothing is appended.
  public static func append(_ document: RawSpan, to out: inout OutputBuffer) throws(DecodeError) {
    var keys = JSONKeys()
    try append(document, &keys, to: &out)
  }

  /// Appends `document` as JSON text, as above; `keys` are those of the document before it.
  public static func append(
    _ document: RawSpan, _ keys: inout JSONKeys, to out: inout OutputBuffer
  ) throws(DecodeError) {
    guard document.byteCount > 0 else { return out.append("null") }
    let start = out.count
    var reader = JSONBinaryReader(document)
    do throws(DecodeError) {
      try reader.append(type: document[byteAt: 0], at: 1, end: document.byteCount, depth: 0, &keys, to: &out)
    } catch {
      out.truncate(to: start)
      throw error
    }
  }
}

/// The type byte of a value.
enum JSONBinaryType {
  static var smallObject: UInt8 { 0x00 }
  static var largeObject: UInt8 { 0x01 }
  static var smallArray: UInt8 { 0x02 }
  static var largeArray: UInt8 { 0x03 }
  static var literal: UInt8 { 0x04 }
  static var int16: UInt8 { 0x05 }
  static var uint16: UInt8 { 0x06 }
  static var int32: UInt8 { 0x07 }
  static var uint32: UInt8 { 0x08 }
  static var int64: UInt8 { 0x09 }
  static var uint64: UInt8 { 0x0A }
  static var double: UInt8 { 0x0B }
  static var string: UInt8 { 0x0C }
  static var opaque: UInt8 { 0x0F }
}

/// Walks one document. All offsets are counted from its first byte.
struct JSONBinaryReader: ~Escapable {
  let document: RawSpan
  /// Bytes of the document that no value has accounted for yet.
  private var unread: Int

  @_lifetime(copy document)
  init(_ document: RawSpan) {
    self.document = document
    unread = document.byteCount
  }

  /// Accounts for `count` bytes that a value takes up.
  @inline(__always) @_lifetime(self: copy self)
  mutating func account(_ count: Int, at offset: Int) throws(DecodeError) {
    guard count <= unread else { throw DecodeError(.invalid, at: offset, "JSON offset") }
    unread &-= count
  }

  /// A cursor at `offset` that ends at `end`; both are in the document.
  @inline(__always) @_lifetime(copy self)
  func cursor(at offset: Int, end: Int) throws(DecodeError) -> ByteCursor {
    guard offset <= end, end <= document.byteCount else { throw DecodeError(.truncated, at: offset, "JSON value") }
    return ByteCursor(document.extracting(first: end), at: offset)
  }

  /// Appends the value of `type` that lies at `offset`, before `end`.
  @_lifetime(self: copy self)
  mutating func append(
    type: UInt8, at offset: Int, end: Int, depth: Int, _ keys: inout JSONKeys, to out: inout OutputBuffer
  ) throws(DecodeError) {
    switch type {
    case JSONBinaryType.smallObject, JSONBinaryType.smallArray:
      try append(UInt16.self, type, at: offset, end: end, depth: depth, &keys, to: &out)
    case JSONBinaryType.largeObject, JSONBinaryType.largeArray:
      try append(UInt32.self, type, at: offset, end: end, depth: depth, &keys, to: &out)
    default: try appendScalar(type, at: offset, end: end, to: &out)
    }
  }

  /// Appends a value that holds no others.
  @inline(__always) @_lifetime(self: copy self)
  private mutating func appendScalar(
    _ type: UInt8, at offset: Int, end: Int, to out: inout OutputBuffer
  ) throws(DecodeError) {
    var cursor = try cursor(at: offset, end: end)
    try JSONScalar.append(type: type, from: &cursor, to: &out)
    try account(cursor.offset &- offset, at: offset)
  }

  /// Appends an array or object, one member after the other.
  @_lifetime(self: copy self)
  private mutating func append<Offset: JSONOffset>(
    _: Offset.Type, _ type: UInt8, at offset: Int, end: Int, depth: Int, _ keys: inout JSONKeys,
    to out: inout OutputBuffer
  ) throws(DecodeError) {
    guard depth < JSONBinary.maxDepth else { throw DecodeError(.tooLarge, at: offset, "JSON depth") }
    let container = try JSONContainer<Offset>(type: type, at: offset, end: end, in: document)
    try account(container.tableByteCount, at: offset)
    let start = out.count
    // Objects within others have keys of their own.
    let isKnown = depth == 0 && keys.match(container, in: document)
    if isKnown { try account(keys.byteCount, at: offset) }
    for index in 0..<container.count {
      if isKnown {
        keys.append(index, to: &out)
      } else if container.isObject {
        let key = try key(index, of: container)
        out.append(jsonMember: key.count, at: key.lowerBound, of: document)
      } else {
        out.append(UInt8(ascii: ","))
      }
      try appendValue(index, of: container, depth: depth, &keys, to: &out)
    }
    if isKnown { keys.noteMatch() } else if depth == 0 { keys.learn(container, in: document) }
    // The first comma becomes the bracket.
    if container.count == 0 { out.append(UInt8(ascii: ",")) }
    out.overwriteLittleEndian(container.isObject ? UInt8(ascii: "{") : UInt8(ascii: "["), at: start)
    out.append(container.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"))
  }

  /// Appends the value of member `index`.
  @inline(__always) @_lifetime(self: copy self)
  private mutating func appendValue<Offset: JSONOffset>(
    _ index: Int, of container: JSONContainer<Offset>, depth: Int, _ keys: inout JSONKeys, to out: inout OutputBuffer
  ) throws(DecodeError) {
    let entry = container.valueEntry(index)
    let type = document[byteAt: entry]
    if container.holdsInline(type) {
      let value = container.inlineValue(at: entry &+ 1, in: document)
      return try JSONScalar.append(type: type, value, at: entry &+ 1, to: &out)
    }
    let start = try container.resolve(entryAt: entry &+ 1, in: document)
    if type <= JSONBinaryType.largeArray {
      try append(type: type, at: start, end: container.end, depth: depth &+ 1, &keys, to: &out)
    } else {
      try appendScalar(type, at: start, end: container.end, to: &out)
    }
  }

  /// Where the key of member `index` lies.
  @inline(__always) @_lifetime(self: copy self)
  mutating func key<Offset: JSONOffset>(
    _ index: Int, of container: JSONContainer<Offset>
  ) throws(DecodeError) -> Range<Int> {
    let entry = container.keyEntry(index)
    let start = try container.resolve(entryAt: entry, in: document)
    let count = container.keyByteCount(entryAt: entry, in: document)
    guard container.end &- start >= count else { throw DecodeError(.truncated, at: entry, "JSON key") }
    try account(count, at: entry)
    return start..<start &+ count
  }
}
