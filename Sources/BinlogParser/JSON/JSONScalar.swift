import Bytes

/// Values of a binary JSON document that hold no others.
enum JSONScalar {
  /// Appends the value of `type` at the cursor, and moves behind it.
  @inline(__always)
  static func append(
    type: UInt8, from cursor: inout ByteCursor, to out: inout OutputBuffer
  ) throws(DecodeError) {
    switch type {
    case JSONBinaryType.string:
      let count = try length(&cursor)
      out.append(jsonString: try cursor.bytes(count, "JSON string"))
    case JSONBinaryType.opaque: try JSONOpaque.append(from: &cursor, to: &out)
    default: try appendNumber(type: type, from: &cursor, to: &out)
    }
  }

  private static func appendNumber(
    type: UInt8, from cursor: inout ByteCursor, to out: inout OutputBuffer
  ) throws(DecodeError) {
    let offset = cursor.offset
    switch type {
    case JSONBinaryType.literal: try append(type: type, UInt32(try cursor.uint8("JSON literal")), at: offset, to: &out)
    case JSONBinaryType.int16, JSONBinaryType.uint16:
      try append(type: type, UInt32(try cursor.uint16("JSON int16")), at: offset, to: &out)
    case JSONBinaryType.int32, JSONBinaryType.uint32:
      try append(type: type, try cursor.uint32("JSON int32"), at: offset, to: &out)
    case JSONBinaryType.int64: out.append(decimal: Int64(bitPattern: try cursor.uint64("JSON int64")))
    case JSONBinaryType.uint64: out.append(decimal: try cursor.uint64("JSON uint64"))
    case JSONBinaryType.double: out.append(jsonDouble: Double(bitPattern: try cursor.uint64("JSON double")))
    default: throw DecodeError(.unsupported, at: offset, "JSON value type")
    }
  }

  /// Appends a value of up to 32 bits, the low ones of `value`, which lies at `offset`.
  @inline(__always)
  static func append(
    type: UInt8, _ value: UInt32, at offset: Int, to out: inout OutputBuffer
  ) throws(DecodeError) {
    switch type {
    case JSONBinaryType.literal: try append(literal: UInt8(truncatingIfNeeded: value), at: offset, to: &out)
    case JSONBinaryType.int16: out.append(decimal: Int64(Int16(truncatingIfNeeded: value)))
    case JSONBinaryType.uint16: out.append(decimal: UInt64(UInt16(truncatingIfNeeded: value)))
    case JSONBinaryType.int32: out.append(decimal: Int64(Int32(bitPattern: value)))
    default: out.append(decimal: UInt64(value))
    }
  }

  @inline(__always)
  private static func append(literal: UInt8, at offset: Int, to out: inout OutputBuffer) throws(DecodeError) {
    switch literal {
    case 0: out.append(word: 0x6C6C_756E, count: 4)  // null
    case 1: out.append(word: 0x6575_7274, count: 4)  // true
    case 2: out.append(word: 0x65_736C_6166, count: 5)  // false
    default: throw DecodeError(.invalid, at: offset, "JSON literal")
    }
  }

  /// Reads a length: seven bits a byte, lowest first, the high bit set on all but the last; 32 bits at most.
  @inline(__always)
  static func length(_ cursor: inout ByteCursor) throws(DecodeError) -> Int {
    let start = cursor.offset
    let first = try cursor.uint8("JSON length")
    return first < 0x80 ? Int(first) : try length(&cursor, from: first, at: start)
  }

  /// What is left of a length whose byte `first`, at `start`, was not the last.
  @inline(never)
  private static func length(_ cursor: inout ByteCursor, from first: UInt8, at start: Int) throws(DecodeError) -> Int {
    var length = UInt64(first & 0x7F)
    for shift in stride(from: UInt64(7), through: 28, by: 7) {
      let byte = try cursor.uint8("JSON length")
      length |= UInt64(byte & 0x7F) &<< shift
      guard byte & 0x80 != 0 else {
        guard length <= UInt32.max else { break }
        return Int(length)
      }
    }
    throw DecodeError(.invalid, at: start, "JSON length")
  }
}
