import Bytes

/// One column as TABLE_MAP describes it: its real type, and what the type's metadata bytes say.
public struct ColumnDefinition: Sendable, Equatable, BitwiseCopyable {
  /// The type; ENUM and SET by their own codes although the event lists them as STRING.
  public let type: ColumnType
  /// What the metadata says: the greatest length in bytes of a string, the bytes of a BLOB's length, of a FLOAT or of an
  /// ENUM, the number of bits of a BIT, or the fraction digits of a temporal type.
  public let size: Int
  /// DECIMAL's digits before and after the point.
  public let precision: UInt8
  /// DECIMAL's digits after the point.
  public let scale: UInt8

  /// True if this can be a VECTOR of MariaDB: four bytes for each number, in a VARBINARY.
  var canBeMariaDBVector: Bool { type == .varchar && size > 0 && size % 4 == 0 }

  /// True if the log may hide a `MariaDBType` behind it.
  var canBeMariaDBType: Bool { canBeMariaDBVector || type == .string && (size == 16 || size == 4) }

  /// Reads the metadata of a column of the type `declared`.
  ///
  /// - Throws: `DecodeError` for cut metadata.
  @_lifetime(metadata: copy metadata)
  init(_ declared: ColumnType, _ metadata: inout ByteCursor) throws(DecodeError) {
    var type = declared
    var size = 0
    var precision: UInt8 = 0
    var scale: UInt8 = 0
    switch declared {
    case .float, .double, .tinyBlob, .blob, .mediumBlob, .longBlob, .blobCompressed, .geometry, .json, .vector,
      .timestamp2, .dateTime2, .time2:
      size = Int(try metadata.uint8("column metadata"))
    case .varchar, .varcharCompressed:
      size = Int(try metadata.uint16("column metadata"))
    case .bit:
      let bits = Int(try metadata.uint8("BIT metadata"))
      size = Int(try metadata.uint8("BIT metadata")) * 8 + bits
    case .newDecimal:
      precision = try metadata.uint8("DECIMAL precision")
      scale = try metadata.uint8("DECIMAL scale")
    case .string, .varString, .enumeration, .set:
      (type, size) = Self.string(try metadata.uint8("STRING real type"), try metadata.uint8("STRING length"))
    case .typedArray, .typedArray8017:
      type = .typedArray
      try Self.skipArrayElement(&metadata)
    default:
      break
    }
    self.type = type
    self.size = size
    self.precision = precision
    self.scale = scale
  }

  /// The real type and length behind a STRING's two metadata bytes.
  ///
  /// A CHAR longer than 255 bytes stores bits 8 and 9 of its length, inverted, in bits 4 and 5 of the type, which are
  /// both set in every real type.
  private static func string(_ realType: UInt8, _ length: UInt8) -> (ColumnType, Int) {
    let marker: UInt8 = 0x30
    guard realType & marker != marker else { return (ColumnType(rawValue: realType), Int(length)) }
    let high = Int((realType & marker) ^ marker) << 4
    return (ColumnType(rawValue: realType | marker), Int(length) | high)
  }

  /// Passes over the element type, and its metadata, of a multi-valued index's hidden column.
  @_lifetime(metadata: copy metadata)
  private static func skipArrayElement(_ metadata: inout ByteCursor) throws(DecodeError) {
    let element = ColumnType(rawValue: try metadata.uint8("TYPED_ARRAY element"))
    if element == .varchar {
      try metadata.skip(3, "TYPED_ARRAY metadata")
    } else {
      _ = try ColumnDefinition(element == .typedArray || element == .typedArray8017 ? .null : element, &metadata)
    }
  }
}
