import Bytes

/// What a rows event does to its rows.
public enum RowsKind: UInt8, CaseIterable, Sendable, BitwiseCopyable, CustomStringConvertible {
  /// WRITE_ROWS: after images only.
  case insert
  /// UPDATE_ROWS: a before image and an after image for each row.
  case update
  /// DELETE_ROWS: before images only.
  case delete

  /// The kind as SQL names it: "INSERT".
  public var description: String {
    switch self {
    case .insert: "INSERT"
    case .update: "UPDATE"
    case .delete: "DELETE"
    }
  }

  /// True if rows of this kind have an image of the row before the change.
  @inlinable public var hasBefore: Bool { self != .insert }
  /// True if rows of this kind have an image of the row after the change.
  @inlinable public var hasAfter: Bool { self != .delete }
}

/// WRITE_ROWS, UPDATE_ROWS and DELETE_ROWS of the versions 0, 1 and 2: the changed rows of one table.
///
/// PARTIAL_UPDATE_ROWS has the fields of UPDATE_ROWS version 2. MariaDB's compressed rows events have those of the plain
/// ones of the same version, and in place of the rows their compressed form (`CompressedBytes`).
///
///     int<6>       table_id            int<4> where the post-header has 6 bytes
///     int<2>       flags
///     int<2>       extra row info's length, with these two bytes; version 2 only
///     string       extra row info      NDB and partition numbers; version 2 only
///     int<lenenc>  column count
///     byte<(n+7)/8>  columns present   in the before image, or in the only one
///     byte<(n+7)/8>  columns present   in the after image; UPDATE_ROWS of version 1 and 2 only
///     …            rows                (`RowCursor`)
///
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Rows__event.html>.
public struct RowsEvent: ~Escapable {
  /// What the event does.
  public let kind: RowsKind
  /// The number under which TABLE_MAP announced the table.
  public let tableID: UInt64
  /// The event's own flags.
  public let flags: UInt16
  /// The number of columns.
  public let columnCount: Int
  /// A bit for each column of the before image, or of the only one; the first column in the least significant bit.
  public let present: RawSpan
  /// A bit for each column of the after image of an update.
  public let presentAfter: RawSpan
  /// The images. Compressed in an event of MariaDB's compressed types, until `EventDecoder` has replaced them.
  public private(set) var rows: RawSpan
  /// Bytes of the body before `rows`.
  public let rowsOffset: Int
  /// True if the after images may hold JSON diffs in place of documents (PARTIAL_UPDATE_ROWS).
  public let isPartial: Bool
  /// Limit of the bytes that the values of compressed columns come to.
  var inflationLimit = Limits.event

  /// The rows are the statement's last: its table maps are of no more use.
  public static let statementEndFlag: UInt16 = 0x0001
  /// The table id of an event without table and rows that only ends its statement.
  public static let dummyTableID: UInt64 = 0xFFFFFF

  /// True if the rows are the statement's last.
  public var endsStatement: Bool { flags & Self.statementEndFlag != 0 }

  /// True if the rows in the event with `body` are the statement's last; looks at the first fields only.
  ///
  /// - Throws: `DecodeError` for a cut body.
  static func endsStatement(_ body: RawSpan, postHeaderLength: Int) throws(DecodeError) -> Bool {
    var cursor = ByteCursor(body)
    try cursor.skip(TableMapEvent.tableIDByteCount(postHeaderLength), "table_id")
    return try cursor.uint16("flags") & statementEndFlag != 0
  }

  /// The kind and version of the rows in events of `type`, or nil for any other event.
  public static func kind(of type: EventType) -> (kind: RowsKind, version: Int)? {
    switch type {
    case .writeRowsV0: (.insert, 0)
    case .updateRowsV0: (.update, 0)
    case .deleteRowsV0: (.delete, 0)
    case .writeRowsV1: (.insert, 1)
    case .updateRowsV1: (.update, 1)
    case .deleteRowsV1: (.delete, 1)
    case .writeRows: (.insert, 2)
    case .updateRows, .partialUpdateRows: (.update, 2)
    case .deleteRows: (.delete, 2)
    case .writeRowsCompressedV1: (.insert, 1)
    case .updateRowsCompressedV1: (.update, 1)
    case .deleteRowsCompressedV1: (.delete, 1)
    case .writeRowsCompressed: (.insert, 2)
    case .updateRowsCompressed: (.update, 2)
    case .deleteRowsCompressed: (.delete, 2)
    default: nil
    }
  }

  /// The number of columns, each of which has a bit in the event.
  @_lifetime(cursor: copy cursor)
  private static func columnCount(_ cursor: inout ByteCursor) throws(DecodeError) -> Int {
    let offset = cursor.offset
    let count = try cursor.lenencInteger("column count")
    guard count <= UInt64(cursor.remaining) * 8 else { throw DecodeError(.truncated, at: offset, "column count") }
    return Int(count)
  }

  /// Reads the event's body up to the rows.
  ///
  /// - Throws: `DecodeError` for a cut body.
  @_lifetime(copy body)
  public init(
    _ body: RawSpan, kind: RowsKind, version: Int, postHeaderLength: Int, isPartial: Bool = false
  ) throws(DecodeError) {
    self.kind = kind
    self.isPartial = isPartial
    var cursor = ByteCursor(body)
    tableID = try cursor.uint(bytes: TableMapEvent.tableIDByteCount(postHeaderLength), "table_id")
    flags = try cursor.uint16("flags")
    if version == 2 {
      let lengthOffset = cursor.offset
      let extraCount = Int(try cursor.uint16("extra row info's length"))
      guard extraCount >= 2 else { throw DecodeError(.invalid, at: lengthOffset, "extra row info's length") }
      try cursor.skip(extraCount - 2, "extra row info")
    }
    columnCount = try Self.columnCount(&cursor)
    let bitmapCount = (columnCount + 7) / 8
    present = try cursor.bytes(bitmapCount, "columns present")
    presentAfter = kind == .update && version > 0 ? try cursor.bytes(bitmapCount, "columns present after") : present
    rowsOffset = cursor.offset
    rows = cursor.rest()
  }

  /// `event` with `rows` in place of its compressed ones.
  @_lifetime(copy event, copy rows)
  init(_ event: consuming RowsEvent, inflated rows: RawSpan) {
    self = event
    self.rows = rows
  }
}
