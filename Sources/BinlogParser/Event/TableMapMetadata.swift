import Bytes

/// TABLE_MAP's optional metadata: fields of type, length and value, in any order; unknown ones are passed over.
///
///     int<1>       type
///     int<lenenc>  length
///     string       value
///
/// `binlog_row_metadata` decides which are there: MINIMAL writes types 1 to 3, 7, 10 and 11; FULL all. See
/// <https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Table__map__event.html>.
package struct TableMapMetadata: Equatable {
  /// Character sets of the columns that have one, in column order.
  package struct Collations: Equatable {
    /// The collation of columns that are not in `exceptions`.
    package var common: UInt64?
    /// Collations by the column's number among those that have one.
    package var exceptions: [Int: UInt64] = [:]

    /// The collation of column number `index` among those that have one.
    package subscript(index: Int) -> UInt64? { exceptions[index] ?? common }
  }

  /// True if the server sent any metadata.
  package var isPresent = false
  /// UNSIGNED, by the column's number among the numeric ones.
  package var unsigned: [Bool]?
  /// Of CHAR, VARCHAR, TEXT and their binary kin.
  package var collations: Collations?
  /// Of ENUM and SET.
  package var labelCollations: Collations?
  /// UTF-8 names of all columns.
  package var names: [[UInt8]] = []
  /// The labels of each SET column.
  package var setLabels: [[[UInt8]]] = []
  /// The labels of each ENUM column.
  package var enumLabels: [[[UInt8]]] = []
  /// Columns of the primary key, in its order.
  package var primaryKey: [Int] = []
  /// Columns of types that MariaDB's log does not tell, as far as a server was asked.
  var mariaDBTypes: [Int: MariaDBType] = [:]
  /// True if a server says that the temporal columns of the old types have no fractions.
  var temporalsHaveNoFractions = false
  /// True if each column is visible.
  package var visible: [Bool]?

  /// Reads all fields up to the end of the event.
  ///
  /// - Throws: `DecodeError` for a field that is cut or does not fill its length.
  @_lifetime(cursor: copy cursor)
  init(_ cursor: inout ByteCursor, columnCount: Int, numericCount: Int) throws(DecodeError) {
    isPresent = !cursor.isAtEnd
    while !cursor.isAtEnd {
      let type = try cursor.uint8("optional metadata type")
      let bytes = try cursor.lenencBytes("optional metadata")
      let start = cursor.offset - bytes.byteCount
      var field = ByteCursor(bytes)
      do { try read(type, &field, columnCount: columnCount, numericCount: numericCount) } catch {
        throw error.shifted(by: start)
      }
    }
  }

  @_lifetime(field: copy field)
  private mutating func read(
    _ type: UInt8, _ field: inout ByteCursor, columnCount: Int, numericCount: Int
  ) throws(DecodeError) {
    switch type {
    case 1: unsigned = try Self.bits(&field, count: numericCount, "SIGNEDNESS")
    case 2: collations = try Self.defaultCollation(&field, columnCount)
    case 3: collations = try Self.collationList(&field, columnCount)
    case 4: names = try Self.strings(&field, "COLUMN_NAME")
    case 5: setLabels = try Self.labels(&field, "SET_STR_VALUE")
    case 6: enumLabels = try Self.labels(&field, "ENUM_STR_VALUE")
    case 8: primaryKey = Self.key(try Self.integers(&field, columnCount, "SIMPLE_PRIMARY_KEY"), columnCount)
    case 9: primaryKey = Self.key(try Self.prefixedKey(&field, columnCount), columnCount)
    case 10: labelCollations = try Self.defaultCollation(&field, columnCount)
    case 11: labelCollations = try Self.collationList(&field, columnCount)
    case 12: visible = try Self.bits(&field, count: columnCount, "COLUMN_VISIBILITY")
    default: break
    }
  }

  /// A bit for each of `count` columns, the first in the most significant bit.
  @_lifetime(field: copy field)
  private static func bits(
    _ field: inout ByteCursor, count: Int, _ name: StaticString
  ) throws(DecodeError) -> [Bool] {
    var bits: [Bool] = []
    bits.reserveCapacity(min(count, field.remaining * 8))
    while bits.count < count {
      let byte = try field.uint8(name)
      for bit in 0..<min(8, count - bits.count) { bits.append(byte & 0x80 >> bit != 0) }
    }
    return bits
  }

  /// The commonest collation, then pairs of column number and collation.
  @_lifetime(field: copy field)
  private static func defaultCollation(
    _ field: inout ByteCursor, _ columnCount: Int
  ) throws(DecodeError) -> Collations {
    var collations = Collations(common: try field.lenencInteger("DEFAULT_CHARSET"))
    while !field.isAtEnd {
      let index = try field.lenencInteger("DEFAULT_CHARSET column")
      let collation = try field.lenencInteger("DEFAULT_CHARSET collation")
      if let index = Int(exactly: index), index < columnCount { collations.exceptions[index] = collation }
    }
    return collations
  }

  @_lifetime(field: copy field)
  private static func collationList(
    _ field: inout ByteCursor, _ columnCount: Int
  ) throws(DecodeError) -> Collations {
    var collations = Collations()
    for (index, collation) in try integers(&field, columnCount, "COLUMN_CHARSET").enumerated() {
      collations.exceptions[index] = collation
    }
    return collations
  }

  /// A number for each of some columns, of which there are `columnCount`.
  @_lifetime(field: copy field)
  private static func integers(
    _ field: inout ByteCursor, _ columnCount: Int, _ name: StaticString
  ) throws(DecodeError) -> [UInt64] {
    var values: [UInt64] = []
    while !field.isAtEnd {
      guard values.count < columnCount else { throw DecodeError(.tooLarge, at: field.offset, name) }
      values.append(try field.lenencInteger(name))
    }
    return values
  }

  /// Pairs of a column's number and the length of the prefix that the key has of it, which does not matter here: rows whose
  /// prefixes differ do so too.
  @_lifetime(field: copy field)
  private static func prefixedKey(_ field: inout ByteCursor, _ columnCount: Int) throws(DecodeError) -> [UInt64] {
    let name: StaticString = "PRIMARY_KEY_WITH_PREFIX"
    var columns: [UInt64] = []
    while !field.isAtEnd {
      guard columns.count < columnCount else { throw DecodeError(.tooLarge, at: field.offset, name) }
      columns.append(try field.lenencInteger(name))
      _ = try field.lenencInteger(name)
    }
    return columns
  }

  /// The key of these columns; none where one is no column of the table or comes twice, because then the others are no key.
  private static func key(_ columns: [UInt64], _ columnCount: Int) -> [Int] {
    guard columns.allSatisfy({ $0 < UInt64(columnCount) }), Set(columns).count == columns.count else { return [] }
    return columns.map { Int($0) }
  }

  @_lifetime(field: copy field)
  private static func strings(_ field: inout ByteCursor, _ name: StaticString) throws(DecodeError) -> [[UInt8]] {
    var values: [[UInt8]] = []
    while !field.isAtEnd {
      try check(values.count, field.offset, name)
      values.append(try string(&field, name))
    }
    return values
  }

  /// For each column the number of labels, then the labels.
  @_lifetime(field: copy field)
  private static func labels(_ field: inout ByteCursor, _ name: StaticString) throws(DecodeError) -> [[[UInt8]]] {
    var columns: [[[UInt8]]] = []
    var labelCount = 0
    while !field.isAtEnd {
      var labels: [[UInt8]] = []
      for _ in 0..<(try field.lenencCount(name)) {
        try check(labelCount + labels.count, field.offset, name)
        labels.append(try string(&field, name))
      }
      try check(columns.count, field.offset, name)
      labelCount += labels.count
      columns.append(labels)
    }
    return columns
  }

  private static func check(_ count: Int, _ offset: Int, _ name: StaticString) throws(DecodeError) {
    guard count < Limits.tableStrings else { throw DecodeError(.tooLarge, at: offset, name) }
  }

  @_lifetime(field: copy field)
  private static func string(_ field: inout ByteCursor, _ name: StaticString) throws(DecodeError) -> [UInt8] {
    let offset = field.offset
    let bytes = try field.lenencBytes(name)
    guard bytes.byteCount <= Limits.tableString else { throw DecodeError(.tooLarge, at: offset, name) }
    return bytes.array
  }
}
