import Bytes

/// Values of a binary JSON document that are of an SQL type without a JSON type of its own.
///
/// Wire: `int<1>` column type, a length, the value. The spelling is the server's: DECIMAL is a number with all its
/// digits; DATE is "2015-01-15"; DATETIME, TIMESTAMP and TIME have six fraction digits; everything else is a string
/// "base64:type15:/w==".
enum JSONOpaque {
  /// Appends the value at the cursor, and moves behind it.
  static func append(from cursor: inout ByteCursor, to out: inout OutputBuffer) throws(DecodeError) {
    let type = try cursor.uint8("JSON opaque type")
    let count = try JSONScalar.length(&cursor)
    let offset = cursor.offset
    let value = try cursor.bytes(count, "JSON opaque value")
    do throws(DecodeError) {
      try append(value, type: type, to: &out)
    } catch {
      throw error.shifted(by: offset)
    }
  }

  /// Column types, as in `enum_field_types`.
  private static func append(_ value: RawSpan, type: UInt8, to out: inout OutputBuffer) throws(DecodeError) {
    switch type {
    case 246: try appendDecimal(value, to: &out)
    case 10: try appendDateTime(value, showsTime: false, to: &out)
    case 7, 12: try appendDateTime(value, showsTime: true, to: &out)
    case 11: try appendTime(value, to: &out)
    default:
      out.append("\"base64:type")
      out.append(decimal: UInt64(type))
      out.append(UInt8(ascii: ":"))
      out.append(base64: value)
      out.append(UInt8(ascii: "\""))
    }
  }

  /// `int<1>` precision, `int<1>` scale, and the bytes of a DECIMAL column.
  private static func appendDecimal(_ value: RawSpan, to out: inout OutputBuffer) throws(DecodeError) {
    var cursor = ByteCursor(value)
    let precision = try cursor.uint8("JSON DECIMAL precision")
    let decimal = try NewDecimal(precision: precision, scale: try cursor.uint8("JSON DECIMAL scale"))
    try decimal.append(cursor.rest(), to: &out)
  }

  /// A signed `int<8>`: the packed value above 24 bits of microseconds; negative as a whole.
  private static func readPacked(_ value: RawSpan) throws(DecodeError) -> (
    isNegative: Bool, packed: UInt64, microsecond: UInt32
  ) {
    var cursor = ByteCursor(value)
    let stored = Int64(bitPattern: try cursor.uint64("JSON temporal value"))
    try cursor.expectEnd("JSON temporal value")
    let magnitude = stored.magnitude
    return (stored < 0, magnitude &>> 24, UInt32(truncatingIfNeeded: magnitude & 0xFF_FFFF))
  }

  private static func appendDateTime(
    _ value: RawSpan, showsTime: Bool, to out: inout OutputBuffer
  ) throws(DecodeError) {
    let (isNegative, packed, microsecond) = try readPacked(value)
    guard !isNegative, let moment = CivilDateTime(packed: packed, microsecond: microsecond) else {
      throw DecodeError(.invalid, at: 0, "JSON DATETIME")
    }
    out.append(UInt8(ascii: "\""))
    if showsTime { moment.append(to: &out, fractionDigits: 6) } else { moment.date.append(to: &out) }
    out.append(UInt8(ascii: "\""))
  }

  private static func appendTime(_ value: RawSpan, to out: inout OutputBuffer) throws(DecodeError) {
    let (isNegative, packed, microsecond) = try readPacked(value)
    guard let time = Time(isNegative: isNegative, packed: packed, microsecond: microsecond) else {
      throw DecodeError(.invalid, at: 0, "JSON TIME")
    }
    out.append(UInt8(ascii: "\""))
    time.append(to: &out, fractionDigits: 6)
    out.append(UInt8(ascii: "\""))
  }
}
