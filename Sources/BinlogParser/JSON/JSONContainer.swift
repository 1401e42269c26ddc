import Bytes

/// The head of an array or an object with entries of one width: where its tables lie. Offsets are counted from the document's first byte.
struct JSONContainer<Offset: JSONOffset>: BitwiseCopyable {
  let isObject: Bool
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

  /// Bytes of an offset or a count.
  private static var width: Int { MemoryLayout<Offset>.size }

  /// Reads the head at `start`. Throws `truncated` unless the tables and the container end before `end`.
  @inline(__always)
  init(type: UInt8, at start: Int, end: Int, in document: RawSpan) throws(DecodeError) {
    isObject = type <= JSONBinaryType.largeObject
    self.start = start
    let width = Self.width
    guard end <= document.byteCount, end &- start >= 2 &* width else {
      throw DecodeError(.truncated, at: start, "JSON element count")
    }
    count = Offset.load(from: document, at: start)
    let byteCount = Offset.load(from: document, at: start &+ width)
    guard byteCount <= end &- start else { throw DecodeError(.truncated, at: start &+ width, "JSON byte count") }
    self.end = start &+ byteCount
    keyEntries = start &+ 2 &* width
    valueEntries = keyEntries &+ (isObject ? count &* (width &+ 2) : 0)
    tableEnd = valueEntries &+ count &* (width &+ 1)
    guard tableEnd <= self.end else { throw DecodeError(.truncated, at: start, "JSON element count") }
  }

  /// Bytes of the head and its tables.
  @inline(__always) var tableByteCount: Int { tableEnd &- start }

  /// Where the key entry of member `index` lies.
  @inline(__always)
  func keyEntry(_ index: Int) -> Int { keyEntries &+ index &* (Self.width &+ 2) }

  /// Bytes of the key whose entry lies at `entry`.
  @inline(__always)
  func keyByteCount(entryAt entry: Int, in document: RawSpan) -> Int { Int(document.uint16(at: entry &+ Self.width)) }

  /// Where the value entry of member `index` lies.
  @inline(__always)
  func valueEntry(_ index: Int) -> Int { valueEntries &+ index &* (Self.width &+ 1) }

  /// True if a value of `type` lies in the place of its offset.
  @inline(__always)
  func holdsInline(_ type: UInt8) -> Bool {
    switch type {
    case JSONBinaryType.literal, JSONBinaryType.int16, JSONBinaryType.uint16: true
    case JSONBinaryType.int32, JSONBinaryType.uint32: Self.width == 4
    default: false
    }
  }

  /// The value that lies in the place of an offset, at `entry`.
  @inline(__always)
  func inlineValue(at entry: Int, in document: RawSpan) -> UInt32 {
    UInt32(truncatingIfNeeded: Offset.load(from: document, at: entry))
  }

  /// The place in the document of the offset that lies at `entry`, within the tables.
  ///
  /// Throws `invalid` unless it lies after the tables and not beyond the container.
  @inline(__always)
  func resolve(entryAt entry: Int, in document: RawSpan) throws(DecodeError) -> Int {
    let offset = Offset.load(from: document, at: entry)
    guard offset >= tableByteCount, offset <= end &- start else {
      throw DecodeError(.invalid, at: entry, "JSON offset")
    }
    return start &+ offset
  }
}

/// An integer in the width of a container's offsets and counts.
protocol JSONOffset: BitwiseCopyable {
  /// The integer at `offset` of `document`, which must be there.
  static func load(from document: RawSpan, at offset: Int) -> Int
}

extension UInt16: JSONOffset {
  @inline(__always)
  static func load(from document: RawSpan, at offset: Int) -> Int { Int(document.uint16(at: offset)) }
}

extension UInt32: JSONOffset {
  @inline(__always)
  static func load(from document: RawSpan, at offset: Int) -> Int { Int(document.uint32(at: offset)) }
}
