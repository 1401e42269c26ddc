/// A bounds-checked reader over borrowed bytes: the only way in which this program looks into bytes from outside.
///
/// Every read checks its length once, and either returns the value and moves on, or throws `DecodeError.truncated` and
/// leaves the cursor where it was. Integers are little-endian unless the name says otherwise.
public struct ByteCursor: ~Escapable, ~Copyable {
  @usableFromInline let span: RawSpan
  /// Bytes read so far.
  @usableFromInline var position: Int

  /// A cursor at the start of `span`.
  @inlinable @_lifetime(copy span)
  public init(_ span: RawSpan) {
    self.span = span
    self.position = 0
  }

  /// A cursor that has read the first `offset` bytes of `span`, which must be there.
  @inlinable @_lifetime(copy span)
  public init(_ span: RawSpan, at offset: Int) {
    precondition(offset >= 0 && offset <= span.byteCount, "cursor out of range")
    self.span = span
    self.position = offset
  }

  /// Bytes read so far: the offset of the next read.
  @inlinable public var offset: Int { position }
  /// Bytes left to read.
  @inlinable public var remaining: Int { span.byteCount &- position }
  /// True if everything was read.
  @inlinable public var isAtEnd: Bool { position == span.byteCount }

  @inlinable @inline(__always)
  func require(_ count: Int, _ field: StaticString) throws(DecodeError) {
    guard count >= 0, remaining >= count else { throw DecodeError(.truncated, at: position, field) }
  }

  @inlinable @inline(__always) @_lifetime(self: copy self)
  mutating func load<T: FixedWidthInteger & BitwiseCopyable>(
    _: T.Type, _ field: StaticString
  ) throws(DecodeError) -> T {
    try require(MemoryLayout<T>.size, field)
    let value = unsafe span.unsafeLoadUnaligned(fromUncheckedByteOffset: position, as: T.self)
    position &+= MemoryLayout<T>.size
    return value
  }

  /// `int<1>`.
  @inlinable @_lifetime(self: copy self)
  public mutating func uint8(_ field: StaticString) throws(DecodeError) -> UInt8 { try load(UInt8.self, field) }

  /// `int<2>`.
  @inlinable @_lifetime(self: copy self)
  public mutating func uint16(_ field: StaticString) throws(DecodeError) -> UInt16 {
    UInt16(littleEndian: try load(UInt16.self, field))
  }

  /// `int<3>`.
  @inlinable @_lifetime(self: copy self)
  public mutating func uint24(_ field: StaticString) throws(DecodeError) -> UInt32 {
    try require(3, field)
    let low = unsafe span.unsafeLoadUnaligned(fromUncheckedByteOffset: position, as: UInt16.self)
    let high = unsafe span.unsafeLoadUnaligned(fromUncheckedByteOffset: position &+ 2, as: UInt8.self)
    position &+= 3
    return UInt32(UInt16(littleEndian: low)) | UInt32(high) &<< 16
  }

  /// `int<4>`.
  @inlinable @_lifetime(self: copy self)
  public mutating func uint32(_ field: StaticString) throws(DecodeError) -> UInt32 {
    UInt32(littleEndian: try load(UInt32.self, field))
  }

  /// `int<6>`.
  @inlinable @_lifetime(self: copy self)
  public mutating func uint48(_ field: StaticString) throws(DecodeError) -> UInt64 {
    try require(6, field)
    let low = unsafe span.unsafeLoadUnaligned(fromUncheckedByteOffset: position, as: UInt32.self)
    let high = unsafe span.unsafeLoadUnaligned(fromUncheckedByteOffset: position &+ 4, as: UInt16.self)
    position &+= 6
    return UInt64(UInt32(littleEndian: low)) | UInt64(UInt16(littleEndian: high)) &<< 32
  }

  /// `int<8>`.
  @inlinable @_lifetime(self: copy self)
  public mutating func uint64(_ field: StaticString) throws(DecodeError) -> UInt64 {
    UInt64(littleEndian: try load(UInt64.self, field))
  }

  /// A little-endian unsigned integer of `count` bytes, 0 to 8.
  ///
  /// Where eight bytes are left, they are read in one load.
  @inlinable @inline(__always) @_lifetime(self: copy self)
  public mutating func uint(bytes count: Int, _ field: StaticString) throws(DecodeError) -> UInt64 {
    guard remaining >= 8, count > 0, count <= 8 else {
      return try uintByteByByte(count, field)
    }
    let word = unsafe span.unsafeLoadUnaligned(fromUncheckedByteOffset: position, as: UInt64.self)
    position &+= count
    return UInt64(littleEndian: word) & UInt64.max &>> UInt64(truncatingIfNeeded: 64 &- 8 &* count)
  }

  /// A big-endian unsigned integer of `count` bytes, 0 to 8.
  @inlinable @inline(__always) @_lifetime(self: copy self)
  public mutating func uintBigEndian(bytes count: Int, _ field: StaticString) throws(DecodeError) -> UInt64 {
    guard remaining >= 8, count > 0, count <= 8 else {
      return try uintByteByByte(count, field).byteSwapped &>> UInt64(truncatingIfNeeded: 64 &- 8 &* count)
    }
    let word = unsafe span.unsafeLoadUnaligned(fromUncheckedByteOffset: position, as: UInt64.self)
    position &+= count
    return UInt64(bigEndian: word) &>> UInt64(truncatingIfNeeded: 64 &- 8 &* count)
  }
  @usableFromInline @inline(never) @_lifetime(self: copy self)
  mutating func uintByteByByte(_ count: Int, _ field: StaticString) throws(DecodeError) -> UInt64 {
    guard count <= 8 else { throw DecodeError(.invalid, at: position, field) }
    try require(count, field)
    var value: UInt64 = 0
    for index in 0..<count {
      let byte = unsafe span.unsafeLoad(fromUncheckedByteOffset: position &+ index, as: UInt8.self)
      value |= UInt64(byte) &<< UInt64(8 &* index)
    }
    position &+= count
    return value
  }

  /// `int<lenenc>`: one byte below 251, or 0xFC, 0xFD, 0xFE before 2, 3 or 8 bytes.
  ///
  /// See <https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_dt_integers.html>.
  @inlinable @_lifetime(self: copy self)
  public mutating func lenencInteger(_ field: StaticString) throws(DecodeError) -> UInt64 {
    try require(1, field)
    let first = unsafe span.unsafeLoad(fromUncheckedByteOffset: position, as: UInt8.self)
    guard first >= 0xFB else {
      position &+= 1
      return UInt64(first)
    }
    let width: Int
    switch first {
    case 0xFC: width = 2
    case 0xFD: width = 3
    case 0xFE: width = 8
    default: throw DecodeError(.invalid, at: position, field)
    }
    try require(1 + width, field)
    position &+= 1
    return try uint(bytes: width, field)
  }

  /// `int<lenenc>` as a count of bytes or items that lie in this span: no larger than what is left.
  @inlinable @_lifetime(self: copy self)
  public mutating func lenencCount(_ field: StaticString) throws(DecodeError) -> Int {
    let start = position
    let value = try lenencInteger(field)
    guard value <= UInt64(span.byteCount) else {
      position = start
      throw DecodeError(.truncated, at: start, field)
    }
    return Int(value)
  }

  /// `count` raw bytes.
  @inlinable @inline(__always) @_lifetime(copy self)
  public mutating func bytes(_ count: Int, _ field: StaticString) throws(DecodeError) -> RawSpan {
    try require(count, field)
    let start = position
    position &+= count
    return unsafe span.extracting(unchecked: start..<start &+ count)
  }

  /// `string<lenenc>`.
  @inlinable @_lifetime(copy self)
  public mutating func lenencBytes(_ field: StaticString) throws(DecodeError) -> RawSpan {
    let start = position
    let count = try lenencCount(field)
    guard remaining >= count else {
      position = start
      throw DecodeError(.truncated, at: start, field)
    }
    return try bytes(count, field)
  }

  /// `string<NUL>`: the bytes before the next zero byte, which is consumed too.
  @inlinable @_lifetime(copy self)
  public mutating func nulTerminated(_ field: StaticString) throws(DecodeError) -> RawSpan {
    var end = position
    while end < span.byteCount, unsafe span.unsafeLoad(fromUncheckedByteOffset: end, as: UInt8.self) != 0 { end &+= 1 }
    guard end < span.byteCount else { throw DecodeError(.truncated, at: position, field) }
    let start = position
    position = end &+ 1
    return unsafe span.extracting(unchecked: start..<end)
  }

  /// `string<EOF>`: everything that is left.
  @inlinable @_lifetime(copy self)
  public mutating func rest() -> RawSpan {
    let start = position
    position = span.byteCount
    return unsafe span.extracting(unchecked: start..<span.byteCount)
  }

  /// Moves past `count` bytes.
  @inlinable @_lifetime(self: copy self)
  public mutating func skip(_ count: Int, _ field: StaticString) throws(DecodeError) {
    try require(count, field)
    position &+= count
  }

  /// Throws `trailingBytes` unless everything was read.
  @inlinable
  public borrowing func expectEnd(_ field: StaticString) throws(DecodeError) {
    guard isAtEnd else { throw DecodeError(.trailingBytes, at: position, field) }
  }
}

extension RawSpan {
  /// The byte at `index`, which must be in range.
  @inlinable
  public subscript(byteAt index: Int) -> UInt8 {
    precondition(index >= 0 && index < byteCount, "byte index out of range")
    return unsafe unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self)
  }

  /// `int<2>` at `offset`, which must be in range.
  @inlinable
  public func uint16(at offset: Int) -> UInt16 {
    precondition(offset >= 0 && byteCount &- offset >= 2, "offset out of range")
    return UInt16(littleEndian: unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt16.self))
  }

  /// `int<4>` at `offset`, which must be in range.
  @inlinable
  public func uint32(at offset: Int) -> UInt32 {
    precondition(offset >= 0 && byteCount &- offset >= 4, "offset out of range")
    return UInt32(littleEndian: unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt32.self))
  }

  /// The eight bytes at `offset`, which must be in range, lowest first.
  @inlinable @inline(__always)
  public func word(at offset: Int) -> UInt64 {
    precondition(offset >= 0 && byteCount &- offset >= 8, "word out of range")
    return UInt64(littleEndian: unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
  }

  /// The sixteen bytes at `offset`, which must be in range, as two words, lowest first.
  @inlinable @inline(__always)
  public func twoWords(at offset: Int) -> SIMD2<UInt64> {
    precondition(offset >= 0 && byteCount &- offset >= 16, "words out of range")
    let words = unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: SIMD2<UInt64>.self)
    return SIMD2(UInt64(littleEndian: words.x), UInt64(littleEndian: words.y))
  }

  /// The bytes, of which there are 1 to 8, as one number, the highest first.
  @inlinable @inline(__always)
  public var bigEndianWord: UInt64 {
    let count = byteCount
    precondition(count >= 1 && count <= 8, "no word")
    if count >= 4 {
      // Two loads, which may overlap.
      let high = UInt64(uint32(at: 0).byteSwapped) &<< UInt64(truncatingIfNeeded: 8 &* (count &- 4))
      return high | UInt64(uint32(at: count &- 4).byteSwapped)
    }
    if count == 1 { return UInt64(self[byteAt: 0]) }
    let high = UInt64(uint16(at: 0).byteSwapped) &<< UInt64(truncatingIfNeeded: 8 &* (count &- 2))
    return high | UInt64(uint16(at: count &- 2).byteSwapped)
  }

  /// True if the bytes are the same as those of `other`.
  public func isEqual(to other: RawSpan) -> Bool {
    let count = byteCount
    guard count == other.byteCount else { return false }
    guard count >= 8 else { return count == 0 || bigEndianWord == other.bigEndianWord }
    var offset = 0
    while count &- offset >= 8 {
      guard word(at: offset) == other.word(at: offset) else { return false }
      offset &+= 8
    }
    // The last word may overlap the one before.
    return word(at: count &- 8) == other.word(at: count &- 8)
  }

  /// The bytes as a string; what is not UTF-8 becomes U+FFFD.
  public var utf8String: String {
    unsafe withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// A copy of the bytes.
  public var array: [UInt8] {
    unsafe withUnsafeBytes { unsafe Array($0) }
  }
}
