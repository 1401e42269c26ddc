// https://github.com/apache/parquet-format/blob/master/LogicalTypes.md

/// `ConvertedType`: the older annotation, which readers that do not know `LogicalType` still use.
package enum ConvertedType: Int32, Sendable {
  case utf8 = 0
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
/// | 8 | TIMESTAMP | 1 isAdjustedToUTC: bool, 2 unit: union TimeUnit, whose field 2 is MICROS |
/// | 10 | INTEGER | 1 bitWidth: i8, 2 isSigned: bool |
/// | 12 | JSON | |
public enum LogicalType: Sendable, Equatable {
  /// UTF-8 text.
  case string
  /// A JSON document in UTF-8.
  case json
  /// A time in UTC, in microseconds since 1970.
  case utcMicroseconds
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

  /// The same meaning as a `ConvertedType`.
  package var convertedType: ConvertedType {
    switch self {
    case .string: .utf8
    case .json: .json
    case .utcMicroseconds: .timestampMicros
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
    case .utcMicroseconds: writer.field(8, UTCMicrosecondsType())
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

/// `TimestampType`: the content of the TIMESTAMP member.
private struct UTCMicrosecondsType: ThriftStruct {
  func writeFields(to writer: inout CompactProtocolWriter) {
    writer.field(1, true)
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
