import Bytes

/// TABLE_MAP: the name and the columns of a table whose rows follow.
///
///     int<6>       table_id            int<4> where the post-header has 6 bytes
///     int<2>       flags
///     int<1>       schema length
///     string<NUL>  schema
///     int<1>       table length
///     string<NUL>  table
///     int<lenenc>  column count
///     byte<n>      column types
///     string<lenenc> column metadata   how much a column takes depends on its type
///     byte<(n+7)/8>  columns that may be NULL
///     …            optional metadata   (`TableMapMetadata`)
///
/// Servers before MySQL 5.1 was released wrote nothing after the column types.
///
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Table__map__event.html>.
public struct TableMapEvent: ~Escapable {
  /// The number by which rows events name the table.
  public let tableID: UInt64
  /// The schema's name, as the server stores it.
  public let schema: RawSpan
  /// The table's name, as the server stores it.
  public let table: RawSpan
  let columnTypes: RawSpan
  let columnMetadata: RawSpan
  private let nullable: RawSpan
  let optional: RawSpan
  /// True if the event says how long the columns are and which may be NULL, as all released servers write it.
  public let describesColumns: Bool
  private let metadataOffset: Int
  private let optionalOffset: Int

  /// Bytes of the table id in an event whose post-header has `postHeaderLength` bytes.
  static func tableIDByteCount(_ postHeaderLength: Int) -> Int { postHeaderLength == 6 ? 4 : 6 }

  /// The number of columns.
  public var columnCount: Int { columnTypes.byteCount }

  /// Reads the event's body up to the columns, which `columns()` reads.
  ///
  /// - Throws: `DecodeError` for a cut body.
  @_lifetime(copy body)
  public init(_ body: RawSpan, postHeaderLength: Int) throws(DecodeError) {
    guard body.byteCount <= Limits.tableMap else { throw DecodeError(.tooLarge, at: 0, "TABLE_MAP") }
    var cursor = ByteCursor(body)
    tableID = try cursor.uint(bytes: Self.tableIDByteCount(postHeaderLength), "table_id")
    try cursor.skip(2, "flags")
    schema = try Self.name(&cursor, "schema")
    table = try Self.name(&cursor, "table")
    let countOffset = cursor.offset
    let count = try cursor.lenencCount("column count")
    guard count <= Limits.tableColumns else { throw DecodeError(.tooLarge, at: countOffset, "column count") }
    columnTypes = try cursor.bytes(count, "column types")
    describesColumns = !cursor.isAtEnd
    columnMetadata = describesColumns ? try cursor.lenencBytes("column metadata") : cursor.rest()
    metadataOffset = cursor.offset - columnMetadata.byteCount
    nullable = try cursor.bytes(describesColumns ? (count + 7) / 8 : 0, "nullable columns")
    optionalOffset = cursor.offset
    optional = cursor.rest()
  }

  @_lifetime(copy cursor)
  private static func name(_ cursor: inout ByteCursor, _ field: StaticString) throws(DecodeError) -> RawSpan {
    let count = Int(try cursor.uint8(field))
    let name = try cursor.bytes(count, field)
    try cursor.skip(1, field)
    return name
  }

  /// The columns, in order.
  ///
  /// - Throws: `DecodeError` where the metadata does not fit the types.
  package func columns() throws(DecodeError) -> [ColumnDefinition] {
    var metadata = ByteCursor(columnMetadata)
    do { return try columns(&metadata) } catch { throw error.shifted(by: metadataOffset) }
  }

  @_lifetime(metadata: copy metadata)
  private func columns(_ metadata: inout ByteCursor) throws(DecodeError) -> [ColumnDefinition] {
    var columns: [ColumnDefinition] = []
    columns.reserveCapacity(columnCount)
    for index in 0..<columnCount {
      columns.append(try ColumnDefinition(ColumnType(rawValue: columnTypes[byteAt: index]), &metadata))
    }
    try metadata.expectEnd("column metadata")
    return columns
  }

  /// True if column `index` may be NULL, where the event `describesColumns`.
  func isNullable(_ index: Int) -> Bool { nullable[byteAt: index >> 3] & 1 << UInt8(index & 7) != 0 }

  /// The optional metadata.
  ///
  /// - Throws: `DecodeError` for a field that is cut.
  package func metadata(of columns: [ColumnDefinition]) throws(DecodeError) -> TableMapMetadata {
    var cursor = ByteCursor(optional)
    let numericCount = columns.count { $0.type.isNumeric }
    do {
      return try TableMapMetadata(&cursor, columnCount: columns.count, numericCount: numericCount)
    } catch {
      throw error.shifted(by: optionalOffset)
    }
  }
}
