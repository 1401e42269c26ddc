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
    count = isLarge ? Int(document.uint32(at: start)) : Int(document.uint16(at: start))
    let byteCount = isLarge ? Int(document.uint32(at: start + 4)) : Int(document.uint16(at: start + 2))
    guard byteCount <= end - start else { throw DecodeError(.truncated, at: start + width, "JSON byte count") }
    self.end = start + byteCount
    keyEntries = start + 2 * width
    valueEntries = keyEntries + (isObject ? count * (width + 2) : 0)
    tableEnd = valueEntries + count * (width + 1)
    guard tableEnd <= self.end else { throw DecodeError(.truncated, at: start, "JSON element count") }
  }

  /// Bytes of the head and its tables.
  var tableByteCount: Int { tableEnd &- start }

  /// Bytes of an offset or a count.
  var offsetByteCount: Int { isLarge ? 4 : 2 }

  /// Where the key entry of member `index` lies.
  @inline(__always)
  func keyEntry(_ index: Int) -> Int { keyEntries &+ index &* (offsetByteCount &+ 2) }

  /// Where the value entry of member `index` lies.
  @inline(__always)
  func valueEntry(_ index: Int) -> Int { valueEntries &+ index &* (offsetByteCount &+ 1) }

  /// True if a value of `type` lies in the place of its offset.
  @inline(__always)
  func holdsInline(_ type: UInt8) -> Bool {
    switch type {
    case JSONBinaryType.literal, JSONBinaryType.int16, JSONBinaryType.uint16: true
    case JSONBinaryType.int32, JSONBinaryType.uint32: isLarge
    default: false
    }
  }

  /// The place in the document of the offset that lies at `entry`, within the tables.
  ///
  /// Throws `invalid` unless it lies after the tables and not beyond the container.
  @inline(__always)
  func resolve(entryAt entry: Int, in document: RawSpan) throws(DecodeError) -> Int {
    let offset = isLarge ? Int(document.uint32(at: entry)) : Int(document.uint16(at: entry))
    guard offset >= tableByteCount, offset <= end &- start else {
      throw DecodeError(.invalid, at: entry, "JSON offset")
    }
    return start &+ offset
  }
}
