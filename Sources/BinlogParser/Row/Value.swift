import Bytes

/// Reads one value and shows it to a visitor: the only place that knows how each type of column lies in a row image.
@usableFromInline
enum Value {
  /// Reads the value of the column `index` of `table` at the cursor; what has to be decompressed for it comes out of `budget`.
  ///
  /// - Throws: `DecodeError` when the value is cut, does not exist in its type, or is of an unsupported type.
  @inlinable @inline(__always) @_lifetime(cursor: copy cursor)
  static func visit<V: ColumnVisitor & ~Copyable>(
    _ index: Int, _ table: TablePlan, _ cursor: inout ByteCursor, _ budget: inout InflationBudget,
    _ visitor: inout V
  ) throws(DecodeError) {
    // Not one copy of the plan: only what a kind needs of it is loaded.
    let columns = table.columns
    switch columns[index].kind {
    case .int8: visitor.signed(Int64(Int8(bitPattern: try cursor.uint8("TINYINT"))))
    case .uint8: visitor.unsigned(UInt64(try cursor.uint8("TINYINT")))
    case .int16: visitor.signed(Int64(Int16(bitPattern: try cursor.uint16("SMALLINT"))))
    case .uint16: visitor.unsigned(UInt64(try cursor.uint16("SMALLINT")))
    case .int24: visitor.signed(Int64(Int32(bitPattern: try cursor.uint24("MEDIUMINT") << 8) >> 8))
    case .uint24: visitor.unsigned(UInt64(try cursor.uint24("MEDIUMINT")))
    case .int32: visitor.signed(Int64(Int32(bitPattern: try cursor.uint32("INT"))))
    case .uint32: visitor.unsigned(UInt64(try cursor.uint32("INT")))
    case .int64: visitor.signed(Int64(bitPattern: try cursor.uint64("BIGINT")))
    case .uint64: visitor.unsigned(try cursor.uint64("BIGINT"))
    case .float: visitor.float(Float(bitPattern: try cursor.uint32("FLOAT")))
    case .double: visitor.double(Double(bitPattern: try cursor.uint64("DOUBLE")))
    case .year: visitor.unsigned(UInt64(try Year.read(&cursor)))
    case .text: visitor.text(try string(columns[index].width, &cursor), columns[index].characterSet)
    case .binary:
      visitor.binary(try string(columns[index].width, &cursor), paddedCount: Int(columns[index].paddedCount))
    case .textOrBinary: visitor.textOrBinary(try string(columns[index].width, &cursor))
    case .compressed: try compressed(columns[index], &cursor, &budget, &visitor)
    case .json: try json(columns[index].width, &cursor, &visitor)
    case .geometry: visitor.binary(try string(columns[index].width, &cursor), paddedCount: 0)
    case .vector: try vector(columns[index], &cursor, &visitor)
    case .uuid: visitor.uuid(try padded(16, columns[index].width, &cursor))
    case .inet4: visitor.inet4(try padded(4, columns[index].width, &cursor))
    case .inet6: visitor.inet6(try padded(16, columns[index].width, &cursor))
    case .decimal: try decimal(columns[index].decimal, &cursor, &visitor)
    case .enumeration:
      visitor.enumeration(try cursor.uint(bytes: Int(columns[index].width), "ENUM"), columns[index].labels, table)
    case .set: visitor.set(try cursor.uint(bytes: Int(columns[index].width), "SET"), columns[index].labels, table)
    case .bit: visitor.unsigned(try cursor.uintBigEndian(bytes: Int(columns[index].width), "BIT"))
    case .date: visitor.date(try CivilDate.read(&cursor))
    case .dateTime:
      let digits = Int(columns[index].width)
      visitor.dateTime(try CivilDateTime.read(&cursor, fractionDigits: digits), fractionDigits: digits)
    case .timestamp:
      let digits = Int(columns[index].width)
      visitor.timestamp(try Timestamp.read(&cursor, fractionDigits: digits), fractionDigits: digits)
    case .time:
      let digits = Int(columns[index].width)
      visitor.time(try Time.read(&cursor, fractionDigits: digits), fractionDigits: digits)
    case .oldDateTime: visitor.dateTime(try CivilDateTime.readOld(&cursor), fractionDigits: 0)
    case .oldTimestamp: visitor.timestamp(try Timestamp.readOld(&cursor), fractionDigits: 0)
    case .oldTime: visitor.time(try Time.readOld(&cursor), fractionDigits: 0)
    case .unsupported: throw DecodeError(.unsupported, at: cursor.offset, "column type")
    }
  }

  /// A string's bytes, after their length of `width` bytes.
  @inlinable @inline(__always) @_lifetime(copy cursor)
  static func string(_ width: Int32, _ cursor: inout ByteCursor) throws(DecodeError) -> RawSpan {
    let count = try cursor.uint(bytes: Int(width), "string length")
    return try cursor.bytes(Int(count), "string")
  }

  /// The bytes of a BINARY of `count` bytes, of which the log leaves out zeros at the end.
  @inlinable @_lifetime(cursor: copy cursor)
  static func padded(
    _ count: Int, _ width: Int32, _ cursor: inout ByteCursor
  ) throws(DecodeError) -> InlineArray<16, UInt8> {
    let bytes = try string(width, &cursor)
    guard bytes.byteCount <= count else { throw DecodeError(.tooLarge, at: cursor.offset - bytes.byteCount, "value") }
    var value = InlineArray<16, UInt8>(repeating: 0)
    for index in 0..<bytes.byteCount { value[index] = bytes[byteAt: index] }
    return value
  }

  /// A value of a compressed column, decompressed.
  @inlinable @_lifetime(cursor: copy cursor)
  static func compressed<V: ColumnVisitor & ~Copyable>(
    _ column: ColumnPlan, _ cursor: inout ByteCursor, _ budget: inout InflationBudget, _ visitor: inout V
  ) throws(DecodeError) {
    let value = try string(column.width, &cursor)
    var content = OutputBuffer(capacity: value.byteCount)
    do { try decompress(value, &budget, into: &content) } catch {
      throw error.shifted(by: cursor.offset - value.byteCount)
    }
    switch column.content {
    case .text: visitor.text(content.bytes, column.characterSet)
    case .binary: visitor.binary(content.bytes, paddedCount: 0)
    default: visitor.textOrBinary(content.bytes)
    }
  }

  @usableFromInline
  static func decompress(
    _ value: RawSpan, _ budget: inout InflationBudget, into content: inout OutputBuffer
  ) throws(DecodeError) {
    guard budget.take(try CompressedBytes.uncompressedCount(ofColumn: value)) else {
      throw DecodeError(.tooLarge, at: 0, "uncompressed length")
    }
    try CompressedBytes.appendColumn(value, to: &content)
  }

  @inlinable @inline(__always) @_lifetime(cursor: copy cursor)
  static func json<V: ColumnVisitor & ~Copyable>(
    _ width: Int32, _ cursor: inout ByteCursor, _ visitor: inout V
  ) throws(DecodeError) {
    let document = try string(width, &cursor)
    do { try visitor.json(document) } catch { throw error.shifted(by: cursor.offset - document.byteCount) }
  }

  @inlinable @_lifetime(cursor: copy cursor)
  static func vector<V: ColumnVisitor & ~Copyable>(
    _ column: ColumnPlan, _ cursor: inout ByteCursor, _ visitor: inout V
  ) throws(DecodeError) {
    let floats = try string(column.width, &cursor)
    // What a server says of a VARBINARY need not hold for older rows.
    guard column.type == .vector || floats.byteCount % 4 == 0 else { return visitor.binary(floats, paddedCount: 0) }
    do { try visitor.vector(floats) } catch { throw error.shifted(by: cursor.offset - floats.byteCount) }
  }

  @inlinable @inline(__always) @_lifetime(cursor: copy cursor)
  static func decimal<V: ColumnVisitor & ~Copyable>(
    _ decimal: NewDecimal?, _ cursor: inout ByteCursor, _ visitor: inout V
  ) throws(DecodeError) {
    guard let decimal else { throw DecodeError(.unsupported, at: cursor.offset, "DECIMAL") }
    let start = cursor.offset
    let digits = try cursor.bytes(decimal.byteCount, "DECIMAL")
    do { try visitor.decimal(digits, decimal) } catch { throw error.shifted(by: start) }
  }
}
