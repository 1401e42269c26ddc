// https://github.com/apache/parquet-format/blob/master/LogicalTypes.md

/// `ConvertedType`: the older annotation, which readers that do not know `LogicalType` still use.
package enum ConvertedType: Int32, Sendable {
  case utf8 = 0
  case map = 1
  case list = 3
  case decimal = 5
  case date = 6
  case timestampMicros = 10
  case uint8 = 11
  case uint16 = 12
  case uint32 = 13
  case uint64 = 14
  case int8 = 15
  case int16 = 16
  case int32 = 17
  case int64 = 18
  case json = 19
}

/// `LogicalType`: what the stored values mean.
///
/// | Union field | Member | Content |
/// |---|---|---|
/// | 1 | STRING | |
/// | 2 | MAP | |
/// | 3 | LIST | |
/// | 5 | DECIMAL | 1 scale: i32, 2 precision: i32 |
/// | 6 | DATE | |
/// | 8 | TIMESTAMP | 1 isAdjustedToUTC: bool, 2 unit: union TimeUnit, whose field 2 is MICROS |
/// | 10 | INTEGER | 1 bitWidth: i8, 2 isSigned: bool |
/// | 12 | JSON | |
public enum LogicalType: Sendable, Equatable {
  /// UTF-8 text.
  case string
  /// A JSON document in UTF-8.
  case json
  /// A group of keys and values.
  case map
  /// A group of elements.
  case list
  /// A decimal number: an integer of at most `precision` digits, of which the last `scale` stand behind the point.
  case decimal(precision: Int32, scale: Int32)
  /// Days since 1970.
  case date
  /// A time in UTC, in microseconds since 1970.
  case utcMicroseconds
  /// A time of no time zone, in microseconds since 1970 there.
  case localMicroseconds
  /// An integer of the given width and signedness.
  case integer(IntegerWidth, signed: Bool)

  /// Bits of an integer.
  public enum IntegerWidth: Int8, Sendable {
    /// 8 bits.
    case bits8 = 8
    /// 16 bits.
    case bits16 = 16
    /// 32 bits.
    case bits32 = 32
    /// 64 bits.
    case bits64 = 64
  }

  /// True if values compare as unsigned integers.
  package var isUnsignedInteger: Bool {
    if case .integer(_, signed: false) = self { true } else { false }
  }

  /// True if values are decimal numbers, which compare as signed ones.
  package var isDecimal: Bool {
    if case .decimal = self { true } else { false }
  }

  /// The same meaning as a `ConvertedType`, where there is one.
  package var convertedType: ConvertedType? {
    switch self {
    case .string: .utf8
    case .json: .json
    case .map: .map
    case .list: .list
    case .decimal: .decimal
    case .date: .date
    case .utcMicroseconds: .timestampMicros
    case .localMicroseconds: nil
    case .integer(.bits8, let signed): signed ? .int8 : .uint8
    case .integer(.bits16, let signed): signed ? .int16 : .uint16
    case .integer(.bits32, let signed): signed ? .int32 : .uint32
    case .integer(.bits64, let signed): signed ? .int64 : .uint64
    }
  }
}

extension LogicalType: ThriftStruct {
  package func writeFields(to writer: inout CompactProtocolWriter) {
    switch self {
    case .string: writer.field(1, EmptyStruct())
    case .map: writer.field(2, EmptyStruct())
    case .list: writer.field(3, EmptyStruct())
    case .decimal(let precision, let scale): writer.field(5, DecimalType(precision: precision, scale: scale))
    case .date: writer.field(6, EmptyStruct())
    case .utcMicroseconds: writer.field(8, MicrosecondsType(isAdjustedToUTC: true))
    case .localMicroseconds: writer.field(8, MicrosecondsType(isAdjustedToUTC: false))
    case .integer(let width, let signed): writer.field(10, IntegerType(width: width, isSigned: signed))
    case .json: writer.field(12, EmptyStruct())
    }
  }
}

/// `IntType`: the content of the INTEGER member.
private struct IntegerType: ThriftStruct {
  let width: LogicalType.IntegerWidth
  let isSigned: Bool

  func writeFields(to writer: inout CompactProtocolWriter) {
    writer.field(1, width.rawValue)
    writer.field(2, isSigned)
  }
}

/// `DecimalType`: the content of the DECIMAL member.
private struct DecimalType: ThriftStruct {
  let precision: Int32
  let scale: Int32

  func writeFields(to writer: inout CompactProtocolWriter) {
    writer.field(1, scale)
    writer.field(2, precision)
  }
}

/// `TimestampType`: the content of the TIMESTAMP member, in microseconds.
private struct MicrosecondsType: ThriftStruct {
  let isAdjustedToUTC: Bool

  func writeFields(to writer: inout CompactProtocolWriter) {
    writer.field(1, isAdjustedToUTC)
    writer.field(2, MicrosecondsUnit())
  }
}

/// `TimeUnit`, of microseconds.
private struct MicrosecondsUnit: ThriftStruct {
  func writeFields(to writer: inout CompactProtocolWriter) { writer.field(2, EmptyStruct()) }
}

/// A struct without fields: the content of union members that say everything by being there.
package struct EmptyStruct: ThriftStruct {
  package init() {}
  package func writeFields(to writer: inout CompactProtocolWriter) {}
}
