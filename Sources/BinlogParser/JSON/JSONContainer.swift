import Bytes

/// The head of an array or an object: where its tables lie. Offsets are counted from the document's first byte.
struct JSONContainer: BitwiseCopyable {
  let isObject: Bool
  let isLarge: Bool
  /// Members.
  let count: Int
  /// Where the element count lies, from which the container's own offsets count.
  let start: Int
  /// The first byte after the container.
  let end: Int
  /// Where the key entries begin; an array has none.
  let keyEntries: Int
  /// Where the value entries begin.
  let valueEntries: Int
  /// Where the keys and values begin.
  let tableEnd: Int

  /// Reads the head at `start`. Throws `truncated` unless the tables and the container end before `end`.
  init(type: UInt8, at start: Int, end: Int, in document: RawSpan) throws(DecodeError) {
    isObject = type <= JSONBinaryType.largeObject
    isLarge = type & 1 != 0
    self.start = start
    let width = isLarge ? 4 : 2
    guard end <= document.byteCount, end - start >= 2 * width else {
      throw DecodeError(.truncated, at: start, "JSON element count")
    }
    var head = ByteCursor(document.extracting(start..<start + 2 * width))
    count = Int(try head.uint(bytes: width, "JSON element count"))
    let byteCount = Int(try head.uint(bytes: width, "JSON byte count"))
    guard byteCount <= end - start else { throw DecodeError(.truncated, at: start + width, "JSON byte count") }
    self.end = start + byteCount
    keyEntries = start + 2 * width
    valueEntries = keyEntries + (isObject ? count * (width + 2) : 0)
    tableEnd = valueEntries + count * (width + 1)
    guard tableEnd <= self.end else { throw DecodeError(.truncated, at: start, "JSON element count") }
  }

  /// Bytes of the head and its tables.
  var tableByteCount: Int { tableEnd - start }

  /// Reads a number of the width that the form has: two bytes or four.
  @inline(__always)
  func uint(_ cursor: inout ByteCursor, _ field: StaticString) throws(DecodeError) -> UInt32 {
    isLarge ? try cursor.uint32(field) : UInt32(try cursor.uint16(field))
  }

  /// Whether a value of `type` lies in the place of its offset.
  @inline(__always)
  func holdsInline(_ type: UInt8) -> Bool {
    switch type {
    case JSONBinaryType.literal, JSONBinaryType.int16, JSONBinaryType.uint16: true
    case JSONBinaryType.int32, JSONBinaryType.uint32: isLarge
    default: false
    }
  }

  /// The place in the document of `offset`, which the entry at `entry` holds.
  ///
  /// Throws `invalid` unless it lies after the tables and not beyond the container.
  @inline(__always)
  func resolve(_ offset: Int, at entry: Int) throws(DecodeError) -> Int {
    guard offset >= tableByteCount, offset <= end - start else { throw DecodeError(.invalid, at: entry, "JSON offset") }
    return start + offset
  }
}
